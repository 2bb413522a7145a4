import Documents
import KubeModel

/// Reads an object's common fields leniently: what is missing or of another kind is simply absent.
///
/// The CLI shows what nodes of other versions say, so nothing here refuses.
struct ObjectView {
    let document: Document

    init(_ document: Document) {
        self.document = document
    }

    var kind: String { document["kind"]?.string ?? "" }
    var metadata: Document? { document["metadata"] }
    var spec: Document? { document["spec"] }
    var status: Document? { document["status"] }
    var name: String { metadata?["name"]?.string ?? "" }
    var namespace: String { metadata?["namespace"]?.string ?? "default" }
    var uid: String? { metadata?["uid"]?.string }
    var resourceVersion: String? { metadata?["resourceVersion"]?.string }
    var isBeingDeleted: Bool { metadata?["deletionTimestamp"]?.string != nil }
    var labels: [Document.Member] { metadata?["labels"]?.members ?? [] }
    var annotations: [Document.Member] { metadata?["annotations"]?.members ?? [] }

    /// When it was made, in nanoseconds since 1970; a pod without that counts from its start.
    var created: Int64? {
        metadata?["creationTimestamp"]?.moment ?? status?["startTime"]?.moment
    }

    /// The order of listings: by namespace, then by name.
    static func isBefore(_ left: Document, _ right: Document) -> Bool {
        let (left, right) = (ObjectView(left), ObjectView(right))
        return (left.namespace, left.name, left.uid ?? "")
            < (right.namespace, right.name, right.uid ?? "")
    }

    /// The condition of a type: `True`, `False` or `Unknown`, with reason and message.
    func condition(_ type: String) -> Document? {
        status?["conditions"]?.array?.first { $0["type"]?.string == type }
    }

    /// Whether the condition of a type is `True`.
    func isTrue(_ type: String) -> Bool { condition(type)?["status"]?.string == "True" }
}

extension Document {
    /// The moment that an RFC 3339 text names, in nanoseconds since 1970; `nil` for anything else.
    var moment: Int64? { string.flatMap { Timestamp(rfc3339: $0)?.nanosecondsSinceEpoch } }
}
