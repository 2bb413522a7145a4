// This file is a fence: pages from the kernel.

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A run of zeroed pages straight from the kernel, given back when it goes away.
///
/// Pages that were never touched cost nothing; the budget counts what the guest may touch.
@safe
final class AddressSpace {
    // Safety: `byteCount` bytes from here are ours until `deinit`.
    let base: UnsafeMutableRawPointer
    /// A whole number of pages.
    let byteCount: Int

    /// At least `byteCount` bytes; `nil` when the kernel has none.
    init?(byteCount: Int) {
        guard let byteCount = Self.pages(byteCount), let base = unsafe Self.map(byteCount) else {
            return nil
        }
        self.byteCount = byteCount
        unsafe self.base = unsafe base
    }

    /// The same at a multiple of `alignment`, a power of two that is no less than a page.
    ///
    /// Why not from malloc: between blocks that are aligned so it leaves holes that nothing else
    /// fills, up to a fifth of all.
    init?(byteCount: Int, alignment: Int) {
        guard let byteCount = Self.pages(byteCount) else { return nil }
        let (wide, isOver) = byteCount.addingReportingOverflow(alignment)
        guard !isOver, let start = unsafe Self.map(wide) else { return nil }
        let unaligned = Int(bitPattern: start) & (alignment - 1)
        let before = unaligned == 0 ? 0 : alignment - unaligned
        let end = unsafe start + before + byteCount
        let after = wide - before - byteCount
        // Safety: both ends of the mapping, which nobody has seen yet.
        if before > 0 { unsafe munmap(start, before) }
        if after > 0 { unsafe munmap(end, after) }
        self.byteCount = byteCount
        unsafe self.base = unsafe start + before
    }

    /// Bytes of a page of the kernel's.
    static var pageBytes: Int { Int(getpagesize()) }

    /// Bytes in whole pages.
    private static func pages(_ byteCount: Int) -> Int? {
        let (rounded, isOver) = max(byteCount, 1).addingReportingOverflow(pageBytes - 1)
        return isOver ? nil : rounded & ~(pageBytes - 1)
    }

    private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        // Safety: a new mapping, at a place of the kernel's choice.
        let pages = unsafe mmap(
            nil,
            byteCount,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
            -1,
            0
        )
        guard let pages = unsafe pages, unsafe pages != MAP_FAILED else { return nil }
        return unsafe pages
    }

    deinit {
        // Safety: mapped in `init`, and nobody keeps the address longer than this object.
        unsafe munmap(base, byteCount)
    }
}
