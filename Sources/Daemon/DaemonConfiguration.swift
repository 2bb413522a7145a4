internal import Documents
internal import Host
internal import Lifecycle
public import Supervisor
public import Uplink

/// What an operator writes into `swiftletd.yaml`.
public struct DaemonConfiguration: Sendable {
    /// The node's name.
    public var nodeName = ""
    /// Labels of the node.
    public var nodeLabels: [String: String] = [:]
    /// What the node takes, and when it ends pods.
    public var node = NodeSettings.standard(
        memoryByteCount: MachineLoad().memoryByteCount ?? .max
    )
    /// Where everything lies.
    public var layout = DirectoryLayout(
        state: "/var/lib/swiftlet",
        run: "/run/swiftlet",
        logs: "/var/log/pods",
        layouts: "/var/lib/swiftlet/layouts"
    )
    /// Where this machine's own pods stand as files.
    public var manifests = "/etc/swiftlet/manifests"
    /// The broker; nil for a node that runs what it has.
    public var broker: Broker?
    /// Files or texts of the public keys whose signature desired state must have; none: the broker is
    /// trusted.
    public var trustedKeys: [String] = []
    /// Where `swiftlet-run` and `swiftlet-pull` are; nil for beside this program.
    public var programs: String?
    /// Folders of the host below which hostPath volumes may lie.
    public var hostPathRoots: [String] = []
    /// Folders of the host that claims of persistent volumes stand for, by `NAMESPACE/NAME`.
    public var persistentVolumes: [String: String] = [:]
    /// Bytes after which a container's log is moved aside.
    public var logFileBytesMax: UInt64 = 10 << 20
    /// Log files that are kept of each run.
    public var logFilesMax: UInt64 = 5
    /// Where images may come from, and how long they are kept.
    public var images = ImageSettings()
    /// Where health and metrics can be asked for over TCP; nil for nowhere.
    public var metrics: Address?
    /// The group whose members may read through the control socket; nil for the daemon's own.
    public var controlGroup: UInt32?
    /// Whether no workload starts while this node lacks a part of the sandbox.
    public var requiresSandbox = false

    /// A numeric address and a port.
    public struct Address: Equatable, Sendable {
        /// `127.0.0.1`, or `::1`.
        public var host: String
        /// The port.
        public var port: Int
    }

    /// How the broker is reached.
    public struct Broker: Equatable, Sendable {
        /// Where it listens.
        public var url: BrokerURL
        /// The name told to it; nil for none.
        public var username: String?
        /// The file with the password; nil for none.
        public var passwordFile: String?
        /// Who may sign its certificate; nil for the system's.
        public var caFile: String?
        /// Our certificate; nil for none.
        public var certificateFile: String?
        /// Its key; nil for none.
        public var keyFile: String?
        /// The file with a line `IDENTITY:KEY` for TLS with a shared secret; nil for certificates.
        public var pskFile: String?
        /// What TLS asks for as the protocol; nil for nothing.
        public var alpn: String?
        /// What every topic begins with.
        public var prefix = "swiftlet/v1"
        /// The client id; nil for the node's name.
        public var clientID: String?
        /// Which protocol is spoken.
        public var version = UplinkConfiguration.ProtocolVersion.v5
        /// Seconds of silence after which a ping goes out.
        public var keepAliveSeconds = 60
        /// What answers to requests may cost.
        public var replies = RequestDesk.Limits()
    }
}

extension DaemonConfiguration {
    private static let keys: Set<String> = [
        "node", "directories", "broker", "programs", "volumes", "logs", "control", "images",
        "trust", "requireSandbox", "metrics", "eviction", "shutdown",
    ]

    /// Reads the text of a configuration file.
    ///
    /// Unknown keys are refused with the nearest known one: a misspelt key means harm.
    ///
    /// - Parameter bytes: YAML.
    /// - Throws: What is wrong, with its line.
    public init(yaml bytes: [UInt8]) throws(ConfigurationError) {
        let documents: [Document]
        do throws(DocumentError) { documents = try Document.yaml(bytes) } catch {
            throw .unreadable(error)
        }
        guard documents.count == 1, let document = documents.first else {
            throw .documentCount(documents.count)
        }
        do throws(FieldError) { try read(DocumentReader(document)) } catch {
            throw .field(error)
        }
    }

