// This file is a fence: it reads the bytes of a name through a pointer.

/// Whether bytes are UTF-8 as the Unicode standard defines it: no surrogates, nothing overlong.
///
/// Source: Unicode 16, table 3-7 (well-formed UTF-8 byte sequences).
enum UTF8Check {
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            // Safety: `index < count` here, and `isTail` checks its own.
            let first = unsafe bytes[index]
            if first < 0x80 {
                index += 1
                continue
            }
            guard let (tailCount, second) = sequence(first),
                unsafe isTail(bytes, index + 1, second)
            else { return false }
            for offset in 1..<tailCount where unsafe !isTail(bytes, index + 1 + offset, 0x80...0xBF)
            {
                return false
            }
            index += 1 + tailCount
        }
        return true
    }

    /// How many bytes follow `first`, and what the next one may be.
    private static func sequence(_ first: UInt8) -> (tailCount: Int, second: ClosedRange<UInt8>)? {
        switch first {
        case 0xC2...0xDF: (1, 0x80...0xBF)
        case 0xE0: (2, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (2, 0x80...0xBF)
        case 0xED: (2, 0x80...0x9F)
        case 0xF0: (3, 0x90...0xBF)
        case 0xF1...0xF3: (3, 0x80...0xBF)
        case 0xF4: (3, 0x80...0x8F)
        default: nil
        }
    }

    private static func isTail(
        _ bytes: UnsafeRawBufferPointer,
        _ index: Int,
        _ allowed: ClosedRange<UInt8>
    ) -> Bool {
        // Safety: in bounds by the first condition.
        unsafe index < bytes.count && allowed.contains(bytes[index])
    }
}
