// This file is a fence: it owns the objects of guests.

/// The objects that guests make: structures, arrays, exceptions.
///
/// Shape: blocks of slots of one size; an object never moves, and its address is its reference. The
/// budget pays for blocks. When they are full, what no root leads to is freed: the stack of slots is
/// searched for anything that looks like an object's address, since slots do not say what they hold.
/// So an object may live too long, never too short.
@safe
final class GuestHeap {
    /// Bytes of a block, and its alignment: an address leads to its block.
    static let blockBytes = 32_768
    /// Larger objects have a block of their own.
    static let smallBytesMax = 2_048
    /// Blocks of a single object are as large as it is, in pages.
    private static let largeUnitBytes = AddressSpace.pageBytes
    /// New bytes after which the next collection is due, at least.
    static let collectionBytesMin = 1 << 20
    /// Objects that wait to be looked into during a collection; of an array with more new ones the
    /// rest is found by another look at all objects, so that a collection takes no memory to speak of.
    static let waitingCountMax = 4_096

    /// Slots of one size.
    @safe
    private final class Block {
        private let pages: AddressSpace
        private let byteCount: Int
        let slotBytes: Int
        let slotCount: Int
        var used: SlotBits
        var marked: SlotBits

        /// `nil` when the kernel has no memory.
        init?(byteCount: Int, slotBytes: Int) {
            guard let pages = AddressSpace(byteCount: byteCount, alignment: GuestHeap.blockBytes)
            else { return nil }
            self.pages = pages
            self.byteCount = byteCount
            self.slotBytes = slotBytes
            self.slotCount = Block.slotCount(byteCount, slotBytes)
            self.used = SlotBits(count: slotCount)
            self.marked = SlotBits(count: slotCount)
        }

        private static func slotCount(_ byteCount: Int, _ slotBytes: Int) -> Int {
            max(1, byteCount / slotBytes)
        }

        /// Bytes that a block takes with what belongs to it: two objects, two arrays of bits, its place
        /// in the dictionary (together below 384 bytes), and the bits themselves.
        static func cost(_ byteCount: Int, _ slotBytes: Int) -> UInt64 {
            UInt64(byteCount + 384 + slotCount(byteCount, slotBytes) / 4)
        }

        var cost: UInt64 { Self.cost(byteCount, slotBytes) }
        // Safety: the pages live as long as the block.
        var base: UnsafeMutableRawPointer { unsafe pages.base }
        var address: UInt { unsafe UInt(bitPattern: base) }

        /// A free slot holds the address of the next one, or 0.
        func chain(_ slot: Int, _ next: UInt) -> UInt {
            // Safety: the slot is one of the block's, and nobody uses it.
            unsafe (base + slot * slotBytes).storeBytes(of: next, as: UInt.self)
            return address + UInt(slot * slotBytes)
        }
    }

    private let budget: MemoryBudget
    private var blocks: [UInt: Block] = [:]
    /// By size: the first free slot, which leads to the others.
    private var free: [Int: UInt] = [:]
    private var bytesSinceCollection = 0
    private var bytesLive = 0
    /// Whether some marked object waits no more though it was not looked into.
    private var isMarkingCut = false
    private var shapes: [UInt32: HeapShape] = [:]
    /// What the types of objects mean; the store's.
    var types: TypeRegistry?
    /// Calls its argument with all that a root might hold.
    var visitRoots: ((UInt64) -> Void) -> Void = { _ in }
    /// While an instance is made, values are where no root leads to them.
    var isPaused = false
    /// Collections so far.
    private(set) var collectionCount = 0

    init(budget: MemoryBudget) {
        self.budget = budget
    }

    deinit {
        for block in blocks.values { budget.release(block.cost, for: .heap) }
    }

    /// The shape of the type with the store's number `type`.
    func shape(_ type: UInt32) -> HeapShape {
        if let shape = shapes[type] { return shape }
        let composite = types?.table.type(type)?.composite ?? .structure([])
        let shape = HeapShape(composite)
        shapes[type] = shape
        return shape
    }

