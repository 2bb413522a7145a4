// This file is a fence: it owns the bytes of a guest's memory.

/// A memory instance.
///
/// Shape: its largest size is reserved as address space once, so it never moves; the guest reaches
/// the first `byteCount` bytes, each access compared with that number. The budget is charged for
/// what the guest can reach.
///
/// Source: WebAssembly 3.0, §4.2.9 (memory instances).
@safe
final class LinearMemory {
    static let bytesPerPage: UInt64 = 65_536

    /// Limits as declared; the minimum is not what the memory has now.
    let type: MemoryType
    /// Pages it may grow to: declared, possible, and within the budget.
    let pageCountMax: UInt64
    // Safety: lives as long as this object, which the store keeps as long as handlers may run.
    let entity: UnsafeMutablePointer<MemoryEntity>
    private let space: AddressSpace?
    private let budget: MemoryBudget

    /// `nil` when the budget, or the kernel, does not hold the minimum.
    init?(_ type: MemoryType, _ budget: MemoryBudget) {
        let limits = type.limits
        let possible: UInt64 = limits.is64 ? 1 << 48 : 1 << 16
        let affordable = budget.left / Self.bytesPerPage
        let most = min(limits.maximum ?? possible, possible, affordable)
        guard limits.minimum <= most else { return nil }
        guard budget.reserve(limits.minimum * Self.bytesPerPage, for: .linearMemory) else {
            return nil
        }
        var space: AddressSpace?
        var pages = most
        while true {
            space = pages == 0 ? nil : AddressSpace(byteCount: Int(pages * Self.bytesPerPage))
            if space != nil || pages == limits.minimum { break }
            pages = max(limits.minimum, pages / 2)
        }
        guard space != nil || pages == 0 else {
            budget.release(limits.minimum * Self.bytesPerPage, for: .linearMemory)
            return nil
        }
        self.type = type
        self.pageCountMax = pages
        self.space = space
        self.budget = budget
        // Safety: freed in `deinit`. A memory without pages has an address that is never used.
        unsafe self.entity = .allocate(capacity: 1)
        unsafe entity.initialize(
            to: MemoryEntity(
                base: space?.base ?? UnsafeMutableRawPointer(entity),
                byteCount: UInt(limits.minimum * Self.bytesPerPage),
                addressMask: limits.is64 ? .max : 0xFFFF_FFFF
            )
        )
    }

    deinit {
        budget.release(byteCount, for: .linearMemory)
        // Safety: allocated in `init`.
        unsafe entity.deallocate()
    }

    /// Bytes that the guest can reach now.
    // Safety: the entity lives as long as this object.
    var byteCount: UInt64 { unsafe UInt64(entity.pointee.byteCount) }

    /// Pages that the guest can reach now.
    var pageCount: UInt64 { byteCount / Self.bytesPerPage }

    /// Where the bytes are.
    // Safety: as above.
    var base: UnsafeMutableRawPointer { unsafe entity.pointee.base }

    /// Makes the memory larger and says how many pages it had; `nil` when it cannot.
    func grow(_ pages: UInt64) -> UInt64? {
        let old = pageCount
        guard pages <= pageCountMax - old else {
            // Told apart for reports: what the module itself does not allow is no refusal of ours.
            if pages <= (type.limits.maximum ?? .max).subtractingClamped(old) {
                _ = budget.reserve(.max, for: .linearMemory)
            }
            return nil
        }
        guard budget.reserve(pages * Self.bytesPerPage, for: .linearMemory) else { return nil }
        // Safety: as above; the new pages were reserved in `init`.
        unsafe entity.pointee.byteCount += UInt(pages * Self.bytesPerPage)
        return old
    }

    /// Whether `count` bytes from `start` lie inside.
    func contains(_ start: UInt64, _ count: UInt64) -> Bool {
        let all = byteCount
        return start <= all && count <= all - start
    }
}

extension UInt64 {
    /// The difference, or zero.
    fileprivate func subtractingClamped(_ other: UInt64) -> UInt64 {
        self > other ? self - other : 0
    }
}
