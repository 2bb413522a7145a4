import Documents
import KubeModel

/// One of the ways to reach a node: its socket, its broker, or its files.
///
/// All answer with v1 objects; what a way cannot do it says in an error.
protocol NodeAccess: Sendable {
    /// Objects of a kind, of one namespace or of all; events oldest first, all else by name.
    ///
    /// What a Secret holds is in none of them; see ``Secret/redacted(_:)``.
    func objects(
        _ kind: ResourceKind,
        in namespace: String?
    ) async throws(OperatorError) -> [Document]

    /// One object; `nil` when there is none.
    func object(_ key: ObjectKey) async throws(OperatorError) -> Document?

    /// How long to wait before looking again at something that changes, in milliseconds.
    var lookAgainMilliseconds: Int { get }

    /// Whether anything can be otherwise at the next look.
    var canChange: Bool { get }

    /// The node's own object, as it was reported last; `nil` when there is none.
    func node() async throws(OperatorError) -> Document?

    /// The daemon's own account of itself.
    func status() async throws(OperatorError) -> Document

    /// What the node and its pods use, as the kubelet's `/stats/summary` says it.
    func usage() async throws(OperatorError) -> Document

    /// A container's log, piece by piece, until it ends or `sink` has had enough.
    func log(
        _ question: LogQuestion,
        sink: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError)

    /// Stops containers and starts them again; the names of those that begin anew.
    func restart(_ pod: PodName, container: String?) async throws(OperatorError) -> [String]

    /// Makes the node want `object`, and says what became of it.
    func apply(_ object: ManifestObject) async throws(OperatorError) -> AppliedChange

    /// Makes the node forget an object, and returns when it is gone.
    func delete(_ deletion: Deletion) async throws(OperatorError)
}

extension NodeAccess {
    var canChange: Bool { true }

    func node() async throws(OperatorError) -> Document? {
        try await objects(.nodes, in: nil).first
    }

    /// One pod; `nil` when there is none.
    func pod(_ name: PodName) async throws(OperatorError) -> Document? {
        try await object(ObjectKey(pod: name))
    }

    /// Events about one object, oldest first.
    func events(about key: ObjectKey) async throws(OperatorError) -> [Document] {
        try await objects(.events, in: nil).filter { event in
            let object = event["involvedObject"]
            guard object?["name"]?.string == key.name,
                object?["kind"]?.string == key.kind.objectKind?.rawValue
            else { return false }
            return !key.kind.isNamespaced || object?["namespace"]?.string == key.namespace
        }
    }
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
    /// The object.
    public var key: ObjectKey
    /// Seconds a pod gets to end by itself; `nil` means what its spec says.
    public var graceSeconds: Int64?
    /// Seconds to wait for the end.
    public var timeoutSeconds: Int

    /// A deletion with the pod's own grace period.
    public init(key: ObjectKey, graceSeconds: Int64? = nil, timeoutSeconds: Int) {
        self.key = key
        self.graceSeconds = graceSeconds
        self.timeoutSeconds = timeoutSeconds
    }
}

/// What an apply did.
enum AppliedChange: String, Equatable, Sendable {
    case created
    case configured
    /// A pod that had ended made way for another of its name.
    case replaced
    case unchanged
}
