/// Everything that the daemon tells `swiftlet-run` about one instance of a container.
///
/// It travels through a descriptor (`--flags-fd N`), never through argv, because environments hold
/// secrets and argv is public. Form: entries that each end in a zero byte, `key=value`, in any order
/// but for the three of a directory, which stand together; see ``encoded()``.
public struct RunnerCommand: Equatable, Sendable {
    /// A folder of the host that the guest sees.
    public struct Directory: Equatable, Sendable {
        /// Where it is on the host.
        public var host: String
        /// Where the guest finds it.
        public var guest: String
        /// Whether the guest may only read.
        public var isReadOnly: Bool

        /// Declares a folder.
        public init(host: String, guest: String, isReadOnly: Bool = false) {
            self.host = host
            self.guest = guest
            self.isReadOnly = isReadOnly
        }
    }

    /// The module's file on the host.
    public var modulePath: String
    /// argv of the guest, with its name first.
    public var arguments: [String]
    /// The guest's environment, in order, `K=V`.
    public var environment: [String]
    /// The folders that the guest sees.
    public var directories: [Directory]
    /// Where relative paths of the guest start.
    public var workingDirectory: String
    /// The function to call instead of `_start`.
    public var invoke: String?
    /// Bytes that all memories and tables of the guest may have together.
    public var memoryLimitBytes: UInt64?
    /// How long the guest may run.
    public var timeLimitNanoseconds: UInt64?
    /// How many instructions the guest may execute.
    public var fuel: UInt64?
    /// The log, in CRI form; `nil`: plain standard output and error.
    public var logFile: String?
    /// When the log is moved aside.
    public var logFileBytesMax: UInt64
    /// How many logs are kept, the one being written included.
    public var logFilesMax: UInt64
    /// The file whose lock says that this instance lives.
    public var instanceFile: String?
    /// The kernel's name for this start of the machine, for that file; `nil`: it is asked for.
    public var bootID: String?
    /// The file that tells how it ended.
    public var exitRecordFile: String?
    /// The process that brings what the exit record says to the disk, as long as it is our parent; `nil`:
    /// nobody does.
    public var watcherProcessID: Int32?
    /// Whether the module was validated whole when it came onto this machine.
    public var isAdmitted: Bool
    /// What it may do with the network; nothing unless told otherwise.
    public var network: GuestNetwork
    /// Thousandths of a processor that the guest may use, where no control group sees to it.
    public var processorMillicoresMax: UInt64?
    /// Thousandths of a processor that it asked for: its part when processors are short.
    public var processorMillicoresWanted: UInt64?
    /// What the runner gives up before it reads the module; nil from the command line.
    public var confinement: Confinement?

    // Source: the kubelet's defaults (containerLogMaxSize, containerLogMaxFiles).
    /// When a log is moved aside unless told otherwise.
    public static let logFileBytesMaxDefault: UInt64 = 10 << 20
    /// How many logs are kept unless told otherwise.
    public static let logFilesMaxDefault: UInt64 = 5

    /// A plain run of a module, without limits.
    public init(modulePath: String, arguments: [String] = []) {
        self.modulePath = modulePath
        self.arguments = arguments
        environment = []
        directories = []
        workingDirectory = "/"
        logFileBytesMax = Self.logFileBytesMaxDefault
        logFilesMax = Self.logFilesMaxDefault
        isAdmitted = false
        network = .none
    }
}
