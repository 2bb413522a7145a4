import Documents

/// What `describe node` says: everything about a node, in the order of kubectl's.
enum NodeDescription {
    /// The whole description.
    ///
    /// - Parameters:
    ///   - node: The v1.Node.
    ///   - pods: All its pods.
    ///   - events: What happened to the node itself.
    ///   - now: Nanoseconds since 1970.
    /// - Returns: Lines, each with its end.
    static func text(
        _ node: Document,
        _ pods: [Document],
        _ events: [Document],
        now: Int64
    ) -> String {
        let view = ObjectView(node)
        let summary = NodeSummary(node)
        var page = DescriptionPage()
        page.line("Name", view.name)
        page.line("Roles", summary.roles)
        page.list("Labels", view.labels.map { "\($0.name)=\($0.value.plainText)" })
        page.list("Annotations", view.annotations.map { "\($0.name): \($0.value.plainText)" })
        page.line("Created", view.metadata?["creationTimestamp"]?.string)
        let taints = view.spec?["taints"]?.array ?? []
        page.list("Taints", taints.map(Self.taint))
        page.conditions(view)
        for address in view.status?["addresses"]?.array ?? [] {
            page.line(address["type"]?.string ?? "Address", address["address"]?.string)
        }
        for (title, name) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
            page.text += title + ":\n"
            for member in view.status?[name]?.members ?? [] {
                page.line(member.name, member.value.plainText, indent: 2)
            }
        }
        page.text += "System Info:\n"
        for member in view.status?["nodeInfo"]?.members ?? [] {
            page.line(member.name, member.value.plainText, indent: 2)
        }
        page.text += "Pods:                (\(pods.count) in total)\n"
        page.indented(table(pods, now))
        page.events(events, now: now)
        return page.text
    }

    private static func taint(_ taint: Document) -> String {
        let value = taint["value"]?.string.map { "=\($0)" } ?? ""
        return "\(taint["key"]?.string ?? "")\(value):\(taint["effect"]?.string ?? "")"
    }

    private static func table(_ pods: [Document], _ now: Int64) -> Table {
        var table = Table(
            headers: [
                "Namespace", "Name", "Status", "CPU Requests", "CPU Limits", "Memory Requests",
                "Memory Limits", "Age",
            ]
        )
        for pod in pods {
            let summary = PodSummary(pod)
            let containers = pod["spec"]?["containers"]?.array ?? []
            func of(_ side: String, _ resource: String) -> String {
                let values = containers.compactMap {
                    $0["resources"]?[side]?[resource]?.plainText
                }
                return values.isEmpty ? "0" : values.joined(separator: "+")
            }
            table.rows.append([
                summary.namespace, summary.name, summary.status, of("requests", "cpu"),
                of("limits", "cpu"), of("requests", "memory"), of("limits", "memory"),
                Age.text(since: summary.created, now: now),
            ])
        }
        return table
    }
}
