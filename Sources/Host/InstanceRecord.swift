/// Which process runs an instance of a container: enough to find it again after a restart of the
/// daemon, and to know that it is the same one.
public struct InstanceRecord: Equatable, Sendable {
    /// The process id.
    public var processID: Int32
    /// When the process started, in clock ticks since the machine started.
    ///
    /// Field 22 of `/proc/PID/stat`. Together with the process id it names one process of one boot.
    public var startTimeTicks: UInt64
    /// The boot that both belong to.
    public var bootID: String
    /// The same moment as wall time, nanoseconds since 1970.
    public var startedAtNanoseconds: Int64

    /// Makes a record.
    public init(
        processID: Int32,
        startTimeTicks: UInt64,
        bootID: String,
        startedAtNanoseconds: Int64
    ) {
        self.processID = processID
        self.startTimeTicks = startTimeTicks
        self.bootID = bootID
        self.startedAtNanoseconds = startedAtNanoseconds
    }

    /// The record of the process that asks; `bootID` is the kernel's name for this boot, where it is known.
    public static func ofThisProcess(
        bootID: String? = nil
    ) throws(HostError) -> InstanceRecord {
        let processID = ProcessFacts.ownProcessID
        return InstanceRecord(
            processID: processID,
            startTimeTicks: try ProcessFacts(processID: processID).startTimeTicks,
            bootID: bootID ?? Clock.bootID(),
            startedAtNanoseconds: Clock.wallNanoseconds()
        )
    }

    /// Reads the record from an instance file.
    public static func read(_ path: String) throws(HostError) -> InstanceRecord {
        let bytes = try FileBytes.read(path, byteCountMax: KeyValueLines.byteCountMax)
        let lines = try KeyValueLines(bytes, path: path)
        return InstanceRecord(
            processID: try lines.number("pid", Int32.self, path: path),
            startTimeTicks: try lines.number("startTimeTicks", UInt64.self, path: path),
            bootID: try lines.text("bootID", path: path),
            startedAtNanoseconds: try lines.number("startedAtNanoseconds", Int64.self, path: path)
        )
    }

    var bytes: [UInt8] {
        var lines = KeyValueLines()
        lines.add("pid", "\(processID)")
        lines.add("startTimeTicks", "\(startTimeTicks)")
        lines.add("bootID", bootID)
        lines.add("startedAtNanoseconds", "\(startedAtNanoseconds)")
        return lines.bytes
    }
}
