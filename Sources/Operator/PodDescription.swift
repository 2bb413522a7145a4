import Documents

/// What `describe pod` says: everything about one pod, in the order of kubectl's.
struct PodDescription {
    private static let labelWidth = 18
    private let pod: ObjectView
    private let now: Int64
    private var text = ""

    /// The whole description.
    static func text(_ pod: Document, events: [Document], now: Int64) -> String {
        var description = PodDescription(pod: ObjectView(pod), now: now)
        description.writeHead(pod)
        description.writeContainers("Init Containers", "initContainers", "initContainerStatuses")
        description.writeContainers("Containers", "containers", "containerStatuses")
        description.writeConditions()
        description.writeVolumes()
        description.line("QoS Class", description.pod.status?["qosClass"]?.string)
        description.writeEvents(events)
        return description.text
    }

    private init(pod: ObjectView, now: Int64) {
        self.pod = pod
        self.now = now
    }

    private mutating func writeHead(_ document: Document) {
        line("Name", pod.name)
        line("Namespace", pod.namespace)
        line("UID", pod.uid)
        line("Resource Version", pod.resourceVersion)
        line("Node", pod.spec?["nodeName"]?.string)
        line("Start Time", pod.status?["startTime"]?.string)
        list("Labels", pod.labels.map { "\($0.name)=\($0.value.plainText)" })
        list("Annotations", pod.annotations.map { "\($0.name): \($0.value.plainText)" })
        let summary = PodSummary(document)
        let phase = pod.status?["phase"]?.string ?? "Pending"
        line("Status", summary.status == "Terminating" ? "Terminating" : phase)
        optional("Reason", pod.status?["reason"]?.string)
        optional("Message", pod.status?["message"]?.string)
        line("IP", pod.status?["podIP"]?.string)
    }

    private mutating func writeContainers(_ title: String, _ specs: String, _ statuses: String) {
        let statuses = pod.status?[statuses]?.array ?? []
        let specs = pod.spec?[specs]?.array ?? []
        let names = (specs.isEmpty ? statuses : specs).compactMap { $0["name"]?.string }
        guard !names.isEmpty else { return }
        text += "\(title):\n"
        for name in names {
            let isThis: (Document) -> Bool = { $0["name"]?.string == name }
            text += "  \(Printable.cell(name)):\n"
            writeContainer(specs.first(where: isThis), statuses.first(where: isThis))
        }
    }

    private mutating func writeContainer(_ spec: Document?, _ status: Document?) {
        line("Container ID", status?["containerID"]?.string ?? "", indent: 4)
        line("Image", (spec?["image"] ?? status?["image"])?.string, indent: 4)
        line("Image ID", status?["imageID"]?.string ?? "", indent: 4)
        words("Command", spec?["command"])
        words("Args", spec?["args"])
        writeState("State", status?["state"])
        if let last = status?["lastState"], last.members?.isEmpty == false {
            writeState("Last State", last)
        }
        line("Ready", status?["ready"]?.bool == true ? "True" : "False", indent: 4)
        line("Restart Count", String(status?["restartCount"]?.integer ?? 0), indent: 4)
        for (title, name) in [("Limits", "limits"), ("Requests", "requests")] {
            pairs(title, spec?["resources"]?[name]?.members ?? [])
        }
        writeEnvironment(spec?["env"]?.array ?? [])
        let mounts = (spec?["volumeMounts"]?.array ?? []).map { mount in
            let mode = mount["readOnly"]?.bool == true ? "ro" : "rw"
            let path = mount["mountPath"]?.string ?? ""
            return "\(path) from \(mount["name"]?.string ?? "") (\(mode))"
        }
        block("Mounts", mounts)
    }

    private mutating func writeState(_ title: String, _ state: Document?) {
        guard let member = state?.members?.first else { return line(title, "Waiting", indent: 4) }
        line(title, member.name.prefix(1).uppercased() + member.name.dropFirst(), indent: 4)
        let facts = [
            ("Reason", "reason"), ("Message", "message"), ("Exit Code", "exitCode"),
            ("Signal", "signal"), ("Started", "startedAt"), ("Finished", "finishedAt"),
        ]
        for (title, name) in facts {
            guard let fact = member.value[name]?.plainText else { continue }
            // Signal 0 is none.
            if name != "signal" || fact != "0" { optional(title, fact, indent: 6) }
        }
    }

