public import Host

/// What the supervisor needs to know.
public struct SupervisorConfiguration: Equatable, Sendable {
    /// The node's name.
    public var nodeName: String
    /// Where everything lies.
    public var layout: DirectoryLayout
    /// Folders of the host below which hostPath volumes may lie; none without.
    public var hostPathRoots: [String]
    /// Folders of the host that claims of persistent volumes stand for, by `NAMESPACE/NAME`.
    public var persistentVolumes: [String: String]
    /// Bytes after which a container's log is moved aside.
    public var logFileBytesMax: UInt64
    /// Log files that are kept for each run.
    public var logFilesMax: UInt64
    /// Labels of the node.
    public var nodeLabels: [String: String]
    /// The version of this program.
    public var version: String
    /// The kernel's name for this start of the machine.
    public var bootID: String
    /// What the operator says about the node as a whole.
    public var node: NodeSettings
    /// When images may be fetched over the network.
    public var pullWindows = PullWindows()
    /// What workloads are held in; nil: in nothing but their process, for tests.
    public var sandbox: SandboxSettings?

    /// A configuration with the kubelet's log limits and nothing else.
    public init(
        nodeName: String,
        layout: DirectoryLayout,
        hostPathRoots: [String] = [],
        persistentVolumes: [String: String] = [:],
        logFileBytesMax: UInt64 = 10 << 20,
        logFilesMax: UInt64 = 5,
        nodeLabels: [String: String] = [:],
        version: String = Release.version,
        bootID: String,
        node: NodeSettings = NodeSettings(),
        sandbox: SandboxSettings? = nil
    ) {
        self.nodeName = nodeName
        self.layout = layout
        self.hostPathRoots = hostPathRoots
        self.persistentVolumes = persistentVolumes
        self.logFileBytesMax = logFileBytesMax
        self.logFilesMax = logFilesMax
        self.nodeLabels = nodeLabels
        self.version = version
        self.bootID = bootID
        self.node = node
        self.sandbox = sandbox
    }
}
