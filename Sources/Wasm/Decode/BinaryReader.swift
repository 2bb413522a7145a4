// This file is a fence: it reads a module's bytes through a pointer, inside checked bounds.

/// Reads a range of a module's bytes from front to back.
///
/// Every read checks that it stays before ``end``; errors carry the offset from the module's start.
/// The one rule for its user: the module's bytes outlive the reader.
///
/// Source: WebAssembly 3.0, §5.2 (values).
@safe
struct BinaryReader {
    // Safety: `0 <= position <= end <= count of the bytes` holds after every operation.
    private let base: UnsafeRawPointer
    /// The offset of the next byte, from the start of the module.
    private(set) var position: Int
    /// The offset behind the last byte that may be read.
    let end: Int

    /// Reads `range` of `bytes`, or as much of it as exists.
    init(_ bytes: ModuleBytes, _ range: Range<Int>) {
        // Safety: both bounds are brought inside.
        unsafe self.base = bytes.base
        self.end = min(max(range.upperBound, 0), bytes.count)
        self.position = min(max(range.lowerBound, 0), self.end)
    }

    @inline(__always)
    var isAtEnd: Bool { position == end }

    /// Bytes left.
    @inline(__always)
    var remaining: Int { end - position }

    /// The next byte, which stays unread; `nil` at the end.
    @inline(__always)
    var next: UInt8? {
        // Safety: in bounds by the condition.
        position < end ? unsafe base.load(fromByteOffset: position, as: UInt8.self) : nil
    }

    @inline(__always)
    mutating func byte() throws(ModuleError) -> UInt8 {
        guard position < end else { throw unexpectedEnd }
        // Safety: in bounds by the line above.
        let value = unsafe base.load(fromByteOffset: position, as: UInt8.self)
        position += 1
        return value
    }

    /// Leaves out `count` bytes, a number that the module gave.
    @inline(__always)
    mutating func skip(_ count: UInt32) throws(ModuleError) -> Range<Int> {
        guard Int(count) <= remaining else {
            throw .malformed("length out of bounds", at: position)
        }
        let start = position
        position += Int(count)
        return start..<position
    }

    /// Goes on at `offset`, which lies between here and the end.
    mutating func move(to offset: Int) {
        precondition(position <= offset && offset <= end)
        position = offset
    }

    /// A reader for the next `count` bytes; this one goes on behind them.
    mutating func part(_ count: UInt32) throws(ModuleError) -> BinaryReader {
        let range = try skip(count)
        return BinaryReader(self, range)
    }

    private init(_ whole: BinaryReader, _ range: Range<Int>) {
        // Safety: `range` comes from `skip`, so it lies inside `whole`.
        unsafe self.base = whole.base
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    /// Four bytes, little-endian.
    @inline(__always)
    mutating func fixed32() throws(ModuleError) -> UInt32 {
        guard remaining >= 4 else { throw unexpectedEnd }
        // Safety: in bounds by the line above.
        let value = unsafe base.loadUnaligned(fromByteOffset: position, as: UInt32.self)
        position += 4
        return UInt32(littleEndian: value)
    }

    /// Eight bytes, little-endian.
    @inline(__always)
    mutating func fixed64() throws(ModuleError) -> UInt64 {
        guard remaining >= 8 else { throw unexpectedEnd }
        // Safety: in bounds by the line above.
        let value = unsafe base.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        position += 8
        return UInt64(littleEndian: value)
    }

    /// A vector of bytes that is valid UTF-8, as its range in the module.
    mutating func name() throws(ModuleError) -> Range<Int> {
        let start = position
        let range = try skip(try u32())
        // Safety: `skip` has checked the range.
        let isValid = unsafe UTF8Check.isValid(
            UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        )
        guard isValid else { throw .malformed("malformed UTF-8 encoding", at: start) }
        return range
    }

    var unexpectedEnd: ModuleError {
        .malformed("unexpected end of section or function", at: position)
    }
}