    /// A new object, all zero behind its header; `nil` when the budget has no room for it.
    func make(_ type: UInt32, byteCount: Int, length: UInt32, tag: UInt64 = 0) -> HeapObject? {
        let slotBytes = Self.slotBytes(byteCount)
        let due = max(Self.collectionBytesMin, bytesLive)
        if bytesSinceCollection + slotBytes > due, !isPaused { collect() }
        var address = take(slotBytes)
        if address == nil, !isPaused {
            collect()
            address = take(slotBytes)
        }
        guard let address, let place = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
            return nil
        }
        bytesSinceCollection += slotBytes
        // Safety: `take` gives a slot of at least `byteCount` bytes.
        unsafe place.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        unsafe place.storeBytes(of: type, as: UInt32.self)
        unsafe place.storeBytes(of: length, toByteOffset: 4, as: UInt32.self)
        unsafe place.storeBytes(of: tag, toByteOffset: 8, as: UInt64.self)
        return unsafe HeapObject(base: place)
    }

    /// Sizes that are multiples of 16 up to 256, then powers of two, then whole blocks.
    private static func slotBytes(_ byteCount: Int) -> Int {
        if byteCount <= 256 { return (byteCount + 15) & ~15 }
        if byteCount <= smallBytesMax {
            return 1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount)
        }
        return (byteCount + largeUnitBytes - 1) & ~(largeUnitBytes - 1)
    }

    private func take(_ slotBytes: Int) -> UInt? {
        if free[slotBytes, default: 0] == 0, !addBlock(slotBytes) { return nil }
        guard let address = free[slotBytes], let block = block(address),
            let place = unsafe UnsafeRawPointer(bitPattern: address)
        else { return nil }
        // Safety: a free slot of a block.
        free[slotBytes] = unsafe place.load(as: UInt.self)
        block.used.insert(Int(address - block.address) / block.slotBytes)
        return address
    }

    private func addBlock(_ slotBytes: Int) -> Bool {
        let byteCount = max(slotBytes, Self.blockBytes)
        let cost = Block.cost(byteCount, slotBytes)
        guard budget.reserve(cost, for: .heap) else { return false }
        guard let block = Block(byteCount: byteCount, slotBytes: slotBytes) else {
            budget.release(cost, for: .heap)
            return false
        }
        blocks[block.address] = block
        var first: UInt = 0
        for slot in (0..<block.slotCount).reversed() { first = block.chain(slot, first) }
        free[slotBytes] = first
        return true
    }

    private func block(_ address: UInt) -> Block? {
        blocks[address & ~UInt(Self.blockBytes - 1)]
    }

    /// The block and slot of an object, when `bits` are the address of one.
    private func find(_ bits: UInt64) -> (block: Block, slot: Int)? {
        guard bits & 15 == 0, bits != 0 else { return nil }
        let address = UInt(truncatingIfNeeded: bits)
        guard let block = block(address) else { return nil }
        let (slot, rest) = Int(address - block.address).quotientAndRemainder(
            dividingBy: block.slotBytes
        )
        guard rest == 0, slot < block.slotCount, block.used.contains(slot) else { return nil }
        return (block, slot)
    }

    /// The object whose reference this is; `nil` for anything else.
    func object(_ bits: UInt64) -> HeapObject? {
        guard find(bits) != nil else { return nil }
        return HeapObject(bits: bits)
    }

    /// Frees every object that nothing leads to.
    func collect() {
        collectionCount += 1
        var waiting: [UInt64] = []
        waiting.reserveCapacity(Self.waitingCountMax)
        isMarkingCut = false
        visitRoots { bits in mark(bits, &waiting) }
        drain(&waiting)
        while isMarkingCut {
            isMarkingCut = false
            for block in blocks.values {
                for slot in 0..<block.slotCount where block.marked.contains(slot) {
                    let address = block.address + UInt(slot * block.slotBytes)
                    scan(HeapObject(bits: UInt64(address)), &waiting)
                    drain(&waiting)
                }
            }
        }
        sweep()
        bytesSinceCollection = 0
    }

    private func mark(_ bits: UInt64, _ waiting: inout [UInt64]) {
        guard let (block, slot) = find(bits), !block.marked.contains(slot) else { return }
        block.marked.insert(slot)
        if waiting.count < Self.waitingCountMax {
            waiting.append(bits)
        } else {
            isMarkingCut = true
        }
    }

    private func drain(_ waiting: inout [UInt64]) {
        while let bits = waiting.popLast() { scan(HeapObject(bits: bits), &waiting) }
    }

    /// Marks what an object leads to.
    private func scan(_ object: HeapObject?, _ waiting: inout [UInt64]) {
        guard let object else { return }
        if object.tag != 0 {
            // An exception: its payload is slots.
            for index in 0..<Int(object.length) {
                mark(object.load(HeapShape.headerBytes + index * 8, as: UInt64.self), &waiting)
            }
            return
        }
        let shape = shape(object.type)
        for field in shape.fields where field.isReference {
            mark(object.load(field.offset, as: UInt64.self), &waiting)
        }
        guard let element = shape.element, element.isReference else { return }
        for index in 0..<Int(object.length) {
            mark(object.load(element.offset + index * 8, as: UInt64.self), &waiting)
        }
    }

    private func sweep() {
        bytesLive = 0
        free = [:]
        for (base, block) in blocks {
            let liveCount = block.marked.memberCount
            guard liveCount > 0 else {
                blocks[base] = nil
                budget.release(block.cost, for: .heap)
                continue
            }
            bytesLive += liveCount * block.slotBytes
            var first = free[block.slotBytes, default: 0]
            for slot in (0..<block.slotCount).reversed() where !block.marked.contains(slot) {
                first = block.chain(slot, first)
            }
            free[block.slotBytes] = first
            swap(&block.used, &block.marked)
            block.marked.removeAll()
        }
    }
}

