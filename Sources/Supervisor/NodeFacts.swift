internal import Glibc
internal import Host
internal import KubeModel
internal import Lifecycle

/// What the machine says about itself; reading it blocks.
struct NodeFacts: Sendable {
    private let configuration: SupervisorConfiguration
    private let memoryBytes: Int64
    private let processorCount: Int64
    private let disk: FreeSpace?
    private let machineID: String
    private let kernelVersion: String
    private let osImage: String

    private static let fileBytesMax = 65_536

    init(configuration: SupervisorConfiguration) {
        self.configuration = configuration
        memoryBytes = max(0, Self.memoryBytes())
        processorCount = max(1, Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        disk = try? FreeSpace(configuration.layout.state)
        machineID = Self.text("/etc/machine-id")
        kernelVersion = Self.text("/proc/sys/kernel/osrelease")
        let names = Self.text("/etc/os-release").split(separator: "\n")
            .first { $0.hasPrefix("PRETTY_NAME=") }
        osImage = String(names?.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" } ?? "Linux")
    }

    private static func text(_ path: String) -> String {
        let bytes = (try? FileBytes.read(path, byteCountMax: fileBytesMax)) ?? []
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// Bytes of memory that the machine has.
    static func memoryBytes() -> Int64 { MachineLoad().memoryByteCount ?? 0 }

    /// What the machine has.
    var capacity: ResourceAmounts {
        let storage = disk.map { Int64(clamping: $0.totalBytes) } ?? .max
        return ResourceAmounts(
            processorMillicores: processorCount * 1_000,
            memoryByteCount: memoryBytes / 1_024 * 1_024,
            storageByteCount: storage / 1_024 * 1_024
        )
    }

    /// What pods may use of it.
    var allocatable: ResourceAmounts { configuration.node.allocatable(of: capacity) }

    /// The labels that the operator gave, and those that every node has.
    var labels: [String: String] {
        var labels = configuration.nodeLabels
        labels["kubernetes.io/hostname"] = configuration.nodeName
        labels["kubernetes.io/os"] = "linux"
        labels["kubernetes.io/arch"] = Self.architecture
        return labels
    }

    private func quantities(_ amounts: ResourceAmounts) -> [String: Quantity] {
        var quantities = [
            "cpu": Quantity(milli: amounts.processorMillicores),
            "memory": Quantity(bytes: amounts.memoryByteCount),
            "pods": Quantity(count: configuration.node.podCountMax),
        ]
        if disk != nil {
            quantities["ephemeral-storage"] = Quantity(bytes: amounts.storageByteCount)
        }
        return quantities
    }

    /// Whether workloads are held in by all that there could be; none without a sandbox.
    private var sandboxed: [(type: String, holds: Bool, reason: String, text: String)] {
        guard let sandbox = configuration.sandbox else { return [] }
        let missing = sandbox.missing.joined(separator: ", ")
        let end = sandbox.isRequired ? "; no workload starts" : ""
        let problem = sandbox.controlGroupProblem
        return [
            missing.isEmpty
                ? (
                    "swiftlet.dev/Sandboxed", true, "SandboxComplete",
                    "user, Landlock, seccomp and limits hold workloads in"
                )
                : (
                    "swiftlet.dev/Sandboxed", false, "SandboxIncomplete",
                    "workloads do without \(missing)\(end)"
                ),
            problem.isEmpty
                ? (
                    "swiftlet.dev/ControlGroups", true, "Delegated",
                    "each container has a control group for memory, processor and processes"
                )
                : (
                    "swiftlet.dev/ControlGroups", false, "NotDelegated",
                    "memory is kept by the interpreter and the processor by the runner: \(problem)"
                ),
        ]
    }

    /// What holds of the sandbox.
    var sandboxConditions: [PodCondition] {
        sandboxed.map {
            PodCondition(
                type: $0.type,
                status: $0.holds ? .yes : .no,
                reason: $0.reason,
                message: $0.text
            )
        }
    }

    /// The node, with what holds of it.
    func node(conditions: [PodCondition], taints: [Taint]) -> Node {
        Node(
            metadata: ObjectMetadata(name: configuration.nodeName, namespace: "", labels: labels),
            taints: taints,
            status: NodeStatus(
                capacity: quantities(capacity),
                allocatable: quantities(allocatable),
                conditions: conditions,
                addresses: addresses,
                info: NodeInfo(
                    machineID: machineID,
                    systemUUID: machineID,
                    bootID: configuration.bootID,
                    kernelVersion: kernelVersion,
                    osImage: osImage,
                    containerRuntimeVersion: "swiftlet://\(configuration.version)",
                    kubeletVersion: "swiftlet-\(configuration.version)",
                    architecture: Self.architecture
                )
            )
        )
    }

    private var addresses: [NodeAddress] {
        let name = NodeAddress(type: "Hostname", address: configuration.nodeName)
        guard let address = InternetAddress.ofThisHost() else { return [name] }
        return [NodeAddress(type: "InternalIP", address: address.description), name]
    }

    private static var architecture: String {
        #if arch(arm64)
        "arm64"
        #elseif arch(arm)
        "arm"
        #else
        "amd64"
        #endif
    }
}
