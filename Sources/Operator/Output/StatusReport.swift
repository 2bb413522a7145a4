import Documents
import Images

/// What `status` says: the daemon's account of itself, one fact a line.
enum StatusReport {
    private static let labelWidth = 12

    /// The facts of a status document, those that we know in our order and the others after them.
    static func text(_ status: Document, now: Int64) -> String {
        var text = ""
        func line(_ label: String, _ value: String) {
            let pad = max(1, labelWidth - label.count - 1)
            text += label + ":" + String(repeating: " ", count: pad) + Printable.cell(value) + "\n"
        }
        for name in ["daemon", "written", "node", "version"] {
            if let value = status[name]?.string { line(name, value) }
        }
        if let link = status["link"] { line("link", sentence(link, now)) }
        if let pods = status["pods"] {
            let desired = pods["desired"]?.integer ?? 0
            line("pods", "\(desired) desired, \(pods["running"]?.integer ?? 0) running")
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
