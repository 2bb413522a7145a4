/// Everything that is needed to speak to one broker as one node, or as its controller.
public struct UplinkConfiguration: Sendable {
    /// Where the broker listens.
    public var url: BrokerURL
    /// The node's name: an RFC 1123 label, and the level of every topic after the prefix.
    public var nodeName: String
    /// What every topic begins with, without a slash at its end.
    public var prefix: String
    /// The name told to the broker, if it asks for one.
    public var username: String?
    /// The password's bytes as the file holds them, without the line end.
    ///
    /// Never in a log or an error.
    public var password: [UInt8]?
    /// PEM file of the authorities that may sign the broker's certificate; `nil` with TLS: the system's.
    public var certificateAuthorityFile: String?
    /// PEM file of our own certificate, for brokers that ask for one.
    public var certificateFile: String?
    /// PEM file of that certificate's key.
    public var keyFile: String?
    /// TLS with a shared secret instead of certificates; needs `mqtts`.
    public var sharedSecret: SharedSecret?
    /// What TLS asks for as the protocol (ALPN): for brokers that share port 443 with others.
    public var applicationProtocol: String?
    /// No certificate is judged by an earlier time than this, in seconds since 1970 (rule 10).
    ///
    /// A board without a battery begins in 1970: the latest of the clock, the last time written to
    /// disk and the build counts.
    public var earliestTimeSeconds: Int64 = 0
    /// The client id; one client at a time may hold it.
    ///
    /// The node's name by default.
    public var clientID: String
    /// The protocol spoken.
    public var version: ProtocolVersion
    /// Seconds of silence after which the library sends a ping.
    public var keepAliveSeconds: Int
    /// Seconds that the broker keeps our session when we are away (rule 5): 7 days.
    public var sessionExpirySeconds: UInt32
    /// Seconds the broker waits before it publishes our will (rule 7).
    public var willDelaySeconds: UInt32
    /// The kernel's boot id, for `status/connection`.
    public var bootID: String

    /// A secret that broker and client share (TLS-PSK).
    public struct SharedSecret: Equatable, Sendable {
        /// The name that the broker knows it by.
        public var identity: String
        /// The secret in hexadecimal digits.
        public var key: String

        /// A secret.
        public init(identity: String, key: String) {
            self.identity = identity
            self.key = key
        }

        /// Reads `IDENTITY:KEY`, a line as Mosquitto's `psk_file` has it; nil for anything else.
        public init?(line: String) {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
                parts[1].utf8.count.isMultiple(of: 2),
                parts[1].utf8.allSatisfy({ digit in
                    (0x30...0x39).contains(digit) || (0x61...0x66).contains(digit | 0x20)
                })
            else { return nil }
            self.init(identity: String(parts[0]), key: String(parts[1]))
        }
    }

    /// MQTT's versions.
    public enum ProtocolVersion: String, Sendable, CaseIterable {
        /// MQTT 3.1.1, for brokers that know no better: no will delay, no reasons, no packet limit.
        case v311 = "3.1.1"
        /// MQTT 5.
        case v5 = "5"
    }

    /// A configuration with the contract's defaults.
    public init(
        url: BrokerURL,
        nodeName: String,
        prefix: String = "swiftlet/v1",
        username: String? = nil,
        password: [UInt8]? = nil,
        certificateAuthorityFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        clientID: String? = nil,
        version: ProtocolVersion = .v5,
        keepAliveSeconds: Int = 60,
        sessionExpirySeconds: UInt32 = 7 * 86_400,
        willDelaySeconds: UInt32 = 30,
        bootID: String = ""
    ) {
        self.url = url
        self.nodeName = nodeName
        self.prefix = prefix
        self.username = username
        self.password = password
        self.certificateAuthorityFile = certificateAuthorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clientID = clientID ?? nodeName
        self.version = version
        self.keepAliveSeconds = keepAliveSeconds
        self.sessionExpirySeconds = sessionExpirySeconds
        self.willDelaySeconds = willDelaySeconds
        self.bootID = bootID
    }
}
