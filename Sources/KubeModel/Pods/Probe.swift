/// A question that is put to a container again and again.
public struct Probe: Equatable, Sendable {
    /// How it is put.
    public enum Action: Equatable, Sendable {
        /// A program of the container's runs and must end with 0.
        case exec(command: [String])
        /// A GET must be answered with 200 to 399.
        case httpGet(HTTPGet)
        /// A connection must be accepted. `host` is nil for the pod's address.
        case tcpSocket(port: PortReference, host: String?)
    }

    /// A GET of a probe.
    public struct HTTPGet: Equatable, Sendable {
        /// The path, with a query perhaps.
        public var path: String
        /// The port.
        public var port: PortReference
        /// The host; nil for the pod's address.
        public var host: String?
        /// Header fields, in order.
        public var headers: [Header]

        /// A GET made in code.
        public init(path: String, port: PortReference, host: String?, headers: [Header]) {
            self.path = path
            self.port = port
            self.host = host
            self.headers = headers
        }
    }

    /// One header field.
    public struct Header: Equatable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String

        /// A header field made in code.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A port by number or by the name that a container gave it.
    public enum PortReference: Equatable, Sendable {
        /// By number.
        case number(UInt16)
        /// By name.
        case name(String)
    }

    /// How it is put.
    public var action: Action
    /// Seconds from the container's start to the first time.
    public var initialDelaySeconds: Int64
    /// Seconds until no answer is a failure.
    public var timeoutSeconds: Int64
    /// Seconds between two times.
    public var periodSeconds: Int64
    /// Successes in a row that make a success.
    public var successThreshold: Int64
    /// Failures in a row that make a failure.
    public var failureThreshold: Int64
    /// Replaces the pod's own grace period when the probe ends the container; nil to keep it.
    public var terminationGracePeriodSeconds: Int64?

    /// A probe with Kubernetes' defaults for what is not said.
    public init(
        action: Action,
        initialDelaySeconds: Int64 = 0,
        timeoutSeconds: Int64 = 1,
        periodSeconds: Int64 = 10,
        successThreshold: Int64 = 1,
        failureThreshold: Int64 = 3,
        terminationGracePeriodSeconds: Int64? = nil
    ) {
        self.action = action
        self.initialDelaySeconds = initialDelaySeconds
        self.timeoutSeconds = timeoutSeconds
        self.periodSeconds = periodSeconds
        self.successThreshold = successThreshold
        self.failureThreshold = failureThreshold
        self.terminationGracePeriodSeconds = terminationGracePeriodSeconds
    }
}
