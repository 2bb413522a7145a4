import ControlAPI
import Documents
import Images

/// Looks at a node's image store while its daemon is not running.
struct ImageFiles {
    private let store: ImageStore

    /// Opens the store to look at it, and remarks on that.
    init(folder: String, _ reason: ControlError, _ console: Console) throws(OperatorError) {
        do throws(ImageError) { store = try ImageStore(reading: folder) } catch {
            throw .database(
                path: folder,
                message:
                    "there is no image store that can be read, and \(reason): start swiftletd, "
                    + "or name its places with --socket and --state"
            )
        }
        console.remark("note: swiftletd is not running; this is from \(folder)")
    }

    func documents() throws(OperatorError) -> [Document] {
        do throws(ImageError) { return try store.inventory().documents() } catch {
            throw .file(path: store.directory, message: "\(error)")
        }
    }

    /// Hashes images; changes nothing.
    func verify(_ names: [String], _ take: (Document) -> Void) throws(OperatorError) {
        do throws(ImageError) {
            let all = try store.list()
            let check = SignatureCheck(store, try store.policy())
            for name in names {
                let known = (try? ImageReference(name)).map { "\($0)" }
                guard all.contains(where: { $0.reference == name || $0.reference == known }) else {
                    throw ImageError.notFound("image \(name) is not on this node")
                }
            }
            let wanted = Set(names + names.compactMap { (try? ImageReference($0)).map { "\($0)" } })
            for (reference, image) in all where names.isEmpty || wanted.contains(reference) {
                let verdict = try store.verify(image)
                let words = check.words(try ImageReference(reference), image.signedDigests)
                take(verdict.document(name: reference, signature: words))
            }
        } catch {
            throw .file(path: store.directory, message: "\(error)")
        }
    }
}
