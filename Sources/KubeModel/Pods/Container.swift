/// One container of a pod.
public struct Container: Equatable, Sendable {
    /// A label of RFC 1123, unique in the pod.
    public var name: String
    /// The reference of its image, not yet parsed.
    public var image: String
    /// Replaces the image's entry point; nil to keep it.
    public var command: [String]?
    /// Replaces the image's arguments; nil to keep them, unless `command` is given.
    public var args: [String]?
    /// The folder it starts in; nil for the image's.
    public var workingDir: String?
    /// Its environment, in order; a later one of the same name wins.
    public var env: [EnvironmentVariable]
    /// ConfigMaps and Secrets whose keys become environment, in order.
    public var envFrom: [EnvironmentFrom]
    /// Ports it says it listens on.
    public var ports: [ContainerPort]
    /// What it needs and what it may use.
    public var resources: ResourceRequirements
    /// Where it sees which volume.
    public var volumeMounts: [VolumeMount]
    /// When its image is asked for again.
    public var imagePullPolicy: ImagePullPolicy
    /// `always` makes an init container a sidecar; nil otherwise.
    public var restartPolicy: RestartPolicy?
    /// What is done after its start and before its end.
    public var hooks = ContainerHooks()
    /// Finds out whether it still works.
    public var livenessProbe: Probe?
    /// Finds out whether it can serve.
    public var readinessProbe: Probe?
    /// Finds out whether it has started.
    public var startupProbe: Probe?
    /// Who it runs as.
    public var securityContext = SecurityContext()

    /// A container made in code.
    public init(
        name: String,
        image: String,
        command: [String]? = nil,
        args: [String]? = nil,
        workingDir: String? = nil,
        env: [EnvironmentVariable] = [],
        envFrom: [EnvironmentFrom] = [],
        ports: [ContainerPort] = [],
        resources: ResourceRequirements = ResourceRequirements(),
        volumeMounts: [VolumeMount] = [],
        imagePullPolicy: ImagePullPolicy = .ifNotPresent,
        restartPolicy: RestartPolicy? = nil,
        livenessProbe: Probe? = nil,
        readinessProbe: Probe? = nil,
        startupProbe: Probe? = nil
    ) {
        self.name = name
        self.image = image
        self.command = command
        self.args = args
        self.workingDir = workingDir
        self.env = env
        self.envFrom = envFrom
        self.ports = ports
        self.resources = resources
        self.volumeMounts = volumeMounts
        self.imagePullPolicy = imagePullPolicy
        self.restartPolicy = restartPolicy
        self.livenessProbe = livenessProbe
        self.readinessProbe = readinessProbe
        self.startupProbe = startupProbe
    }
}

/// When an image that is on disk is asked for again.
public enum ImagePullPolicy: String, Sendable, CaseIterable {
    /// At each start of a container.
    case always = "Always"
    /// Never, once it is there.
    case ifNotPresent = "IfNotPresent"
    /// Never, and it must be there already.
    case never = "Never"

    /// What holds when a container says nothing: always for `latest` and for no tag, else if not present.
    public static func absent(for image: String) -> ImagePullPolicy {
        guard !image.utf8.contains(UInt8(ascii: "@")) else { return .ifNotPresent }
        let name = image.split(separator: "/").last ?? ""
        let parts = name.split(separator: ":", maxSplits: 1)
        return parts.count == 1 || parts.last == "latest" ? .always : .ifNotPresent
    }
}

/// A port that a container listens on.
public struct ContainerPort: Equatable, Sendable {
    /// What travels through it.
    public enum TransportProtocol: String, Sendable, CaseIterable {
        /// TCP.
        case tcp = "TCP"
        /// UDP.
        case udp = "UDP"
        /// SCTP.
        case sctp = "SCTP"
    }

    /// A name that probes can use; nil for none.
    public var name: String?
    /// The port that the container opens.
    public var containerPort: UInt16
    /// The port of the host that leads there; nil for none.
    public var hostPort: UInt16?
    /// What travels through it.
    public var transportProtocol: TransportProtocol

    /// A port made in code.
    public init(
        name: String? = nil,
        containerPort: UInt16,
        hostPort: UInt16? = nil,
        transportProtocol: TransportProtocol = .tcp
    ) {
        self.name = name
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.transportProtocol = transportProtocol
    }
}

/// What a container needs and what it may use, by name: `cpu`, `memory`, `ephemeral-storage`.
public struct ResourceRequirements: Equatable, Sendable {
    /// What must be free for it; where only a limit is given, the limit.
    public var requests: [String: Quantity]
    /// What it may use.
    public var limits: [String: Quantity]

    /// Requirements made in code.
    public init(requests: [String: Quantity] = [:], limits: [String: Quantity] = [:]) {
        self.requests = requests
        self.limits = limits
    }
}
