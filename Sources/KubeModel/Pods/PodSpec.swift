/// What is wanted of a pod.
public struct PodSpec: Equatable, Sendable {
    /// The longest time that an end may take: a day, since nobody waits longer and sums must fit.
    public static let gracePeriodSecondsMax: Int64 = 86_400

    /// Containers that run to their end one after another, before the others start.
    public var initContainers: [Container]
    /// Containers that run side by side; at least one.
    public var containers: [Container]
    /// What happens when a container ends.
    public var restartPolicy: RestartPolicy
    /// Seconds between the request to end and the kill.
    public var terminationGracePeriodSeconds: Int64
    /// Seconds that it may be active on the node; nil for no limit.
    public var activeDeadlineSeconds: Int64?
    /// The node that is meant; empty for whichever gets it.
    public var nodeName: String
    /// Whether the pod shares the host's addresses and ports.
    public var hostNetwork: Bool
    /// The name that the pod calls its host; nil for the pod's own name.
    public var hostname: String?
    /// Folders that containers can mount.
    public var volumes: [Volume]
    /// Names of Secrets with passwords of registries.
    public var imagePullSecrets: [String]
    /// Labels that the node must have.
    public var nodeSelector: [String: String]
    /// A name for how to run the pod; every pod here runs as WebAssembly.
    public var runtimeClassName: String?
    /// The name of the account that the pod would act under.
    public var serviceAccountName: String
    /// Who its containers run as.
    public var securityContext = PodSecurityContext()
    /// How much it matters when not all pods can stay; more is more.
    public var priority: Int64 = 0
    /// Marks of nodes that it does not mind.
    public var tolerations: [Toleration] = []

    /// A spec made in code.
    public init(
        containers: [Container],
        initContainers: [Container] = [],
        restartPolicy: RestartPolicy = .always,
        terminationGracePeriodSeconds: Int64 = 30,
        nodeName: String = "",
        hostNetwork: Bool = false,
        hostname: String? = nil,
        volumes: [Volume] = [],
        imagePullSecrets: [String] = [],
        nodeSelector: [String: String] = [:],
        runtimeClassName: String? = nil,
        serviceAccountName: String = "default"
    ) {
        self.initContainers = initContainers
        self.containers = containers
        self.restartPolicy = restartPolicy
        self.terminationGracePeriodSeconds = terminationGracePeriodSeconds
        self.nodeName = nodeName
        self.hostNetwork = hostNetwork
        self.hostname = hostname
        self.volumes = volumes
        self.imagePullSecrets = imagePullSecrets
        self.nodeSelector = nodeSelector
        self.runtimeClassName = runtimeClassName
        self.serviceAccountName = serviceAccountName
    }
}

/// What happens when a container of a pod ends.
public enum RestartPolicy: String, Sendable, CaseIterable {
    /// It starts again, however it ended.
    case always = "Always"
    /// It starts again unless it ended with 0.
    case onFailure = "OnFailure"
    /// It stays as it is.
    case never = "Never"
}