/// One bit for each slot of a block.
private struct SlotBits {
    private var words: [UInt64]

    init(count: Int) {
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    func contains(_ slot: Int) -> Bool { words[slot / 64] & (1 << UInt64(slot % 64)) != 0 }

    mutating func insert(_ slot: Int) { words[slot / 64] |= 1 << UInt64(slot % 64) }

    mutating func removeAll() {
        for index in words.indices { words[index] = 0 }
    }

    var memberCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
}

/// An object of a guest's heap, as its address.
@safe
struct HeapObject {
    // Safety: the heap frees an object only when no root leads to it; services use one only while
    // its reference is in a slot or nothing is allocated.
    let base: UnsafeMutableRawPointer

    init(base: UnsafeMutableRawPointer) {
        unsafe self.base = unsafe base
    }

    /// The object whose reference this is; `nil` for null, i31s and the host's numbers.
    init?(bits: UInt64) {
        guard bits & 3 == 0,
            let base = unsafe UnsafeMutableRawPointer(bitPattern: UInt(truncatingIfNeeded: bits))
        else { return nil }
        unsafe self.base = unsafe base
    }

    var bits: UInt64 { unsafe UInt64(UInt(bitPattern: base)) }
    /// The store's number of its type.
    var type: UInt32 { load(0, as: UInt32.self) }
    /// Of an array, its elements; of an exception, its slots.
    var length: UInt32 { load(4, as: UInt32.self) }
    /// Of an exception, the address of its tag; else 0.
    var tag: UInt64 { load(8, as: UInt64.self) }

    @inline(__always)
    func load<T: BitwiseCopyable>(_ offset: Int, as type: T.Type) -> T {
        unsafe base.load(fromByteOffset: offset, as: type)
    }

    @inline(__always)
    func store<T: BitwiseCopyable>(_ value: T, _ offset: Int) {
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }

    /// The slots of a field: the low and, of a vector, the high one.
    ///
    /// Small fields are not extended.
    func read(_ kind: FieldKind, _ offset: Int) -> (low: UInt64, high: UInt64) {
        switch kind {
        case .i8: (UInt64(load(offset, as: UInt8.self)), 0)
        case .i16: (UInt64(load(offset, as: UInt16.self)), 0)
        case .word: (UInt64(load(offset, as: UInt32.self)), 0)
        case .doubleWord: (load(offset, as: UInt64.self), 0)
        case .vector: (load(offset, as: UInt64.self), load(offset + 8, as: UInt64.self))
        }
    }

    /// Writes a field from slots.
    func write(_ kind: FieldKind, _ offset: Int, _ low: UInt64, _ high: UInt64) {
        switch kind {
        case .i8: store(UInt8(truncatingIfNeeded: low), offset)
        case .i16: store(UInt16(truncatingIfNeeded: low), offset)
        case .word: store(UInt32(truncatingIfNeeded: low), offset)
        case .doubleWord: store(low, offset)
        case .vector:
            store(low, offset)
            store(high, offset + 8)
        }
    }
}
