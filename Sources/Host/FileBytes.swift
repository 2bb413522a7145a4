internal import Glibc

/// Whole small files.
public enum FileBytes {
    // Why: one page more than most of what we read; the kernel gives /proc files in such pieces.
    private static let pieceBytes = 16_384

    /// All bytes of a file that holds at most `byteCountMax`.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - byteCountMax: The most that it may hold.
    ///   - followsLink: Whether the path may be a link: not where somebody with fewer rights could have
    ///     put one.
    /// - Returns: Its bytes.
    /// - Throws: ``HostError``.
    public static func read(
        _ path: String,
        byteCountMax: Int,
        followsLink: Bool = true
    ) throws(HostError) -> [UInt8] {
        let file = try SystemCall.open(path, O_RDONLY | (followsLink ? 0 : O_NOFOLLOW | O_NONBLOCK))
        return try read(file, path: path, byteCountMax: byteCountMax)
    }

    /// All bytes from the descriptor's position on; `path` only names it in errors.
    public static func read(
        _ file: OwnedDescriptor,
        path: String,
        byteCountMax: Int
    ) throws(HostError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let piece = try SystemCall.read(file, count: pieceBytes, path: path)
            if piece.isEmpty { return bytes }
            bytes += piece
            guard bytes.count <= byteCountMax else {
                throw .tooMuch(what: "bytes in \(path)", count: bytes.count, countMax: byteCountMax)
            }
        }
    }
}
