import Documents

extension Document {
    /// The same document with `value` at a path of object members; `nil` takes the member out.
    ///
    /// Objects on the way are made where they are missing; a member keeps its place.
    func setting(_ path: [String], to value: Document?) -> Document {
        guard let name = path.first else { return value ?? .null }
        var members = members ?? []
        let index = members.firstIndex { $0.name == name }
        let rest = Array(path.dropFirst())
        if rest.isEmpty, value == nil {
            if let index { members.remove(at: index) }
            return .object(members)
        }
        let old = index.map { members[$0].value } ?? .object([])
        let member = Member(
            name: name,
            value: rest.isEmpty ? value ?? .null : old.setting(rest, to: value)
        )
        if let index { members[index] = member } else { members.append(member) }
        return .object(members)
    }
}
