/// The types of all modules of a store, each equal one once.
///
/// A module's own canonical indices say when two of *its* types are the same; an import or an
/// indirect call compares types of two modules. So a store adds each module's groups to one table of
/// its own, and gives each of the module's types the index, here called id, of its equal there.
///
/// Bounded by what the store's modules declare: it never forgets, as a function may outlive the
/// linking of its module.
final class TypeRegistry {
    /// Indices are ids; they are canonical.
    private(set) var table = TypeTable()

    /// The ids of a module's types, by index.
    func register(_ types: TypeTable) -> [UInt32] {
        var ids: [UInt32] = []
        ids.reserveCapacity(types.count)
        var groupStart = 0
        for groupEnd in types.groupEnds {
            let group = groupStart..<groupEnd
            groupStart = groupEnd
            // One without members is allowed, and may stand behind all types.
            guard !group.isEmpty else { continue }
            // A group that repeats an earlier one of its module has its ids.
            if Int(types.canonical(UInt32(group.lowerBound))) != group.lowerBound {
                for index in group { ids.append(ids[Int(types.canonical(UInt32(index)))]) }
                continue
            }
            let start = UInt32(table.count)
            let members = types.types[group].map { member in
                member.mapReferences { index in
                    index < group.lowerBound
                        ? ids[Int(index)] : start + index - UInt32(group.lowerBound)
                }
            }
            ids.append(contentsOf: table.unique(group: members))
        }
        return ids
    }

    /// The id of the type of a host's function, which names no module's types.
    func id(of function: FunctionType) -> UInt32 {
        table.unique(group: [SubType(function)])[0]
    }

    /// Whether `id` is `ancestor` or was declared below it.
    func isSubtype(_ id: UInt32, of ancestor: UInt32) -> Bool {
        table.isSubtype(id, of: ancestor)
    }

    /// The function type with the id `id`, its references being ids too.
    func function(_ id: UInt32) -> FunctionType? {
        table.function(id)
    }
}

extension TypeTable {
    /// The indices of the members of `group`, which is added only when there is no equal one.
    ///
    /// References are as in ``append(group:)``.
    mutating func unique(group: [SubType]) -> [UInt32] {
        let start = count
        if let first = first(equalTo: group) {
            return (0..<group.count).map { canonical(UInt32(first + $0)) }
        }
        append(group: group)
        return (0..<group.count).map { UInt32(start + $0) }
    }
}
