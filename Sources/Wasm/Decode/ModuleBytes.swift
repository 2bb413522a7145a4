// This file is a fence: it holds the pointer to a module's bytes.

/// A module's bytes where they lie: mapped from a file or in memory; never copied.
///
/// Sendable because nobody writes to them as long as the module lives.
@safe
public struct ModuleBytes: @unchecked Sendable {
    // Safety: read only through checked offsets (`BinaryReader`, the functions below); whoever made
    // this value keeps the bytes alive and unchanged, or has handed over their owner.
    let base: UnsafeRawPointer
    /// Bytes in the module.
    public let count: Int
    /// Keeps the bytes alive when they are our own copy.
    private let owner: Owner?

    /// Bytes that the caller keeps alive and unchanged as long as a module made of them lives.
    ///
    /// Meant for a read-only file mapping.
    public init(_ bytes: UnsafeRawBufferPointer) {
        // Safety: an empty buffer may have no address; then any address will do, none is read.
        unsafe self.base = bytes.baseAddress ?? UnsafeRawPointer(Owner.nowhere)
        self.count = bytes.count
        self.owner = nil
    }

    /// A copy of `bytes`, freed with the last module made of it.
    public init(copying bytes: [UInt8]) {
        let owner = Owner(bytes)
        // Safety: the owner stays alive as long as this value.
        unsafe self.base = UnsafeRawPointer(owner.base)
        self.count = bytes.count
        self.owner = owner
    }

    /// The text in `range`, which must be UTF-8 that was checked; bytes that are not are replaced.
    func string(_ range: Range<Int>) -> String {
        guard 0 <= range.lowerBound, range.upperBound <= count else { return "" }
        // Safety: the range lies inside, by the line above.
        return unsafe String(
            decoding: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count),
            as: UTF8.self
        )
    }

    // Safety: memory of our own, made in `init`, freed in `deinit`, written to in between by nobody.
    @safe
    private final class Owner: @unchecked Sendable {
        let base: UnsafeMutableRawPointer

        // Safety: an address that is never read or written.
        nonisolated(unsafe) static let nowhere = UnsafeMutableRawPointer.allocate(
            byteCount: 1,
            alignment: 1
        )

        init(_ bytes: [UInt8]) {
            // Safety: `count` bytes are made and filled, at least one so that there is an address.
            unsafe self.base = .allocate(byteCount: max(bytes.count, 1), alignment: 16)
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(start: base, count: bytes.count)
                    .copyMemory(from: source)
            }
        }

        deinit {
            // Safety: made by `init`.
            unsafe base.deallocate()
        }
    }
}
