internal import Glibc

/// What `/proc/PID/stat` says about a process.
///
/// Source: proc_pid_stat(5). The second field is the program's name in parentheses and may hold
/// anything, so fields are counted from the last closing one.
public struct ProcessFacts: Equatable, Sendable {
    /// One letter for what it does: `R`, `S`, `Z` and others.
    public let state: Character
    /// The process that it is a child of.
    public let parentID: Int32
    /// When it started, in clock ticks since the machine started.
    public let startTimeTicks: UInt64

    // Why: 52 numbers of at most 20 digits and a name of 16 bytes.
    private static let statBytesMax = 2_048

    /// Looks at a process; throws ENOENT when there is none.
    public init(processID: Int32) throws(HostError) {
        let path = "/proc/\(processID)/stat"
        try self.init(stat: try FileBytes.read(path, byteCountMax: Self.statBytesMax), path: path)
    }

    init(stat: [UInt8], path: String) throws(HostError) {
        guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else {
            throw .malformed(path: path, reason: "has no name of a program")
        }
        let rest = stat[(end + 1)...]
        guard let state = Self.field(3, of: rest)?.first,
            let parent = Self.field(4, of: rest).flatMap({ Int32($0) }),
            let ticks = Self.field(22, of: rest).flatMap({ UInt64($0) })
        else { throw .malformed(path: path, reason: "has too few fields") }
        self.state = state
        parentID = parent
        startTimeTicks = ticks
    }

    /// A field by its number in the manual page; `rest` begins after field 2.
    ///
    /// Why not by split(): the runtime would make types for it at every start of a workload.
    private static func field(_ wanted: Int, of rest: ArraySlice<UInt8>) -> String? {
        let blank = UInt8(ascii: " ")
        var rest = rest
        var number = 2
        while let start = rest.firstIndex(where: { $0 != blank }) {
            let end = rest[start...].firstIndex(of: blank) ?? rest.endIndex
            number += 1
            if number == wanted { return String(decoding: rest[start..<end], as: UTF8.self) }
            rest = rest[end...]
        }
        return nil
    }

    /// Where this program lies; `nil` when the system does not tell.
    public static var ownProgramPath: String? { FileTree.resolved("/proc/self/exe") }

    /// Starts this program anew under the same process id, with the arguments it was started with.
    ///
    /// Descriptors are closed as they are marked, threads end; nothing of this life runs on.
    ///
    /// - Parameter arguments: argv.
    /// - Throws: Why it could not; then everything is as before.
    public static func startAnew(_ arguments: [String]) throws(HostError) -> Never {
        guard let path = ownProgramPath else {
            throw .malformed(path: "/proc/self/exe", reason: "does not lead to a program")
        }
        try ProcessSpawn.replace(path, arguments)
    }

    /// The process id of the one who asks.
    public static var ownProcessID: Int32 { getpid() }

    /// The process that started the one who asks; another one once that has ended.
    public static var parentProcessID: Int32 { getppid() }
}
