/// The program's standard streams, without a buffer in between.
///
/// A followed log must appear when it is written, and the bytes of a workload need not be text.
public enum StandardStream: Int32 {
    /// Where a program reads what it is given.
    case input = 0
    /// Where a program writes what it was asked for.
    case output = 1
    /// Where a program says what went wrong.
    case error = 2

    /// Writes to standard output; what cannot be written is lost.
    public static func output(_ text: String) { _ = output.write(Array(text.utf8)) }

    /// Writes to standard error; what cannot be written is lost.
    public static func error(_ text: String) { _ = error.write(Array(text.utf8)) }

    private static let pieceByteCount = 65_536

    /// Writes all bytes; `false` when nobody reads any more.
    public func write(_ bytes: [UInt8]) -> Bool {
        do throws(HostError) {
            try SystemCall.write(try OwnedDescriptor.copy(of: rawValue), bytes, path: path)
            return true
        } catch {
            return false
        }
    }

    /// Reads to the end, but less than a piece over `byteCountMax`; what cannot be read is the end.
    public func readAll(byteCountMax: Int) -> [UInt8] {
        guard let stream = try? OwnedDescriptor.copy(of: rawValue) else { return [] }
        var bytes: [UInt8] = []
        while bytes.count <= byteCountMax {
            let piece = try? SystemCall.read(stream, count: Self.pieceByteCount, path: path)
            guard let piece, !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    private var path: String { "standard stream \(rawValue)" }
}
