public import Trust
public import Uplink

/// How a node is reached, as the operator said it on the command line.
public struct Reach: Sendable {
    /// The daemon's control socket.
    public var socketPath: String
    /// The broker and the node's name on it; `nil` means the socket.
    public var broker: UplinkConfiguration?
    /// Signs what goes over the broker; nil where nodes trust the broker.
    public var signingKey: SigningKey?
    /// Whether every node of the broker is meant.
    public var isForAllNodes = false
    /// Where the daemon keeps its database, for when it is not running.
    public var stateDirectory: String
    /// Where the logs of containers lie, for when it is not running.
    public var logsDirectory: String

    /// The places of a daemon that runs as the packages set it up.
    public static let standardSocketPath = "/run/swiftlet/swiftletd.sock"
    /// The same for its state.
    public static let standardStateDirectory = "/var/lib/swiftlet"
    /// The same for the logs of containers.
    public static let standardLogsDirectory = "/var/log/pods"

    /// A node on this machine, at the standard places.
    public init() {
        socketPath = Self.standardSocketPath
        stateDirectory = Self.standardStateDirectory
        logsDirectory = Self.standardLogsDirectory
    }
}
