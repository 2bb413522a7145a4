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
        let pageBytes = Int(getpagesize())
        let (rounded, isOver) = max(byteCount, 1).addingReportingOverflow(pageBytes - 1)
        guard !isOver else { return nil }
        self.byteCount = rounded & ~(pageBytes - 1)
        // Safety: a new mapping, at a place of the kernel's choice.
        let pages = unsafe mmap(
            nil,
            self.byteCount,
            PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
            -1,
            0
        )
        guard let pages = unsafe pages, unsafe pages != MAP_FAILED else { return nil }
        unsafe self.base = pages
    }

    deinit {
        // Safety: mapped in `init`, and nobody keeps the address longer than this object.
        unsafe munmap(base, byteCount)
    }
}
