// This file is a fence: a list without the checks that an array makes for sharing.

/// A list of plain values that grows at its end, and belongs to one owner only, who frees it.
///
/// Why not an array: the translator changes its lists some ten times for each instruction, and each time
/// an array asks whether somebody else has it too. Indices are checked all the same.
@safe
struct Pile<Element: BitwiseCopyable> {
    /// Small: a translator's lists are kept from one function to the next.
    private static var capacityMin: Int { 8 }

    // Safety: room for `capacity` elements, of which `count` are there; freed by `free` alone.
    private var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int

    init() {
        self.capacity = Self.capacityMin
        unsafe self.base = .allocate(capacity: Self.capacityMin)
    }

    /// Gives its memory back; nothing may be done with it, or a copy of it, afterwards.
    func free() {
        unsafe base.deallocate()
    }

    var isEmpty: Bool { count == 0 }
    var indices: Range<Int> { 0..<count }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        // Safety: below the capacity.
        unsafe (base + count).initialize(to: element)
        count += 1
    }

    @inline(never)
    private mutating func grow() {
        let wider = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
        // Safety: as many as there are, into room for twice as many.
        unsafe wider.initialize(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = wider
        capacity *= 2
    }

    @inline(__always)
    subscript(_ index: Int) -> Element {
        get {
            check(index)
            return unsafe base[index]
        }
        nonmutating _modify {
            check(index)
            yield unsafe &base[index]
        }
    }

    @inline(__always)
    private func check(_ index: Int) {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    }

    @inline(__always)
    mutating func removeLast() -> Element {
        check(count - 1)
        count -= 1
        return unsafe base[count]
    }

    /// Takes elements off until `count` are left.
    @inline(__always)
    mutating func truncate(to count: Int) {
        precondition(UInt(bitPattern: count) <= UInt(bitPattern: self.count))
        self.count = count
    }

    /// Takes all elements off, and gives the memory back if it is more than `byteCountMax`.
    mutating func removeAll(keeping byteCountMax: Int) {
        count = 0
        guard capacity * MemoryLayout<Element>.stride > byteCountMax else { return }
        free()
        self = Pile()
    }

    /// The elements, as long as nothing is done with the list.
    var elements: UnsafeBufferPointer<Element> {
        unsafe UnsafeBufferPointer(start: base, count: count)
    }
}
