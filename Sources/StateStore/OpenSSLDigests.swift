internal import CCrypto
public import KubeModel

extension Digests {
    /// The digests of the system's libcrypto.
    public static let system = Digests(sha1: { sha1($0) }, sha256: { sha256($0) })

    // Safety: the library reads `count` bytes and writes 20, for which there is room.
    private static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        _ = unsafe SHA1(bytes, bytes.count, &digest)
        return digest
    }

    // Safety: the library reads `count` bytes and writes 32, for which there is room.
    private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = unsafe SHA256(bytes, bytes.count, &digest)
        return digest
    }
}
