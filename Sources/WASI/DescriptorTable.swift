/// A guest's descriptors by number.
struct DescriptorTable {
    // Why: Linux gives a process 1024 unless asked for more, and this is what programs expect.
    /// Descriptors that a guest can have open at the same time.
    static let countMax = 1_024

    // Why no optionals: the runtime would make their type, which costs a start of a workload 50,000 instructions.
    private var entries: [Descriptor] = []

    /// The descriptor with this number.
    subscript(_ number: UInt32) -> Descriptor {
        get throws(ErrorNumber) {
            guard number < entries.count, entries[Int(number)].isOpen else {
                throw .badDescriptor
            }
            return entries[Int(number)]
        }
    }

    /// The descriptor with this number, with at least these rights.
    func entry(_ number: UInt32, _ rights: Rights) throws(ErrorNumber) -> Descriptor {
        let entry = try self[number]
        guard entry.rights.isSuperset(of: rights) else { throw .notCapable }
        return entry
    }

    /// Takes the lowest number that is free.
    mutating func add(_ entry: Descriptor) throws(ErrorNumber) -> UInt32 {
        if let free = entries.firstIndex(where: { !$0.isOpen }) {
            entries[free] = entry
            return UInt32(free)
        }
        guard entries.count < Self.countMax else { throw .tooManyDescriptors }
        entries.append(entry)
        return UInt32(entries.count - 1)
    }

    /// Whether another one can be added: asked before something is made that could not be kept.
    var hasRoom: Bool { entries.count < Self.countMax || entries.contains { !$0.isOpen } }

    /// Puts a changed descriptor in the place of the one with this number.
    mutating func replace(_ number: UInt32, _ entry: Descriptor) throws(ErrorNumber) {
        _ = try self[number]
        entries[Int(number)] = entry
    }

    /// Closes the descriptor with this number.
    mutating func remove(_ number: UInt32) throws(ErrorNumber) {
        _ = try self[number]
        entries[Int(number)] = .closed
    }

    /// Closes `target` and gives its number to `source`; both must be open.
    mutating func move(_ source: UInt32, to target: UInt32) throws(ErrorNumber) {
        let entry = try self[source]
        _ = try self[target]
        guard source != target else { return }
        entries[Int(target)] = entry
        entries[Int(source)] = .closed
    }
}
