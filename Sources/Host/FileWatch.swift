internal import CLinux
internal import Glibc

/// Says when files may have changed, however they were written: in place, or moved there whole.
public enum FileWatch {
    // Why: events are only counted as "something"; the names in them are not looked at.
    private static let pieceBytes = 4_096

    /// Watches the folders that the files lie in, until the stream is dropped.
    ///
    /// A ring says that something in one of the folders has changed; whether the contents have, the
    /// reader finds out. What has rung and nobody has answered yet is one ring.
    ///
    /// - Parameter paths: The files; they need not exist, their folders must.
    /// - Returns: The rings.
    /// - Throws: Which folder cannot be watched.
    public static func changes(near paths: [String]) throws(HostError) -> AsyncStream<Void> {
        let descriptor = swiftlet_inotify_open()
        guard descriptor >= 0 else {
            throw .system(call: "inotify_init1", path: "inotify", errno: errno)
        }
        let watch = OwnedDescriptor(descriptor)
        for folder in Set(paths.map(folder(of:))).sorted() {
            // Safety: the path is a Swift string that outlives the call.
            guard unsafe swiftlet_inotify_watch(watch.number, folder) >= 0 else {
                throw .system(call: "inotify_add_watch", path: folder, errno: errno)
            }
        }
        let (stream, rings) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        try DescriptorWatch.shared.add(watch) {
            while let events = try? SystemCall.read(watch, count: pieceBytes, path: "inotify"),
                !events.isEmpty
            {}
            switch rings.yield() {
            case .terminated: return .done
            case .enqueued, .dropped: return .goOn
            @unknown default: return .goOn
            }
        }
        return stream
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
