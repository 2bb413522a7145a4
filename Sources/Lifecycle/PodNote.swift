/// Something that happened to a pod, for v1.Event.
public struct PodNote: Equatable, Sendable {
    /// How much it matters.
    public enum Kind: String, Sendable {
        /// As it should be.
        case normal = "Normal"
        /// Somebody may have to look.
        case warning = "Warning"
    }

    /// How much it matters.
    public var kind: Kind
    /// One word: `Started`, `BackOff`.
    public var reason: String
    /// One sentence.
    public var message: String
    /// The container it is about; nil for the pod.
    public var container: String?
    /// Whether only this node needs to know: what is no news costs nothing on the link.
    public var isLocal = false

    /// Something that happened.
    public init(_ kind: Kind, _ reason: String, _ message: String, _ container: String? = nil) {
        self.kind = kind
        self.reason = reason
        self.message = message
        self.container = container
    }
}