    private mutating func readVolumes(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["hostPathRoots", "persistentVolumes"])
        for root in try reader.optional("hostPathRoots")?.elements() ?? [] {
            hostPathRoots.append(try root.folder())
        }
        for (claim, folder) in try reader.optional("persistentVolumes")?.entries() ?? [] {
            guard claim.split(separator: "/", omittingEmptySubsequences: false).count == 2 else {
                throw folder.error("must be under the NAMESPACE/NAME of a claim")
            }
            persistentVolumes[claim] = try folder.folder()
        }
    }

    private mutating func read(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: Self.keys)
        try readNode(reader.required("node"))
        if let eviction = try reader.optional("eviction") { try node.eviction.read(eviction) }
        if let shutdown = try reader.optional("shutdown") {
            node.shutdownGroups = try NodeShutdown.Group.groups(shutdown)
        }
        if let directories = try reader.optional("directories") { try readFolders(directories) }
        if let broker = try reader.optional("broker") { self.broker = try Broker(broker) }
        if let programs = try reader.optional("programs") {
            try programs.refuseUnknown(known: ["directory"])
            self.programs = try programs.optional("directory")?.folder()
        }
        if let volumes = try reader.optional("volumes") { try readVolumes(volumes) }
        if let logs = try reader.optional("logs") { try readLogs(logs) }
        if let trust = try reader.optional("trust") {
            try trust.refuseUnknown(known: ["keys"])
            let keys = try trust.required("keys")
            trustedKeys = try keys.strings()
            guard !trustedKeys.isEmpty else {
                throw keys.error("must name a key; leave trust out to trust the broker")
            }
        }
        if let control = try reader.optional("control") {
            try control.refuseUnknown(known: ["group"])
            let group = try control.optional("group")?.integer(in: 0...Int64(UInt32.max) - 1)
            controlGroup = group.map { UInt32(truncatingIfNeeded: $0) }
        }
        if let metrics = try reader.optional("metrics") {
            try metrics.refuseUnknown(known: ["listen"])
            self.metrics = try metrics.required("listen").address()
        }
        requiresSandbox = try reader.optional("requireSandbox")?.bool() ?? false
        if let images = try reader.optional("images") {
            self.images = try ImageSettings(images)
        }
    }

    private mutating func readNode(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["name", "labels", "taints", "maxPods", "reserved"])
        let name = try reader.required("name")
        nodeName = try name.string()
        guard TopicName.isNamespace(nodeName) else {
            throw name.error("must be an RFC 1123 label: lower-case letters, digits and dashes")
        }
        nodeLabels = try reader.optional("labels")?.stringMap() ?? [:]
        try node.readNode(reader)
    }

    private mutating func readFolders(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["state", "run", "logs", "manifests", "layouts"])
        if let state = try reader.optional("state") {
            layout.state = try state.folder()
            layout.layouts = layout.state + "/layouts"
        }
        if let run = try reader.optional("run") { layout.run = try run.folder() }
        if let logs = try reader.optional("logs") { layout.logs = try logs.folder() }
        if let layouts = try reader.optional("layouts") { layout.layouts = try layouts.folder() }
        if let folder = try reader.optional("manifests") { manifests = try folder.folder() }
    }

    private mutating func readLogs(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["maxSize", "maxFiles"])
        if let size = try reader.optional("maxSize") { logFileBytesMax = try size.byteCount() }
        if let files = try reader.optional("maxFiles") {
            logFilesMax = UInt64(clamping: try files.integer(in: 1...100))
        }
    }
}

extension DaemonConfiguration.Broker {
    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        try Self.refuseProxy(reader)
        try reader.refuseUnknown(known: [
            "url", "username", "passwordFile", "caFile", "certificateFile", "keyFile", "prefix",
            "clientID", "protocol", "keepAliveSeconds", "replies", "pskFile", "alpn",
        ])
        let place = try reader.required("url")
        let text = try place.string()
        do throws(UplinkError) { url = try BrokerURL(text) } catch {
            throw place.error(error.description)
        }
        username = try reader.optional("username")?.string()
        passwordFile = try reader.optional("passwordFile")?.folder()
        caFile = try reader.optional("caFile")?.folder()
        certificateFile = try reader.optional("certificateFile")?.folder()
        keyFile = try reader.optional("keyFile")?.folder()
        pskFile = try reader.optional("pskFile")?.folder()
        try readTLS(reader)
        if let prefix = try reader.optional("prefix") {
            self.prefix = try prefix.string()
            let isPlain = self.prefix.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            guard isPlain, !self.prefix.isEmpty,
                !self.prefix.contains(where: { "+#$".contains($0) }),
                !self.prefix.hasPrefix("/"), !self.prefix.hasSuffix("/")
            else { throw prefix.error("must be a topic without wildcards or slashes at its ends") }
        }
        clientID = try reader.optional("clientID")?.string()
        if let version = try reader.optional("protocol") {
            guard let known = UplinkConfiguration.ProtocolVersion(rawValue: try version.string())
            else { throw version.error("must be \"5\" or \"3.1.1\"") }
            self.version = known
        }
        if let seconds = try reader.optional("keepAliveSeconds") {
            keepAliveSeconds = Int(try seconds.integer(in: 10...3_600))
        }
        if let replies = try reader.optional("replies") {
            try replies.refuseUnknown(known: ["maxSize", "bytesPerSecond"])
            if let size = try replies.optional("maxSize") {
                self.replies.replyBytesMax = Int64(clamping: try size.byteCount())
            }
            if let rate = try replies.optional("bytesPerSecond") {
                self.replies.replyBytesPerSecond = try rate.byteCount()
            }
        }
    }
}

extension DaemonConfiguration.Broker {
    // Why by name: who writes one of these has a network in mind in which nothing of ours would work.
    private static func refuseProxy(_ reader: DocumentReader) throws(FieldError) {
        for name in ["proxy", "httpProxy", "httpsProxy", "proxyUrl", "proxyURL"] {
            guard let place = try reader.optional(name) else { continue }
            throw place.error(
                "MQTT does not go through an HTTP proxy: open the broker's port, or use a broker on "
                    + "443 with alpn"
            )
        }
    }

    // Source: RFC 7301, 3.1: a protocol's name has 1 to 255 bytes.
    private static let alpnByteCountMax = 255

    private mutating func readTLS(_ reader: DocumentReader) throws(FieldError) {
        if let place = try reader.optional("alpn") {
            let name = try place.string()
            guard url.usesTLS else { throw place.error("needs a url that begins with mqtts://") }
            guard (1...Self.alpnByteCountMax).contains(name.utf8.count), !name.utf8.contains(0)
            else { throw place.error("must have 1 to \(Self.alpnByteCountMax) bytes") }
            alpn = name
        }
        if let place = try reader.optional("pskFile") {
            guard url.usesTLS else { throw place.error("needs a url that begins with mqtts://") }
            guard certificateFile == nil, caFile == nil else {
                throw place.error("a shared secret and certificates exclude each other")
            }
        }
        guard let place = try reader.optional("certificateFile") else { return }
        guard keyFile != nil else { throw place.error("needs keyFile too") }
    }
}
