import Host
import Images

/// The rights that this process gives up before it reads a byte that a stranger wrote.
///
/// It may become another user, who has no way through the folders above the store. So what is needed of
/// them is opened before: the store is gone into, and a layout held by its descriptor.
struct Captivity {
    // Why: a store, an archive and some files; each entry is a path at most.
    private static let byteCountMax = 64 * 1024

    private let store: ImageStore
    /// What is given up; nil: nothing.
    private let confinement: Confinement?

    /// What `--confine-fd` says; with no such flag nothing is given up.
    init(_ parsed: ParsedFlags, _ store: ImageStore) throws(ImageError) {
        self.store = store
        guard let text = parsed.value("--confine-fd") else {
            confinement = nil
            return
        }
        do throws(HostError) {
            guard let number = Int32(text), (3...1_024).contains(number) else {
                throw .malformed(path: "--confine-fd", reason: "\(text) is no number from 3 on")
            }
            let bytes = try FileBytes.read(
                OwnedDescriptor(number),
                path: "--confine-fd",
                byteCountMax: Self.byteCountMax
            )
            confinement = try Confinement(encoded: bytes)
        } catch {
            throw .notConfined(reason: "\(error)")
        }
    }

    /// Gives it up, and answers with the store as it is reached from then on.
    ///
    /// To be called before anything starts a thread: name resolution does.
    func enter() throws(ImageError) -> ImageStore {
        guard let confinement else { return store }
        let entered = try store.entered()
        do throws(HostError) { try confinement.apply() } catch {
            throw .notConfined(reason: "\(error)")
        }
        return entered
    }

    /// A layout that can still be read afterwards, as far as its files may be read by anybody.
    func layout(_ path: String) -> LayoutSource {
        guard confinement != nil else { return LayoutSource(path: path) }
        // One that is not there is told of when it is read.
        return (try? LayoutSource(holding: path)) ?? LayoutSource(path: path)
    }

    /// Where an archive is afterwards: one that was sent to the daemon lies in the store.
    func archive(_ path: String) -> String {
        let beginning = store.directory + "/"
        guard confinement != nil, path.hasPrefix(beginning) else { return path }
        return String(path.dropFirst(beginning.count))
    }
}
