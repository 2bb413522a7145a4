/// How an instance of a container ended, as its runner wrote it down.
public struct ExitRecord: Equatable, Sendable {
    /// Why it ended.
    public enum Reason: String, Equatable, Sendable, CaseIterable {
        /// The guest ended with 0.
        case completed = "Completed"
        /// The guest ended with another code.
        case error = "Error"
        /// The guest did what WebAssembly forbids.
        case trap = "Trap"
        /// The guest's memory limit was in its way when it trapped.
        case outOfMemory = "OutOfMemory"
        /// The guest ran as long as it may.
        case timeLimit = "TimeLimit"
        /// The guest executed as many instructions as it may.
        case fuelExhausted = "FuelExhausted"
        /// The module could not be read, is not valid, or wants what there is not.
        case loadError = "LoadError"
    }

    /// The guest's own code, 134 after a trap, 1 for a module that was refused.
    public var exitCode: Int32
    /// The signal that ended it, or 0.
    public var signal: Int32
    /// Why it ended.
    public var reason: Reason
    /// One sentence more; empty when there is nothing to say.
    public var message: String
    /// Wall time, nanoseconds since 1970.
    public var startedAtNanoseconds: Int64
    /// Wall time, nanoseconds since 1970.
    public var finishedAtNanoseconds: Int64

    // Source: Kubernetes cuts a termination message at 4096 bytes.
    /// Bytes of the longest message; the rest is cut off.
    public static let messageBytesMax = 4_096

    /// Makes a record.
    public init(
        exitCode: Int32,
        signal: Int32 = 0,
        reason: Reason,
        message: String = "",
        startedAtNanoseconds: Int64,
        finishedAtNanoseconds: Int64
    ) {
        self.exitCode = exitCode
        self.signal = signal
        self.reason = reason
        self.message = String(decoding: message.utf8.prefix(Self.messageBytesMax), as: UTF8.self)
        self.startedAtNanoseconds = startedAtNanoseconds
        self.finishedAtNanoseconds = finishedAtNanoseconds
    }

    /// Writes it down whole, for everybody who looks while the machine stays on.
    ///
    /// A power cut may still take it, or leave anything of it, which ``read(_:)`` finds out; until
    /// ``bringToDisk(_:in:)`` has been called.
    ///
    /// - Parameters:
    ///   - path: The file; a mere name where `place` is given.
    ///   - place: The folder, opened while it could be reached.
    /// - Throws: ``HostError`` when the disk takes nothing.
    public func write(to path: String, in place: OwnedDescriptor? = nil) throws(HostError) {
        try AtomicFile.writeUnsynced(bytes, to: path, in: place)
    }

    /// Makes a record that was just written outlive a power cut.
    ///
    /// - Parameters:
    ///   - path: The file; a mere name where `place` is given.
    ///   - place: The folder, opened while it could be reached.
    /// - Throws: ``HostError`` when the disk does not take it.
    public static func bringToDisk(
        _ path: String,
        in place: OwnedDescriptor? = nil
    ) throws(HostError) {
        try AtomicFile.sync(path, in: place)
    }

    private var bytes: [UInt8] {
        var lines = KeyValueLines()
        lines.add("exitCode", "\(exitCode)")
        lines.add("signal", "\(signal)")
        lines.add("reason", reason.rawValue)
        lines.add("message", message)
        lines.add("startedAtNanoseconds", "\(startedAtNanoseconds)")
        lines.add("finishedAtNanoseconds", "\(finishedAtNanoseconds)")
        lines.addChecksum()
        return lines.bytes
    }

    /// Reads a record.
    ///
    /// Throws ``HostError`` with ENOENT when the instance left none: it was killed, or still runs; and as
    /// malformed what a power cut has left of one.
    public static func read(_ path: String) throws(HostError) -> ExitRecord {
        // A runner that was taken over may put a link here; it is not followed with our rights.
        let bytes = try FileBytes.read(
            path,
            byteCountMax: KeyValueLines.byteCountMax,
            followsLink: false
        )
        let lines = try KeyValueLines(bytes, path: path)
        try lines.checkSum(path: path)
        let word = try lines.text("reason", path: path)
        guard let reason = Reason(rawValue: word) else {
            throw .malformed(path: path, reason: "has the unknown reason \(word)")
        }
        return ExitRecord(
            exitCode: try lines.number("exitCode", Int32.self, path: path),
            signal: try lines.number("signal", Int32.self, path: path),
            reason: reason,
            message: try lines.text("message", path: path),
            startedAtNanoseconds: try lines.number("startedAtNanoseconds", Int64.self, path: path),
            finishedAtNanoseconds: try lines.number("finishedAtNanoseconds", Int64.self, path: path)
        )
    }
}
