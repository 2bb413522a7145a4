import Documents

/// One of the ways to reach a node: its socket, its broker, or its files.
///
/// All answer with v1 objects; what a way cannot do it says in an error.
protocol NodeAccess: Sendable {
    /// Pods, of one namespace or of all.
    func pods(in namespace: String?) async throws(OperatorError) -> [Document]

    /// One pod.
    func pod(_ name: PodName) async throws(OperatorError) -> Document?

    /// The node, in a list of one.
    func nodes() async throws(OperatorError) -> [Document]

    /// Events about one pod, oldest first; empty where this way knows none.
    func events(about name: PodName) async throws(OperatorError) -> [Document]

    /// The daemon's own account of itself.
    func status() async throws(OperatorError) -> Document

    /// A container's log, piece by piece, until it ends or `sink` has had enough.
    func log(
        _ question: LogQuestion,
        sink: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError)

    /// Stops containers and starts them again; the names of those that begin anew.
    func restart(_ pod: PodName, container: String?) async throws(OperatorError) -> [String]

    /// Makes the node want `object`, and says what became of it.
    func apply(_ object: ManifestObject) async throws(OperatorError) -> AppliedChange

    /// Ends a pod, and returns when it is gone.
    func delete(_ deletion: Deletion) async throws(OperatorError)
}

/// Which part of which log is wanted.
public struct LogQuestion: Equatable, Sendable {
    /// The pod.
    public var pod: PodName
    /// The container; `nil` means the pod's only one, or its first.
    public var container: String?
    /// Whether to go on as lines are written.
    public var follows = false
    /// At most so many of the last lines; `nil` means all.
    public var tailLineCount: Int64?
    /// Only lines of the last so many seconds; `nil` means all.
    public var sinceSeconds: Int64?
    /// The log of the run before the present one.
    public var isPrevious = false

    /// The whole log of one pod's container.
    public init(pod: PodName) {
        self.pod = pod
    }
}

/// What is to end, and how patiently.
public struct Deletion: Equatable, Sendable {
    /// The pod.
    public var pod: PodName
    /// Seconds the pod gets to end by itself; `nil` means what its spec says.
    public var graceSeconds: Int64?
    /// Seconds to wait for the end.
    public var timeoutSeconds: Int

    /// A deletion with the pod's own grace period.
    public init(pod: PodName, graceSeconds: Int64? = nil, timeoutSeconds: Int) {
        self.pod = pod
        self.graceSeconds = graceSeconds
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What an apply did.
enum AppliedChange: String, Equatable, Sendable {
    case created
    case configured
    case unchanged
}
