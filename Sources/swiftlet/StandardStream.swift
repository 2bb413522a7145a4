import Glibc

// This file is a fence: the program's standard streams without a buffer in between, because a
// followed log must appear when it is written, and bytes of a workload need not be text.

/// One of the program's standard streams.
enum StandardStream: Int32 {
    case input = 0
    case output = 1
    case error = 2

    private static let pieceByteCount = 65_536

    /// Writes all bytes; `false` when nobody reads any more.
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            // Safety: the pointer is used within the call only, with its own count.
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(rawValue, bytes.baseAddress, bytes.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Reads to the end, but no more than one byte over `byteCountMax`.
    func readAll(byteCountMax: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.pieceByteCount)
        while bytes.count <= byteCountMax {
            // Safety: as above.
            let count = unsafe piece.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(rawValue, bytes.baseAddress, bytes.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += piece[..<count]
        }
        return bytes
    }
}

/// The value of an environment variable; `nil` when it is unset or empty.
func environmentVariable(_ name: String) -> String? {
    // Safety: the text is copied at once; this program never changes its environment.
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}
