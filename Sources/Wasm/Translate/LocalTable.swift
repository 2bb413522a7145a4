/// The locals of a function: their types, and where they lie.
///
/// Shape: the first ones one by one, which is all that nearly every function has. Those beyond come in runs, as
/// the module declares them: a declaration of four bytes for fifty thousand locals shall not cost the bytes,
/// nor the time, of fifty thousand.
struct LocalTable {
    /// Locals that are listed one by one: 16 KB of them.
    static let listedMax = 1_024

    /// A local's type, and its byte offset in the frame.
    struct Local {
        var type: ValueType
        var slot: UInt32
    }

    private var list: [Local] = []
    private var runs: [Run] = []
    /// Locals in all, parameters included.
    private(set) var count = 0

    /// Locals of one type, side by side.
    private struct Run {
        var index: Int
        var first: Local
    }

    /// Adds a local.
    @inline(__always)
    mutating func append(_ local: Local) {
        if list.count < Self.listedMax {
            list.append(local)
        } else {
            runs.append(Run(index: count, first: local))
        }
        count += 1
    }

    /// Adds `more` locals, of which the first is `local`.
    mutating func append(_ more: Int, _ local: Local) {
        var next = local
        for _ in 0..<min(more, Self.listedMax - list.count) {
            list.append(next)
            next.slot &+= UInt32(next.type.slotCount * 8)
        }
        let end = count + more
        if list.count < end, more > 0 {
            runs.append(Run(index: max(count, list.count), first: next))
        }
        count = end
    }

    /// Forgets all, and keeps the room.
    mutating func removeAll() {
        list.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        count = 0
    }

    /// The local `index`, which must be there.
    @inline(__always)
    subscript(_ index: Int) -> Local {
        index < list.count ? list[index] : inRun(index)
    }

    /// Of the last run that begins at `index` or before.
    @inline(never)
    private func inRun(_ index: Int) -> Local {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].index <= index { low = middle } else { high = middle }
        }
        var local = runs[low].first
        local.slot &+= UInt32((index - runs[low].index) * local.type.slotCount * 8)
        return local
    }
}

/// Locals without a first value that have been given one, in that order.
struct SetLocals {
    private var order: [UInt32] = []
    private var members = IndexSet()

    var count: Int { order.count }

    func contains(_ local: Int) -> Bool { members.contains(UInt32(truncatingIfNeeded: local)) }

    mutating func insert(_ local: Int) {
        order.append(UInt32(truncatingIfNeeded: local))
        members.insert(UInt32(truncatingIfNeeded: local))
    }

    /// Takes back all but the first `count`: what a block has set counts in the block only.
    mutating func truncate(to count: Int) {
        while order.count > count { members.remove(order.removeLast()) }
    }
}
