internal import Glibc

/// One control group (cgroup v2): a folder whose files are settings and counters.
///
/// Source: Linux, Documentation/admin-guide/cgroup-v2.rst. Nothing here knows whether the folder is the
/// kernel's: tests bring one of their own.
public struct ControlGroup: Equatable, Sendable {
    /// The folder.
    public let path: String

    // Why: the longest of these files lists the processes of a group, which has few.
    private static let fileBytesMax = 65_536

    /// A group that may or may not be there.
    public init(_ path: String) { self.path = path }

    /// The group of that name below this one.
    public func child(_ name: String) -> ControlGroup { ControlGroup("\(path)/\(name)") }

    /// What a file holds, without the end of the line; nil where there is none.
    public func read(_ file: String) -> String? {
        guard let bytes = try? FileBytes.read("\(path)/\(file)", byteCountMax: Self.fileBytesMax)
        else { return nil }
        var text = String(decoding: bytes, as: UTF8.self)
        if text.last == "\n" { text.removeLast() }
        return text
    }

    /// Writes a setting.
    public func write(_ text: String, to file: String) throws(HostError) {
        let name = "\(path)/\(file)"
        try SystemCall.write(
            try SystemCall.open(name, O_WRONLY | O_TRUNC),
            Array(text.utf8),
            path: name
        )
    }

    /// A counter of a file of lines like `oom_kill 3`; nil where there is none.
    public func counter(_ name: String, in file: String) -> UInt64? {
        for line in read(file)?.split(separator: "\n") ?? [] {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return UInt64(words[1]) }
        }
        return nil
    }

    /// The words of a file like `cgroup.controllers`.
    public func words(of file: String) -> Set<String> {
        Set((read(file) ?? "").split(separator: " ").map(String.init))
    }

    /// Whether it is there.
    public var exists: Bool { SystemCall.isFolder(path) }

    /// Makes it, if it is not there.
    public func make() throws(HostError) { try SystemCall.makeFolder(path) }

    /// Whether some process is in it or below; no where the kernel does not say.
    public var isPopulated: Bool { counter("populated", in: "cgroup.events") == 1 }

    /// Ends every process in it and below, at once.
    ///
    /// Kernels before 5.14 cannot; then it is an error, and each process must be told.
    public func kill() throws(HostError) { try write("1", to: "cgroup.kill") }

    /// Removes it and the groups below; one that has processes stays, and is an error.
    public func remove() throws(HostError) {
        for name in SystemCall.folders(in: path) { try child(name).remove() }
        try SystemCall.removeFolder(path)
    }

    /// The groups below.
    public var children: [ControlGroup] { SystemCall.folders(in: path).sorted().map(child) }
}
