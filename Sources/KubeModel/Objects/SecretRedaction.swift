public import Documents

extension Secret {
    /// A v1.Secret without what it holds, for people: each value is the number of its bytes.
    ///
    /// Not a Secret any more that could be applied again, and meant so.
    ///
    /// - Parameter document: The whole object, well-formed or not.
    /// - Returns: The same with every value replaced.
    public static func redacted(_ document: Document) -> Document {
        guard let members = document.members else { return .null }
        var counts: [String: Int] = [:]
        for member in document["data"]?.members ?? [] {
            counts[member.name] = member.value.string.flatMap(Base64.decode)?.count ?? 0
        }
        for member in document["stringData"]?.members ?? [] {
            counts[member.name] = member.value.string?.utf8.count ?? 0
        }
        var kept = members.filter { !["data", "stringData"].contains($0.name) }
        let values = counts.sorted { $0.key < $1.key }.map { key, byteCount in
            Document.Member(name: key, value: .string("<\(byteCount) bytes>"))
        }
        if !values.isEmpty { kept.append(.init(name: "data", value: .object(values))) }
        return .object(kept)
    }
}
