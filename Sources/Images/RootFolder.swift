/// An unpacked root file system: finds files in it as a process inside would, and never leaves it.
public struct RootFolder: Sendable {
    /// The folder on this host.
    public let path: String

    /// The root at a host path.
    public init(path: String) { self.path = path }

    /// The host path of `name` inside, links followed within the root; `nil` when there is no such
    /// file, or too many links.
    public func resolve(_ name: String) -> String? {
        var pending = Array(name.split(separator: "/").reversed())
        var parts: [Substring] = []
        var linkCount = 0
        while let part = pending.popLast() {
            if part == "." { continue }
            if part == ".." {
                _ = parts.popLast()
                continue
            }
            let candidate = hostPath(parts + [part])
            if StoreFile.isLink(candidate) {
                linkCount += 1
                guard linkCount <= ImageLimits.linkCountMax,
                    let target = StoreFile.linkTarget(candidate)
                else { return nil }
                if target.hasPrefix("/") { parts = [] }
                pending += target.split(separator: "/").reversed()
            } else {
                guard StoreFile.exists(candidate) else { return nil }
                parts.append(part)
            }
        }
        return hostPath(parts)
    }

    private func hostPath(_ parts: [Substring]) -> String {
        ([path[...]] + parts).joined(separator: "/")
    }
}
