import Documents

/// What `describe pod` says: everything about one pod, in the order of kubectl's.
struct PodDescription {
    private let pod: ObjectView
    private let now: Int64
    private var page = DescriptionPage()

    /// The whole description.
    static func text(_ pod: Document, events: [Document], now: Int64) -> String {
        var description = PodDescription(pod: ObjectView(pod), now: now)
        description.writeHead(pod)
        description.writeContainers("Init Containers", "initContainers", "initContainerStatuses")
        description.writeContainers("Containers", "containers", "containerStatuses")
        description.page.conditions(description.pod)
        description.writeVolumes()
        description.page.line("QoS Class", description.pod.status?["qosClass"]?.string)
        description.page.events(events, now: now)
        return description.page.text
    }

    private init(pod: ObjectView, now: Int64) {
        self.pod = pod
        self.now = now
    }

    private mutating func writeHead(_ document: Document) {
        page.line("Name", pod.name)
        page.line("Namespace", pod.namespace)
        page.line("UID", pod.uid)
        page.line("Resource Version", pod.resourceVersion)
        page.line("Node", pod.spec?["nodeName"]?.string)
        page.line("Start Time", pod.status?["startTime"]?.string)
        page.list("Labels", pod.labels.map { "\($0.name)=\($0.value.plainText)" })
        page.list("Annotations", pod.annotations.map { "\($0.name): \($0.value.plainText)" })
        let summary = PodSummary(document)
        let phase = pod.status?["phase"]?.string ?? "Pending"
        page.line("Status", summary.status == "Terminating" ? "Terminating" : phase)
        page.optional("Reason", pod.status?["reason"]?.string)
        page.optional("Message", pod.status?["message"]?.string)
        page.line("IP", pod.status?["podIP"]?.string)
    }

    private mutating func writeContainers(_ title: String, _ specs: String, _ statuses: String) {
        let statuses = pod.status?[statuses]?.array ?? []
        let specs = pod.spec?[specs]?.array ?? []
        let names = (specs.isEmpty ? statuses : specs).compactMap { $0["name"]?.string }
        guard !names.isEmpty else { return }
        page.text += "\(title):\n"
        for name in names {
            let isThis: (Document) -> Bool = { $0["name"]?.string == name }
            page.text += "  \(Printable.cell(name)):\n"
            writeContainer(specs.first(where: isThis), statuses.first(where: isThis))
        }
    }

    private mutating func writeContainer(_ spec: Document?, _ status: Document?) {
        page.line("Container ID", status?["containerID"]?.string ?? "", indent: 4)
        page.line("Image", (spec?["image"] ?? status?["image"])?.string, indent: 4)
        page.line("Image ID", status?["imageID"]?.string ?? "", indent: 4)
        page.words("Command", spec?["command"])
        page.words("Args", spec?["args"])
        writeState("State", status?["state"])
        if let last = status?["lastState"], last.members?.isEmpty == false {
            writeState("Last State", last)
        }
        page.line("Ready", status?["ready"]?.bool == true ? "True" : "False", indent: 4)
        page.line("Restart Count", String(status?["restartCount"]?.integer ?? 0), indent: 4)
        for (title, name) in [("Limits", "limits"), ("Requests", "requests")] {
            page.pairs(title, spec?["resources"]?[name]?.members ?? [])
        }
        writeEnvironment(spec?["env"]?.array ?? [])
        let mounts = (spec?["volumeMounts"]?.array ?? []).map { mount in
            let mode = mount["readOnly"]?.bool == true ? "ro" : "rw"
            let path = mount["mountPath"]?.string ?? ""
            return "\(path) from \(mount["name"]?.string ?? "") (\(mode))"
        }
        page.block("Mounts", mounts)
    }

    private mutating func writeState(_ title: String, _ state: Document?) {
        guard let member = state?.members?.first else {
            return page.line(title, "Waiting", indent: 4)
        }
        page.line(title, member.name.prefix(1).uppercased() + member.name.dropFirst(), indent: 4)
        let facts = [
            ("Reason", "reason"), ("Message", "message"), ("Exit Code", "exitCode"),
            ("Signal", "signal"), ("Started", "startedAt"), ("Finished", "finishedAt"),
        ]
        for (title, name) in facts {
            guard let fact = member.value[name]?.plainText else { continue }
            // Signal 0 is none.
            if name != "signal" || fact != "0" { page.optional(title, fact, indent: 6) }
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
        page.block("Environment", lines)
    }

    private mutating func writeVolumes() {
        let volumes = pod.spec?["volumes"]?.array ?? []
        guard !volumes.isEmpty else { return }
        page.text += "Volumes:\n"
        for volume in volumes {
            let source = volume.members?.first { $0.name != "name" }
            page.line(volume["name"]?.string ?? "", source?.name, indent: 2)
            for member in source?.value.members ?? [] {
                page.line(member.name, member.value.plainText, indent: 4)
            }
        }
    }
}
