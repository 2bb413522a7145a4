import Documents

/// Writes objects of one kind in a format.
struct ObjectPrinter {
    var kind: ResourceKind
    var format: OutputFormat
    /// Whether a column tells the namespace.
    var showsNamespace = false
    /// Whether a column tells the labels.
    var showsLabels = false
    /// Whether names say what they are names of: there are tables of other kinds beside it.
    var namesKind = false
    /// Whether one object was asked for by name: it is then written itself, not in a List.
    var isSingle = false
    /// Whether the line of headers is left out: a watch has written it before.
    var leavesOutHeaders = false
    var now: Int64

    func text(_ objects: [Document]) -> String {
        switch format {
        case .table, .wide: table(objects).text
        case .json: combined(objects).jsonText(pretty: true) + "\n"
        case .yaml: combined(objects).yamlText()
        case .name:
            objects.map { "\(kind.singular)/\(Printable.cell(ObjectView($0).name))\n" }.joined()
        case .jsonPath(let template): template.text(combined(objects))
        }
    }

    /// Whether the objects are those of several nodes; nodes name themselves.
    private func showsNode(_ objects: [Document]) -> Bool {
        kind != .nodes
            && objects.contains {
                $0["metadata"]?["annotations"]?[FleetAccess.nodeAnnotation] != nil
            }
    }

    private func combined(_ objects: [Document]) -> Document {
        if isSingle, objects.count == 1 { return objects[0] }
        return ["apiVersion": "v1", "kind": "List", "metadata": [:], "items": .array(objects)]
    }

    private static func labels(_ object: Document) -> String {
        let labels = ObjectView(object).labels.map { "\($0.name)=\($0.value.string ?? "")" }
        return labels.isEmpty ? "<none>" : labels.sorted().joined(separator: ",")
    }

    private func table(_ objects: [Document]) -> Table {
        let isWide = format == .wide
        var table: Table
        switch kind {
        case .pods:
            table = Table(headers: PodSummary.headers + (isWide ? PodSummary.wideHeaders : []))
            table.rows = objects.map { PodSummary($0).cells(now: now, isWide: isWide) }
        case .nodes:
            table = Table(headers: NodeSummary.headers + (isWide ? NodeSummary.wideHeaders : []))
            table.rows = objects.map { NodeSummary($0).cells(now: now, isWide: isWide) }
        case .events:
            table = Table(headers: EventSummary.headers)
            table.rows = objects.map { EventSummary($0).cells(now: now) }
        case .configMaps:
            table = Table(headers: ["NAME", "DATA", "AGE"])
            table.rows = objects.map { ConfigSummary($0).cells(now: now) }
        case .secrets:
            table = Table(headers: ["NAME", "TYPE", "DATA", "AGE"])
            table.rows = objects.map { ConfigSummary($0).secretCells(now: now) }
        case .images:
            table = Table(headers: ImageSummary.headers)
            table.rows = objects.map { ImageSummary($0).cells }
        }
        if namesKind, table.headers.first == "NAME" {
            for index in table.rows.indices {
                table.rows[index][0] = "\(kind.singular)/\(table.rows[index][0])"
            }
        }
        if showsLabels {
            table.headers.append("LABELS")
            for index in table.rows.indices {
                table.rows[index].append(Self.labels(objects[index]))
            }
        }
        if showsNamespace {
            table.headers.insert("NAMESPACE", at: 0)
            for index in table.rows.indices {
                table.rows[index].insert(ObjectView(objects[index]).namespace, at: 0)
            }
        }
        if showsNode(objects) {
            table.headers.insert("NODE", at: 0)
            for index in table.rows.indices {
                let node = objects[index]["metadata"]?["annotations"]?[FleetAccess.nodeAnnotation]
                table.rows[index].insert(node?.string ?? "", at: 0)
            }
        }
        table.leavesOutHeaders = leavesOutHeaders
        return table
    }
}