    private mutating func writeEnvironment(_ variables: [Document]) {
        let lines = variables.map { variable in
            let name = variable["name"]?.string ?? ""
            if let field = variable["valueFrom"]?["fieldRef"]?["fieldPath"]?.string {
                return "\(name):  (\(field))"
            }
            if let key = variable["valueFrom"]?["secretKeyRef"] {
                let set = key["name"]?.string ?? ""
                return "\(name):  <set to the key '\(key["key"]?.string ?? "")' in secret '\(set)'>"
            }
            return "\(name):  \(variable["value"]?.plainText ?? "")"
        }
        block("Environment", lines)
    }

    private mutating func writeConditions() {
        let conditions = pod.status?["conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        text += "Conditions:\n"
        var table = Table(headers: ["Type", "Status", "Reason", "Message"])
        for condition in conditions {
            table.rows.append(
                ["type", "status", "reason", "message"].map { condition[$0]?.string ?? "" }
            )
        }
        indented(table)
    }

    private mutating func writeVolumes() {
        let volumes = pod.spec?["volumes"]?.array ?? []
        guard !volumes.isEmpty else { return }
        text += "Volumes:\n"
        for volume in volumes {
            let source = volume.members?.first { $0.name != "name" }
            line(volume["name"]?.string ?? "", source?.name, indent: 2)
            for member in source?.value.members ?? [] {
                line(member.name, member.value.plainText, indent: 4)
            }
        }
    }

    private mutating func writeEvents(_ events: [Document]) {
        guard !events.isEmpty else { return line("Events", "<none>") }
        text += "Events:\n"
        var table = Table(headers: ["Type", "Reason", "Age", "From", "Message"])
        for event in events {
            let seen = event["lastTimestamp"]?.moment ?? event["eventTime"]?.moment
            var age = Age.text(since: seen, now: now)
            if let count = event["count"]?.integer, count > 1 { age += " (x\(count))" }
            table.rows.append([
                event["type"]?.string ?? "", event["reason"]?.string ?? "", age,
                event["source"]?["component"]?.string ?? "", event["message"]?.string ?? "",
            ])
        }
        indented(table)
    }
}

extension PodDescription {
    private mutating func line(_ title: String, _ value: String?, indent: Int = 0) {
        let label = String(repeating: " ", count: indent) + Printable.cell(title) + ":"
        let pad = max(1, Self.labelWidth - label.count)
        let value = value.map(Printable.cell) ?? "<none>"
        text +=
            value.isEmpty ? label + "\n" : label + String(repeating: " ", count: pad) + value + "\n"
    }

    private mutating func optional(_ title: String, _ value: String?, indent: Int = 0) {
        if let value, !value.isEmpty { line(title, value, indent: indent) }
    }

    /// The first value beside the title, the others below it.
    private mutating func list(_ title: String, _ values: [String]) {
        line(title, values.first)
        for value in values.dropFirst() {
            text += String(repeating: " ", count: Self.labelWidth) + Printable.cell(value) + "\n"
        }
    }

    private mutating func words(_ title: String, _ array: Document?) {
        guard let words = array?.array, !words.isEmpty else { return }
        block(title, words.map(\.plainText))
    }

    private mutating func pairs(_ title: String, _ members: [Document.Member]) {
        guard !members.isEmpty else { return }
        block(title, members.map { "\($0.name):  \($0.value.plainText)" })
    }

    private mutating func block(_ title: String, _ lines: [String]) {
        guard !lines.isEmpty else { return line(title, "<none>", indent: 4) }
        text += "    \(title):\n"
        for line in lines { text += "      " + Printable.cell(line) + "\n" }
    }

    private mutating func indented(_ table: Table) {
        for line in table.text.split(separator: "\n") { text += "  " + line + "\n" }
    }
}

extension Document {
    /// The value in one line, for people: text as it is, everything else as JSON.
    var plainText: String { string ?? jsonText() }
}
