/// Who may do what on the control socket: the one rule, as a value.
///
/// The socket's file mode (0660) decides who can connect at all, so whoever is here is the owner,
/// root or a member of the file's group. Members read; only root and the daemon's own user change.
public struct Permission: Equatable, Sendable {
    /// The user that the daemon runs as.
    public var ownerID: UInt32

    /// The rule for a daemon that runs as `ownerID`.
    public init(ownerID: UInt32) {
        self.ownerID = ownerID
    }

    /// Whether `peer` may send a request with `method`.
    public func allows(_ method: ControlMethod, by peer: PeerCredentials) -> Bool {
        !method.changes || peer.userID == 0 || peer.userID == ownerID
    }
}
