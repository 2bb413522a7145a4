/// A path as a guest wrote it down: relative to a folder, UTF-8, without a zero byte.
struct GuestPath: Equatable {
    // Source: Linux, PATH_MAX with its zero byte.
    static let byteCountMax = 4_095

    /// The bytes, without a zero at the end.
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(ErrorNumber) {
        guard bytes.count <= Self.byteCountMax else { throw .nameTooLong }
        guard !bytes.isEmpty else { throw .noEntry }
        guard !bytes.contains(0) else { throw .invalid }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .illegalSequence }
        self.bytes = bytes
    }

    /// Whether it starts at a root, of which a guest has none.
    var isAbsolute: Bool { bytes.first == Self.slash }

    /// Whether it ends in a slash, and so means a folder.
    var endsInSlash: Bool { bytes.last == Self.slash }

    static let slash = UInt8(ascii: "/")
    private static let dots: [UInt8] = [0x2E, 0x2E]

    /// The last name, without slashes behind it, and what stands before it (`.` when nothing does).
    ///
    /// `nil` when there is no last name that could be made or removed: `.`, `..`, or slashes alone.
    var split: (folder: [UInt8], name: [UInt8])? {
        guard let end = bytes.lastIndex(where: { $0 != Self.slash }) else { return nil }
        let trimmed = bytes[...end]
        let start = trimmed.lastIndex(of: Self.slash).map { $0 + 1 } ?? 0
        let name = Array(trimmed[start...])
        guard name != [0x2E], name != Self.dots else { return nil }
        return (start == 0 ? [0x2E] : Array(trimmed[..<start]), name)
    }
}
