import Documents

/// How objects are written.
public enum OutputFormat: String, CaseIterable, Equatable, Sendable {
    /// Columns for people.
    case table
    /// More columns.
    case wide
    /// The v1 object, or a v1 List.
    case json
    /// The same in YAML.
    case yaml
    /// `KIND/NAME`, for scripts.
    case name
}

/// The kinds that `get` knows.
public enum ResourceKind: Equatable, Sendable {
    case pods
    case nodes

    /// Reads a kind as kubectl users write it: `po`, `pod`, `pods`, `no`, `node`, `nodes`.
    public init?(_ text: String) {
        switch text.lowercased() {
        case "po", "pod", "pods": self = .pods
        case "no", "node", "nodes": self = .nodes
        default: return nil
        }
    }

    /// One of it, as in `pod/counter`.
    var singular: String {
        switch self {
        case .pods: "pod"
        case .nodes: "node"
        }
    }
}

/// Writes objects of one kind in a format.
struct ObjectPrinter {
    var kind: ResourceKind
    var format: OutputFormat
    /// Whether a column tells the namespace.
    var showsNamespace = false
    /// Whether one object was asked for by name: it is then written itself, not in a List.
    var isSingle = false
    var now: Int64

    func text(_ objects: [Document]) -> String {
        switch format {
        case .table, .wide: table(objects).text
        case .json: combined(objects).jsonText(pretty: true) + "\n"
        case .yaml: combined(objects).yamlText()
        case .name:
            objects.map { "\(kind.singular)/\(Printable.cell(ObjectView($0).name))\n" }.joined()
        }
    }

    private func combined(_ objects: [Document]) -> Document {
        if isSingle, objects.count == 1 { return objects[0] }
        return ["apiVersion": "v1", "kind": "List", "metadata": [:], "items": .array(objects)]
    }

    private func table(_ objects: [Document]) -> Table {
        let isWide = format == .wide
        switch kind {
        case .pods:
            var table = Table(headers: PodSummary.headers + (isWide ? PodSummary.wideHeaders : []))
            if showsNamespace { table.headers.insert("NAMESPACE", at: 0) }
            for pod in objects.map({ PodSummary($0) }) {
                let cells = pod.cells(now: now, isWide: isWide)
                table.rows.append(showsNamespace ? [pod.namespace] + cells : cells)
            }
            return table
        case .nodes:
            var table = Table(
                headers: NodeSummary.headers + (isWide ? NodeSummary.wideHeaders : [])
            )
            table.rows = objects.map { NodeSummary($0).cells(now: now, isWide: isWide) }
            return table
        }
    }
}
