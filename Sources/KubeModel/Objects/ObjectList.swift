public import Documents

/// Lists and answers that hold other objects.
public enum ObjectList {
    /// A list of objects, as kubectl reads it.
    ///
    /// - Parameters:
    ///   - items: The objects.
    ///   - kind: `List` for mixed ones, else `PodList` and the like.
    /// - Returns: A v1 object.
    public static func document(_ items: [Document], kind: String = "List") -> Document {
        [
            "apiVersion": "v1", "kind": .string(kind), "metadata": ["resourceVersion": ""],
            "items": .array(items),
        ]
    }

    /// The objects of a list, or the object itself where it is none.
    public static func items(of document: Document) -> [Document] {
        guard let kind = document["kind"]?.string, kind.hasSuffix("List"),
            let items = document["items"]?.array
        else { return [document] }
        return items
    }

    /// A v1.Status that tells a client why it got no object.
    ///
    /// - Parameters:
    ///   - code: The HTTP status.
    ///   - reason: One word: `NotFound`.
    ///   - message: One sentence.
    /// - Returns: A v1 object.
    public static func failure(code: Int64, reason: String, message: String) -> Document {
        [
            "apiVersion": "v1", "kind": "Status", "metadata": [:], "status": "Failure",
            "message": .string(message), "reason": .string(reason), "code": .integer(code),
        ]
    }
}
