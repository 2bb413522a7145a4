internal import Glibc
internal import Host
internal import KubeModel

/// What the machine says about itself; reading it blocks.
struct NodeFacts: Sendable {
    private let configuration: SupervisorConfiguration
    private let memoryBytes: Int64
    private let processorCount: Int64
    private let disk: FreeSpace?
    private let machineID: String
    private let kernelVersion: String
    private let osImage: String

    // Why: below this share of a file system a database and logs soon find no room.
    private static let freeSharePercentMin: UInt64 = 5
    // Source: the kubelet's default of maxPods.
    private static let podsMax: Int64 = 110
    private static let fileBytesMax = 65_536

    init(configuration: SupervisorConfiguration) {
        self.configuration = configuration
        memoryBytes = Self.memoryBytes()
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
    static func memoryBytes() -> Int64 {
        let line = text("/proc/meminfo").split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
        let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0
        let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1_024)
        return overflow ? .max : bytes
    }

    private var isDiskShort: Bool {
        guard let disk else { return false }
        return disk.freeBytes < disk.totalBytes / 100 * Self.freeSharePercentMin
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

    /// The node, with conditions that hold since then.
    func node(since: Timestamp) -> Node {
        var capacity = [
            "cpu": Quantity(count: processorCount),
            "memory": Quantity(bytes: memoryBytes / 1_024 * 1_024),
            "pods": Quantity(count: Self.podsMax),
        ]
        if let disk {
            let bytes = Int64(clamping: disk.totalBytes / 1_024 * 1_024)
            capacity["ephemeral-storage"] = Quantity(bytes: bytes)
        }
        func condition(
            _ type: String,
            _ holds: Bool,
            _ reason: String,
            _ message: String
        )
            -> PodCondition
        {
            PodCondition(
                type: type,
                status: holds ? .yes : .no,
                reason: reason,
                message: message,
                lastTransitionTime: since
            )
        }
        let short = isDiskShort
        var labels = configuration.nodeLabels
        labels["kubernetes.io/hostname"] = configuration.nodeName
        labels["kubernetes.io/os"] = "linux"
        labels["kubernetes.io/arch"] = Self.architecture
        return Node(
            metadata: ObjectMetadata(
                name: configuration.nodeName,
                namespace: "",
                labels: labels
            ),
            status: NodeStatus(
                capacity: capacity,
                allocatable: capacity,
                conditions: [
                    condition("MemoryPressure", false, "NotWatched", "memory is not watched yet"),
                    condition(
                        "DiskPressure",
                        short,
                        short ? "DiskAlmostFull" : "EnoughDisk",
                        short ? "less than 5 % of the disk is free" : "the disk has room"
                    ),
                    condition("PIDPressure", false, "NotWatched", "processes are not watched yet"),
                    condition("Ready", true, "SwiftletReady", "swiftletd is running"),
                ]
                    + sandboxed.map {
                        condition($0.type, $0.holds, $0.reason, $0.text)
                    },
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
