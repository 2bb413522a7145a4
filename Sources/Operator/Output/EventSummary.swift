import Documents

/// What one line of `get events` says, from a v1.Event.
struct EventSummary: Equatable {
    var lastSeen: Int64?
    var type: String
    var reason: String
    var object: String
    var message: String

    static let headers = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]

    init(_ event: Document) {
        let about = event["involvedObject"]
        lastSeen =
            (event["lastTimestamp"] ?? event["eventTime"] ?? event["firstTimestamp"])?.moment
        type = event["type"]?.string ?? ""
        reason = event["reason"]?.string ?? ""
        let kind = about?["kind"]?.string?.lowercased() ?? ""
        object = "\(kind)/\(about?["name"]?.string ?? "")"
        let count = event["count"]?.integer ?? 1
        message = (event["message"]?.string ?? "") + (count > 1 ? " (x\(count))" : "")
    }

    func cells(now: Int64) -> [String] {
        [Age.text(since: lastSeen, now: now), type, reason, object, message]
    }
}

/// What one line of `get configmaps` or `get secrets` says.
struct ConfigSummary: Equatable {
    var name: String
    var type: String
    var keyCount: Int
    var created: Int64?

    init(_ document: Document) {
        let view = ObjectView(document)
        name = view.name
        type = document["type"]?.string ?? "Opaque"
        let names = ["data", "binaryData", "stringData"]
            .flatMap { document[$0]?.members?.map(\.name) ?? [] }
        keyCount = Set(names).count
        created = view.created
    }

    func cells(now: Int64) -> [String] {
        [name, String(keyCount), Age.text(since: created, now: now)]
    }

    func secretCells(now: Int64) -> [String] {
        [name, type, String(keyCount), Age.text(since: created, now: now)]
    }
}

/// What one line of `get images` says, from a node's list of images.
struct ImageSummary: Equatable {
    var names: [String]
    var byteCount: Int64

    static let headers = ["IMAGE", "SIZE", "DIGEST"]

    init(_ image: Document) {
        names = image["names"]?.array?.compactMap(\.string) ?? []
        byteCount = image["sizeBytes"]?.integer ?? 0
    }

    var cells: [String] {
        let digest = names.compactMap { $0.split(separator: "@").dropFirst().last }.first ?? ""
        let name = names.first { !$0.contains("@") } ?? names.first ?? "<none>"
        return [name, Self.size(byteCount), digest.isEmpty ? "<none>" : String(digest)]
    }

    /// Bytes as people read them: `34.1 kB`, `1.2 MB`; decimal units, as registries count.
    static func size(_ byteCount: Int64) -> String {
        guard byteCount >= 1_000 else { return "\(max(byteCount, 0)) B" }
        var tenths = byteCount / 100
        for unit in ["kB", "MB", "GB"] {
            if tenths < 10_000 || unit == "GB" { return "\(tenths / 10).\(tenths % 10) \(unit)" }
            tenths /= 1_000
        }
        return "\(byteCount) B"
    }

    /// The images that nodes list in their status, each with its name as v1 objects have it.
    static func images(of nodes: [Document]) -> [Document] {
        nodes.flatMap { $0["status"]?["images"]?.array ?? [] }.map { image in
            let name = image["names"]?[0]?.string ?? ""
            return image.setting(["metadata", "name"], to: .string(name))
        }
    }
}
