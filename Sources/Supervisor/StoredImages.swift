internal import Host
public import Images

/// The image store on disk, filled by the program `swiftlet-pull`: one process for each pull, gone when
/// it is done.
public struct StoredImages: ImageSource {
    private let store: ImageStore
    private let puller: String
    private let layouts: String
    private let workshop = Workshop()

    // Source: sysexits.h, EX_DATAERR: the program says that the same pull never succeeds.
    private static let never: Int32 = 65

    /// A source that keeps images in `store` and starts the program `puller`.
    ///
    /// `layouts` is the folder in which `oci:NAME` without a leading slash is looked for.
    public init(store: ImageStore, puller: String, layouts: String) {
        self.store = store
        self.puller = puller
        self.layouts = layouts
    }

    /// The image, if it is on disk whole.
    public func find(_ text: String) async throws(ImageProblem) -> (any LocalImage)? {
        let reference = try reference(text)
        return try await workshop.run { [store] () throws(ImageProblem) -> (any LocalImage)? in
            let image: StoredImage?
            do throws(ImageError) { image = try store.lookup(reference) } catch {
                throw .unusable(error.description)
            }
            return image.map { ImageOnDisk(image: $0, name: text) }
        }
    }

    /// Fetches the image in a process of its own.
    public func pull(_ text: String) async throws(ImageProblem) -> any LocalImage {
        let reference = try reference(text)
        let last: PullReport?
        let exit: ProcessExit
        do throws(HostError) {
            (last, exit) = try await runPuller("\(reference)")
        } catch {
            throw .unavailable(error.description)
        }
        guard exit == .exited(code: 0) else {
            throw Self.problem(last, exit, text)
        }
        guard let image = try await find(text) else {
            throw .unavailable("image \(text) was pulled and is not in the store")
        }
        return image
    }

    private func runPuller(
        _ reference: String
    ) async throws(HostError) -> (PullReport?, ProcessExit) {
        let handle: ProcessHandle
        let lines: AsyncStream<String>
        do {
            let pipe = try OwnedDescriptor.pipe()
            handle = try ProcessHandle.spawn(
                path: puller,
                arguments: ["--store", store.directory, reference],
                standardOutput: pipe.writer
            )
            lines = try PipeLines.read(pipe.reader)
        }
        var last: PullReport?
        for await line in lines { last = PullReport(line: line) ?? last }
        // The daemon is ending: a pull that goes on alone would meet the next daemon's.
        if Task.isCancelled { handle.signal(15) }
        return (last, await handle.exited())
    }

    private static func problem(
        _ last: PullReport?,
        _ exit: ProcessExit,
        _ text: String
    ) -> ImageProblem {
        guard case .failed(let reason, let message, let isWorthRetrying)? = last else {
            let code = exit.shellCode.map { "\($0)" } ?? "nobody knows what"
            let message = "swiftlet-pull ended with \(code) and did not say why"
            return exit == .exited(code: never) ? .refused(message) : .unavailable(message)
        }
        if reason == "InvalidImageName" { return .invalidName(message) }
        return isWorthRetrying ? .unavailable(message) : .refused(message)
    }

    /// The reference, with the folder of layouts in front of a relative path.
    private func reference(_ text: String) throws(ImageProblem) -> ImageReference {
        let scheme = "oci:"
        var whole = text
        if text.hasPrefix(scheme), !text.hasPrefix(scheme + "/") {
            let path = text.dropFirst(scheme.count)
            guard !path.split(separator: "/").contains("..") else {
                throw .invalidName("image \(text): a relative layout must not contain ..")
            }
            whole = "\(scheme)\(layouts)/\(path)"
        }
        do throws(ImageError) { return try ImageReference(whole) } catch {
            throw .invalidName(error.description)
        }
    }
}

private struct ImageOnDisk: LocalImage {
    let image: StoredImage
    let name: String

    var imageID: String { "\(nameWithoutTag)@\(image.manifestDigest)" }
    var environment: [String] { image.configuration.environment }
    var workingDirectory: String { image.configuration.workingDirectory }

    private var nameWithoutTag: String {
        let base = name.split(separator: "@").first.map(String.init) ?? name
        guard let colon = base.lastIndex(of: ":"), base[colon...].contains("/") == false,
            base[..<colon] != "oci"
        else { return base }
        return String(base[..<colon])
    }

    func entry(
        command: [String]?,
        arguments: [String]?,
        workingDirectory: String?
    ) throws(ImageProblem) -> RunEntry {
        do throws(ImageError) {
            let entry = try image.entry(
                command: command,
                args: arguments,
                workingDirectory: workingDirectory
            )
            return RunEntry(
                modulePath: entry.modulePath,
                arguments: entry.arguments,
                invoke: entry.function,
                isAdmitted: entry.isAdmitted
            )
        } catch {
            throw .unusable(error.description)
        }
    }

    func copyRoot(to path: String) throws(ImageProblem) {
        do throws(ImageError) { try image.copyRoot(to: path) } catch {
            throw .unusable(error.description)
        }
    }
}
