import Documents

/// What one line of `get pods` says, from a v1.Pod.
///
/// Source: the columns of kubectl's printer for pods (Kubernetes, pkg/printers/internalversion).
struct PodSummary: Equatable {
    var name: String
    var namespace: String
    var readyCount = 0
    var containerCount = 0
    /// The STATUS column: the phase, or the one thing that explains it best.
    var status: String
    var restartCount: Int64 = 0
    /// When a container last ended, in nanoseconds since 1970.
    var lastRestart: Int64?
    var created: Int64?
    var address: String
    var node: String
    var images: [String]

    static let headers = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    static let wideHeaders = ["IP", "NODE", "IMAGE"]

    init(_ document: Document) {
        let pod = ObjectView(document)
        let containers = pod.spec?["containers"]?.array ?? []
        let statuses = pod.status?["containerStatuses"]?.array ?? []
        name = pod.name
        namespace = pod.namespace
        created = pod.created
        address = pod.status?["podIP"]?.string ?? ""
        node = pod.spec?["nodeName"]?.string ?? ""
        images = (containers.isEmpty ? statuses : containers).compactMap { $0["image"]?.string }
        // Why: a status that came over the broker has no spec; its containers are then counted.
        containerCount = containers.isEmpty ? statuses.count : containers.count
        status = ""
        status = Self.statusText(pod, &self)
    }

    /// The cells under ``headers``, and under ``wideHeaders`` when asked.
    func cells(now: Int64, isWide: Bool) -> [String] {
        var restarts = String(restartCount)
        if restartCount > 0, let lastRestart {
            let age = Age.text(since: lastRestart, now: now)
            if age != Age.unknown { restarts += " (\(age) ago)" }
        }
        let cells = [
            name, "\(readyCount)/\(containerCount)", status, restarts,
            Age.text(since: created, now: now),
        ]
        guard isWide else { return cells }
        return cells
            + [address, node, images.joined(separator: ",")].map { $0.isEmpty ? "<none>" : $0 }
    }

    fileprivate mutating func countRestarts(_ container: Document) {
        restartCount &+= container["restartCount"]?.integer ?? 0
        if let ended = container["lastState"]?["terminated"]?["finishedAt"]?.moment {
            lastRestart = max(lastRestart ?? ended, ended)
        }
    }

    fileprivate mutating func forgetRestarts() {
        restartCount = 0
        lastRestart = nil
    }
}

extension PodSummary {
    /// Works out STATUS and, on the way, the counts.
    fileprivate static func statusText(_ pod: ObjectView, _ counts: inout PodSummary) -> String {
        let phase = pod.status?["phase"]?.string ?? "Pending"
        var text = pod.status?["reason"]?.string ?? phase
        let sidecars = sidecarNames(pod)
        let initial = initialization(pod, sidecars, &counts)
        if let initial { text = initial }
        if initial == nil || pod.isTrue("Initialized") {
            // Why: once the pod runs, only what runs with it counts.
            counts.forgetRestarts()
            for container in pod.status?["initContainerStatuses"]?.array ?? []
            where container["name"]?.string.map(sidecars.contains) == true {
                counts.countRestarts(container)
            }
            text = running(pod, text, &counts)
        }
        guard pod.isBeingDeleted else { return text }
        if pod.status?["reason"]?.string == "NodeLost" { return "Unknown" }
        return phase == "Succeeded" || phase == "Failed" ? text : "Terminating"
    }

    private static func sidecarNames(_ pod: ObjectView) -> Set<String> {
        let specs = pod.spec?["initContainers"]?.array ?? []
        return Set(
            specs.filter { $0["restartPolicy"]?.string == "Always" }.compactMap {
                $0["name"]?.string
            }
        )
    }

    /// What the first init container that is not done says; `nil` when all are.
    private static func initialization(
        _ pod: ObjectView,
        _ sidecars: Set<String>,
        _ counts: inout PodSummary
    ) -> String? {
        let statuses = pod.status?["initContainerStatuses"]?.array ?? []
        let total = max(pod.spec?["initContainers"]?.array?.count ?? 0, statuses.count)
        counts.containerCount += sidecars.count
        for (index, container) in statuses.enumerated() {
            let isSidecar = container["name"]?.string.map(sidecars.contains) ?? false
            counts.countRestarts(container)
            let terminated = container["state"]?["terminated"]
            let waiting = container["state"]?["waiting"]?["reason"]?.string ?? ""
            if terminated?["exitCode"]?.integer == 0 { continue }
            if isSidecar, container["started"]?.bool == true {
                if container["ready"]?.bool == true { counts.readyCount += 1 }
                continue
            }
            if let terminated { return "Init:" + ending(terminated) }
            if !waiting.isEmpty, waiting != "PodInitializing" { return "Init:" + waiting }
            return "Init:\(index)/\(total)"
        }
        return nil
    }

    /// What the containers say; the first one has the last word.
    private static func running(
        _ pod: ObjectView,
        _ before: String,
        _ counts: inout PodSummary
    ) -> String {
        var text = before
        var hasRunning = false
        for container in (pod.status?["containerStatuses"]?.array ?? []).reversed() {
            counts.countRestarts(container)
            let state = container["state"]
            if let reason = state?["waiting"]?["reason"]?.string, !reason.isEmpty {
                text = reason
            } else if let terminated = state?["terminated"] {
                text = ending(terminated)
            } else if container["ready"]?.bool == true, state?["running"] != nil {
                hasRunning = true
                counts.readyCount += 1
            }
        }
        guard text == "Completed", hasRunning else { return text }
        return pod.isTrue("Ready") ? "Running" : "NotReady"
    }

    private static func ending(_ terminated: Document) -> String {
        if let reason = terminated["reason"]?.string, !reason.isEmpty { return reason }
        if let signal = terminated["signal"]?.integer, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(terminated["exitCode"]?.integer ?? 0)"
    }
}
