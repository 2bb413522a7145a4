internal import Documents
internal import KubeModel

/// The last things that went wrong, for `swiftlet status`.
public struct RecentErrors: Equatable, Sendable {
    /// One of them.
    struct Entry: Equatable, Sendable {
        var namespace: String?
        var name: String?
        var reason: String
        var message: String
        var at: Timestamp
    }

    // Why: what a person reads at a glance.
    static let countMax = 20
    private(set) var entries: [Entry] = []

    /// Adds one; the same again takes the place of the first.
    mutating func add(_ entry: Entry) {
        entries.removeAll {
            $0.reason == entry.reason && $0.message == entry.message && $0.name == entry.name
        }
        entries.append(entry)
        if entries.count > Self.countMax { entries.removeFirst() }
    }

    /// The newest first.
    var document: Document {
        .array(
            entries.reversed().map { entry in
                var object = ObjectBuilder()
                object.set("namespace", entry.namespace)
                object.set("name", entry.name)
                object.set("reason", entry.reason)
                object.set("message", entry.message)
                object.set("at", entry.at.rfc3339)
                return object.document
            }
        )
    }
}
