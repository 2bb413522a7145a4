import Documents
import Images

/// What `status` says: the daemon's account of itself, one fact a line.
enum StatusReport {
    private static let labelWidth = 12

    // Why: what a person reads at a glance; the others are counted.
    private static let podCountMax = 20

    /// The facts of a status document, those that we know in our order and the others after them.
    ///
    /// - Parameters:
    ///   - status: The daemon's account of itself.
    ///   - node: The node's object; `nil` where it is not known.
    ///   - pods: The node's pods.
    ///   - now: Nanoseconds since 1970.
    /// - Returns: Lines, each with its end.
    static func text(
        _ status: Document,
        node: Document? = nil,
        pods: [Document] = [],
        now: Int64
    ) -> String {
        var text = ""
        func line(_ label: String, _ value: String) {
            let pad = max(1, labelWidth - label.count - 1)
            text += label + ":" + String(repeating: " ", count: pad) + Printable.cell(value) + "\n"
        }
        for name in ["daemon", "written", "node", "version"] {
            if let value = status[name]?.string { line(name, value) }
        }
        if let link = status["link"] { line("link", sentence(link, now)) }
        if let node, node["status"]?["conditions"] != nil {
            let faults = NodeFault.all(ObjectView(node))
            line("conditions", condition(ObjectView(node), faults))
            for fault in faults { text += "  " + Printable.cell(fault.text) + "\n" }
        }
        if let counts = status["pods"] { line("pods", podSentence(counts, pods)) }
        let lame = pods.compactMap { trouble(ObjectView($0), PodSummary($0)) }
        for pod in lame.prefix(podCountMax) { text += "  " + Printable.cell(pod) + "\n" }
        if lame.count > podCountMax {
            text += "  and \(lame.count - podCountMax) more: swiftlet get pods -A\n"
        }
        if let due = status["outbox"]?["due"]?.integer {
            line("outbox", due == 0 ? "empty" : "\(due) messages wait for the broker")
        }
        if let desired = status["desired"] { line("stored", desiredSentence(desired)) }
        let pulls = status["pulls"]?.array ?? []
        if !pulls.isEmpty { text += "pulls:\n" }
        for pull in pulls { text += "  " + Printable.cell(pullSentence(pull)) + "\n" }
        let errors = status["lastErrors"]?.array ?? []
        if !errors.isEmpty { text += "last errors:\n" }
        for error in errors { text += "  " + Printable.cell(errorSentence(error, now)) + "\n" }
        let known: Set<String> = [
            "daemon", "written", "node", "version", "link", "pods", "desired", "lastErrors", "kind",
            "apiVersion", "outbox", "bootID", "pulls",
        ]
        for member in status.members ?? [] where !known.contains(member.name) {
            line(member.name, member.value.plainText)
        }
        return text
    }

    /// Whether the node is ready, and what it is short of.
    private static func condition(_ node: ObjectView, _ faults: [NodeFault]) -> String {
        let pressures = faults.filter(\.isPressure).map(\.type)
        let short = pressures.isEmpty ? "no pressure" : pressures.joined(separator: ", ")
        return "\(NodeSummary(node.document).status), \(short)"
    }

    private static func podSentence(_ counts: Document, _ pods: [Document]) -> String {
        var words = [
            "\(counts["desired"]?.integer ?? 0) desired",
            "\(counts["running"]?.integer ?? 0) running",
        ]
        let phases = pods.map { ObjectView($0).status?["phase"]?.string }
        for (phase, word) in [("Succeeded", "completed"), ("Failed", "failed")] {
            let count = phases.count { $0 == phase }
            if count > 0 { words.append("\(count) \(word)") }
        }
        return words.joined(separator: ", ")
    }

    /// What keeps a pod from being as it is wanted; `nil` for one that serves or has done its work.
    private static func trouble(_ pod: ObjectView, _ summary: PodSummary) -> String? {
        let isReady = summary.readyCount == summary.containerCount
        switch summary.status {
        case "Running" where isReady, "Completed", "Succeeded": return nil
        default: break
        }
        var text = "\(pod.namespace)/\(pod.name) \(summary.status)"
        if summary.status == "Running" {
            text += ", \(summary.readyCount) of \(summary.containerCount) ready"
        }
        if summary.restartCount > 0 { text += ", \(summary.restartCount) restarts" }
        let containers = ["initContainerStatuses", "containerStatuses"].flatMap {
            pod.status?[$0]?.array ?? []
        }
        let message =
            pod.status?["message"]?.string
            ?? containers.lazy.compactMap { container in
                let state = container["state"]
                return (state?["waiting"] ?? state?["terminated"])?["message"]?.string
            }.first
        return message.map { "\(text): \($0)" } ?? text
    }

    private static func sentence(_ link: Document, _ now: Int64) -> String {
        guard var text = link["state"]?.string else { return link.plainText }
        if let since = link["since"]?.string {
            text += " since \(since)"
            let age = Age.text(since: link["since"]?.moment, now: now)
            if age != Age.unknown { text += " (\(age))" }
        }
        for name in ["reason", "message", "url"] {
            if let detail = link[name]?.string, !detail.isEmpty { text += ", \(detail)" }
        }
        return text
    }

    private static func desiredSentence(_ desired: Document) -> String {
        let isStored = desired["stored"]?.bool == true
        let count = desired["objects"]?.array?.count ?? 0
        return isStored ? "\(count) objects, all of them" : "\(count) objects, not all"
    }

    private static func pullSentence(_ pull: Document) -> String {
        let name = pull["image"]?.string ?? pull.plainText
        return "\(name): \(PullProgress(pull)?.text ?? "begins")"
    }

    private static func errorSentence(_ error: Document, _ now: Int64) -> String {
        guard let message = error["message"]?.string else { return error.plainText }
        let place = ["namespace", "name"].compactMap { error[$0]?.string }.joined(separator: "/")
        let reason = error["reason"]?.string ?? ""
        let head = [place, reason].filter { !$0.isEmpty }.joined(separator: " ")
        let age = Age.text(since: (error["at"] ?? error["time"])?.moment, now: now)
        let tail = age == Age.unknown ? "" : " (\(age) ago)"
        return (head.isEmpty ? message : "\(head): \(message)") + tail
    }
}
