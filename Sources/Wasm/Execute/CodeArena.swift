// This file is a fence: it owns the memory that translated code lies in.

/// Translated code, in blocks of pages that the budget pays for.
///
/// Shape: code is laid down front to back; a function's words follow its ``CodeHeader``. Code never
/// moves, so that frames may point into it.
@safe
final class CodeArena {
    /// Bytes of a block, unless a single function needs more: small enough for a small budget,
    /// large enough that few blocks are made.
    static let blockBytes = 64 * 1024

    /// A function's place, for finding the function that an address lies in.
    struct Entry {
        var start: UInt
        var end: UInt
        /// The context of the instance.
        var context: UInt
        var functionIndex: UInt32
    }

    private let budget: MemoryBudget
    private var blocks: [AddressSpace] = []
    private var next: UInt = 0
    private var end: UInt = 0
    private var entries: [Entry] = []
    private var isSorted = true
    /// Bytes of code laid down, headers included.
    private(set) var byteCount = 0
    /// Functions laid down.
    var functionCount: Int { entries.count }

    init(budget: MemoryBudget) {
        self.budget = budget
    }

    deinit {
        for block in blocks { budget.release(UInt64(block.byteCount)) }
    }

    /// Lays `words` down behind `header`; `nil` when the budget does not allow it.
    func place(_ words: [UInt16], header: CodeHeader, context: Frame?) -> Code? {
        let headerBytes = MemoryLayout<CodeHeader>.stride
        let bytes = (headerBytes + words.count * 2 + 15) & ~15
        guard makeRoom(bytes), let start = unsafe UnsafeMutableRawPointer(bitPattern: next) else {
            return nil
        }
        // Safety: `makeRoom` has made sure of `bytes` bytes.
        unsafe start.storeBytes(of: header, as: CodeHeader.self)
        unsafe words.withUnsafeBytes { source in
            unsafe (start + headerBytes).copyMemory(
                from: source.baseAddress ?? UnsafeRawPointer(start),
                byteCount: source.count
            )
        }
        let code = unsafe UnsafeRawPointer(start + headerBytes)
        if let context = unsafe context {
            if let last = entries.last, last.start > next { isSorted = false }
            entries.append(
                Entry(
                    start: next,
                    end: next + UInt(bytes),
                    context: UInt(bitPattern: context),
                    functionIndex: header.functionIndex
                )
            )
        }
        next += UInt(bytes)
        byteCount += bytes
        return unsafe code
    }

    /// The function whose code the address lies in.
    func entry(containing address: UInt) -> Entry? {
        if !isSorted {
            entries.sort { $0.start < $1.start }
            isSorted = true
        }
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].end <= address { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].start <= address else { return nil }
        return entries[low]
    }

    private func makeRoom(_ bytes: Int) -> Bool {
        if UInt(bytes) <= end - next { return true }
        let size = max(bytes, Self.blockBytes)
        guard budget.reserve(UInt64(size)) else { return false }
        guard let block = AddressSpace(byteCount: size) else {
            budget.release(UInt64(size))
            return false
        }
        budget.release(UInt64(size))
        guard budget.reserve(UInt64(block.byteCount)) else { return false }
        blocks.append(block)
        next = unsafe UInt(bitPattern: block.base)
        end = next + UInt(block.byteCount)
        return true
    }
}
