// This file is a fence: it owns the elements of a guest's table.

/// A table instance: references as bits, see ``FunctionReference``.
///
/// Source: WebAssembly 3.0, §4.2.8 (table instances).
@safe
final class ReferenceTable {
    /// Elements a table may have: our own bound, below which bytes fit every address space.
    static let countMax: UInt64 = 1 << 24
    static let bytesPerElement: UInt64 = 8

    /// Limits as declared; the minimum is not what the table has now.
    let type: TableType
    // Safety: lives as long as this object, which the store keeps as long as handlers may run.
    let entity: UnsafeMutablePointer<TableEntity>
    private let budget: MemoryBudget
    private var capacity: Int

    /// `nil` when the budget does not hold the minimum.
    init?(_ type: TableType, initial: UInt64, _ budget: MemoryBudget) {
        let count = type.limits.minimum
        guard count <= Self.countMax, budget.reserve(count * Self.bytesPerElement, for: .tables)
        else {
            return nil
        }
        self.type = type
        self.budget = budget
        self.capacity = Int(count)
        // Safety: freed in `deinit`; all elements are initialized.
        unsafe self.entity = .allocate(capacity: 1)
        let elements = UnsafeMutablePointer<UInt64>.allocate(capacity: max(capacity, 1))
        unsafe elements.initialize(repeating: initial, count: capacity)
        unsafe entity.initialize(to: TableEntity(elements: elements, count: count))
    }

    deinit {
        budget.release(UInt64(capacity) * Self.bytesPerElement, for: .tables)
        // Safety: allocated in `init` and `grow`.
        unsafe entity.pointee.elements.deallocate()
        unsafe entity.deallocate()
    }

    /// Elements now.
    // Safety: the entity lives as long as this object.
    var count: UInt64 { unsafe entity.pointee.count }

    /// The element at `index`, `nil` behind the end.
    func get(_ index: UInt64) -> UInt64? {
        guard index < count else { return nil }
        // Safety: checked above.
        return unsafe entity.pointee.elements[Int(index)]
    }

    /// Writes the element at `index`; false behind the end.
    func set(_ index: UInt64, _ bits: UInt64) -> Bool {
        guard index < count else { return false }
        // Safety: checked above.
        unsafe entity.pointee.elements[Int(index)] = bits
        return true
    }

    /// Makes the table larger and says how many elements it had; `nil` when it cannot.
    func grow(_ more: UInt64, _ bits: UInt64) -> UInt64? {
        let old = count
        let most = min(type.limits.maximum ?? Self.countMax, Self.countMax)
        guard old <= most, more <= most - old else { return nil }
        let new = Int(old + more)
        if new > capacity {
            // Room for half as many again, so that growing one by one stays cheap.
            let wanted = [min(new + new / 2, Int(most)), new].first { count in
                budget.reserve(UInt64(count - capacity) * Self.bytesPerElement, for: .tables)
            }
            guard let wanted else { return nil }
            // Safety: `old` elements are moved, the others written below before `count` grows.
            let elements = UnsafeMutablePointer<UInt64>.allocate(capacity: wanted)
            unsafe elements.initialize(from: entity.pointee.elements, count: Int(old))
            unsafe entity.pointee.elements.deallocate()
            unsafe entity.pointee.elements = elements
            capacity = wanted
        }
        // Safety: `new <= capacity`.
        unsafe (entity.pointee.elements + Int(old)).initialize(repeating: bits, count: Int(more))
        unsafe entity.pointee.count = UInt64(new)
        return old
    }

    /// Whether `count` elements from `start` exist.
    func contains(_ start: UInt64, _ count: UInt64) -> Bool {
        start <= self.count && count <= self.count - start
    }

    /// Writes `bits` from `start` on; false when not all of it lies inside.
    func fill(_ start: UInt64, _ bits: UInt64, count: UInt64) -> Bool {
        guard contains(start, count) else { return false }
        // Safety: checked above.
        unsafe (entity.pointee.elements + Int(start)).update(repeating: bits, count: Int(count))
        return true
    }

    /// Copies elements, which may overlap; false when either end lies outside.
    func copy(_ start: UInt64, from other: ReferenceTable, _ from: UInt64, count: UInt64) -> Bool {
        guard contains(start, count), other.contains(from, count) else { return false }
        // Safety: checked above; `update` allows an overlap.
        unsafe (entity.pointee.elements + Int(start)).update(
            from: other.entity.pointee.elements + Int(from),
            count: Int(count)
        )
        return true
    }
}
