/// One run of one container of one pod.
public struct Instance: Hashable, Sendable {
    /// The pod.
    public var uid: String
    /// The container's name.
    public var container: String
    /// Which run, from 1 on.
    public var attempt: Int64

    /// A run.
    public init(uid: String, container: String, attempt: Int64) {
        self.uid = uid
        self.container = container
        self.attempt = attempt
    }
}

extension Instance: CustomStringConvertible {
    /// `UID/CONTAINER/ATTEMPT`.
    public var description: String { "\(uid)/\(container)/\(attempt)" }
}
