/// A module's types, in the order of their indices, and when two of them are the same.
///
/// Types are declared in groups whose members may name each other. Two groups are the same when
/// they are member for member, so each group is looked up as it is added: the *canonical* index of
/// a type is the lowest index of a type equal to it. Every reference to a type that is stored
/// anywhere (``HeapType``) is canonical, so equality of types is equality of words.
///
/// Source: WebAssembly 3.0, §2.3.9 (recursive types) and §3.3.11 (type equivalence).
struct TypeTable: Sendable {
    /// By index; all references inside are canonical.
    private(set) var types: [SubType] = []
    /// By index: the lowest index of an equal type.
    private(set) var canonicalIndices: [UInt32] = []
    /// Where each group ends, as an index; it begins where the one before ends, and may have no members.
    ///
    /// Why no ranges: the runtime looks through all conformances of the program before it makes the type
    /// of a list of them, at every start.
    private(set) var groupEnds: [Int] = []
    /// Groups that no earlier one is the same as: their keys, and their first indices.
    private var keys: [GroupKey] = []
    private var keyIndices: [Int] = []
    private var keyIndex = HashIndex()
    /// By canonical index, once sealed: where the fields of a structure lie in an object, in bytes; empty in a
    /// module without structures.
    private var fieldOffsets: [[UInt32]] = []
    /// What the types may use.
    let features: WasmFeatures

    init(features: WasmFeatures = .all) {
        self.features = features
    }

    var count: Int { types.count }

    /// The type with the index `index`, or `nil` when there is none.
    @inline(__always)
    func type(_ index: UInt32) -> SubType? {
        index < types.count ? types[Int(index)] : nil
    }

    /// The function type with the index `index`; `nil` when there is none or it is another shape.
    func function(_ index: UInt32) -> FunctionType? {
        guard index < types.count, case .function(let type) = types[Int(index)].composite else {
            return nil
        }
        return type
    }

    /// The canonical form of an index, which must exist.
    @inline(__always)
    func canonical(_ index: UInt32) -> UInt32 { canonicalIndices[Int(index)] }

    /// Adds a group whose references to its own members are indices from `count` on, and whose other
    /// references are canonical.
    mutating func append(group: [SubType]) {
        let start = count
        let key = key(of: group)
        groupEnds.append(start + group.count)
        if let first = first(key) {
            for offset in 0..<group.count {
                types.append(types[first + offset])
                canonicalIndices.append(UInt32(first + offset))
            }
        } else {
            keys.append(key)
            keyIndices.append(start)
            keyIndex.append(key.hashValue)
            types.append(contentsOf: group)
            canonicalIndices.append(contentsOf: UInt32(start)..<UInt32(start + group.count))
        }
    }

    /// The first index of a group that is the same as `group`, given as to ``append(group:)``.
    func first(equalTo group: [SubType]) -> Int? {
        first(key(of: group))
    }

    private func first(_ key: GroupKey) -> Int? {
        keyIndex.first(key.hashValue) { keys[$0] == key }.map { keyIndices[$0] }
    }

    private func key(of group: [SubType]) -> GroupKey {
        let start = count
        return GroupKey(
            members: group.map { member in
                member.mapReferences { $0 >= start ? GroupKey.ownBit | ($0 - UInt32(start)) : $0 }
            }
        )
    }

    /// Forgets what only decoding needs, and lays structures out once: bodies name their fields often.
    mutating func seal() {
        keys = []
        keyIndices = []
        keyIndex = HashIndex()
        guard types.contains(where: \.isStructure) else { return }
        fieldOffsets = types.indices.map { index in
            guard canonicalIndices[index] == index, types[index].isStructure else { return [] }
            return HeapShape(types[index].composite).fields.map { UInt32($0.offset) }
        }
    }

    /// Where a field lies in an object of a structure; both must be there.
    func fieldOffset(_ index: UInt32, _ field: Int) -> UInt32 {
        fieldOffsets[Int(canonical(index))][field]
    }
}

/// The members of a group with references to each other made relative.
struct GroupKey: Hashable, Sendable {
    /// Set in a reference to a member of the same group; indices of types stay below it.
    static let ownBit: UInt32 = 1 << 22

    var members: [SubType]
}

extension SubType {
    var isStructure: Bool {
        switch composite {
        case .structure: true
        case .array, .function: false
        }
    }

    /// The same type with every index of a type replaced by `change` of it.
    func mapReferences(_ change: (UInt32) -> UInt32) -> SubType {
        SubType(
            isFinal: isFinal,
            supertypes: supertypes.map(change),
            composite: composite.mapReferences(change)
        )
    }
}

extension CompositeType {
    func mapReferences(_ change: (UInt32) -> UInt32) -> CompositeType {
        switch self {
        case .function(let type):
            .function(
                FunctionType(
                    parameters: type.parameters.map { $0.mapReference(change) },
                    results: type.results.map { $0.mapReference(change) }
                )
            )
        case .structure(let fields): .structure(fields.map { $0.mapReference(change) })
        case .array(let field): .array(field.mapReference(change))
        }
    }
}

extension FieldType {
    func mapReference(_ change: (UInt32) -> UInt32) -> FieldType {
        guard case .value(let type) = storage else { return self }
        return FieldType(storage: .value(type.mapReference(change)), isMutable: isMutable)
    }
}

extension ValueType {
    func mapReference(_ change: (UInt32) -> UInt32) -> ValueType {
        guard let index = heapType?.typeIndex else { return self }
        return .reference(to: .type(change(index)), isNullable: isNullable)
    }
}
