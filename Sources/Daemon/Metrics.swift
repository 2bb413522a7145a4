internal import Documents
internal import Host
internal import KubeModel
internal import Supervisor

/// `/metrics` in Prometheus' text format 0.0.4: base units, counters that end in `_total`.
///
/// Source: Prometheus documentation, "Exposition formats" and "Metric and label naming"; container
/// metrics have the kubelet's names.
struct Metrics {
    /// The text so far.
    private(set) var text = ""

    /// What to say of a family before its samples.
    enum Kind: String {
        case gauge
        case counter
    }

    /// Writes a family: its help, its type and its samples.
    mutating func family(
        _ name: String,
        _ kind: Kind,
        _ help: String,
        _ samples: [(labels: [(String, String)], value: String)]
    ) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0)=\"\(Self.escaped($1))\"" }
            let list = labels.isEmpty ? "" : "{" + labels.joined(separator: ",") + "}"
            text += "\(name)\(list) \(sample.value)\n"
        }
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\", "\"": text += "\\\(character)"
            case "\n": text += "\\n"
            case _: text.append(character)
            }
        }
    }

    /// Nanoseconds as seconds, exactly.
    static func seconds(_ nanoseconds: UInt64) -> String {
        let fraction = String(nanoseconds % 1_000_000_000)
        let padding = String(repeating: "0", count: 9 - fraction.count)
        return "\(nanoseconds / 1_000_000_000).\(padding)\(fraction)"
    }

    /// All families of this node.
    ///
    /// - Parameters:
    ///   - usage: What is used now.
    ///   - status: The daemon's account of itself.
    ///   - pods: All pods as v1 objects.
    /// - Returns: Lines, each with its end.
    static func text(_ usage: Usage, status: Document, pods: [Document]) -> String {
        var metrics = Metrics()
        metrics.write(status)
        metrics.write(pods)
        metrics.write(usage)
        return metrics.text
    }

    private mutating func write(_ status: Document) {
        let version = status["version"]?.string ?? ""
        family(
            "swiftlet_build_info",
            .gauge,
            "The version of this program.",
            [([("version", version)], "1")]
        )
        let state = status["link"]?["state"]?.string ?? ""
        family(
            "swiftlet_link_up",
            .gauge,
            "Whether the broker is connected.",
            [([], state == "online" ? "1" : "0")]
        )
        let due = status["outbox"]?["due"]?.integer ?? 0
        family(
            "swiftlet_outbox_messages",
            .gauge,
            "Messages that wait for the broker.",
            [([], "\(due)")]
        )
        let desired = status["pods"]?["desired"]?.integer ?? 0
        family("swiftlet_desired_pods", .gauge, "Pods that should be here.", [([], "\(desired)")])
    }

    private mutating func write(_ pods: [Document]) {
        let phases = ["Pending", "Running", "Succeeded", "Failed", "Unknown"]
        family(
            "swiftlet_pods",
            .gauge,
            "Pods by phase.",
            phases.map { phase in
                let count = pods.count { $0["status"]?["phase"]?.string == phase }
                return ([("phase", phase)], String(count))
            }
        )
        var restarts: [(labels: [(String, String)], value: String)] = []
        var ready: [(labels: [(String, String)], value: String)] = []
        for pod in pods {
            for container in pod["status"]?["containerStatuses"]?.array ?? [] {
                let labels = [
                    ("namespace", pod["metadata"]?["namespace"]?.string ?? ""),
                    ("pod", pod["metadata"]?["name"]?.string ?? ""),
                    ("container", container["name"]?.string ?? ""),
                ]
                restarts.append((labels, String(container["restartCount"]?.integer ?? 0)))
                ready.append((labels, container["ready"]?.bool == true ? "1" : "0"))
            }
        }
        family("swiftlet_container_restarts_total", .counter, "Starts after the first.", restarts)
        family("swiftlet_container_ready", .gauge, "Whether the container is ready.", ready)
    }

    private mutating func write(_ usage: Usage) {
        func each(
            _ value: (Usage.Container) -> String
        ) -> [(labels: [(String, String)], value: String)] {
            usage.containers.map { container in
                let process = container.process
                let labels = [
                    ("namespace", process.pod.namespace), ("pod", process.pod.name),
                    ("container", process.container),
                ]
                return (labels, value(container))
            }
        }
        family(
            "container_cpu_usage_seconds_total",
            .counter,
            "Processor time of the container.",
            each { Self.seconds($0.usage.processorNanoseconds) }
        )
        family(
            "container_memory_working_set_bytes",
            .gauge,
            "Memory that only this container has.",
            each { String($0.usage.privateBytes) }
        )
        family(
            "container_memory_rss",
            .gauge,
            "Memory of the container, shared pages counted whole, in bytes.",
            each { String($0.usage.residentBytes) }
        )
        if let daemon = usage.daemon {
            family(
                "process_cpu_seconds_total",
                .counter,
                "Processor time of swiftletd.",
                [([], Self.seconds(daemon.processorNanoseconds))]
            )
            family(
                "process_resident_memory_bytes",
                .gauge,
                "Memory of swiftletd.",
                [([], String(daemon.residentBytes))]
            )
        }
        family(
            "swiftlet_memory_available_bytes",
            .gauge,
            "Memory of the machine that programs can still have.",
            [([], String(usage.machine.availableBytes))]
        )
        if let disk = usage.machine.disk {
            family(
                "swiftlet_disk_available_bytes",
                .gauge,
                "Room on the file system of the state folder.",
                [([], String(disk.freeBytes))]
            )
        }
    }
}
