internal import CCrypto

// This file is a fence: libcrypto's message digests with Swift values in and out.

/// Hashes bytes as they come.
@safe
public struct DigestHasher: ~Copyable {
    private let context: OpaquePointer?
    private let algorithm: Digest.Algorithm

    /// A hasher that has seen nothing yet.
    public init(_ algorithm: Digest.Algorithm) {
        self.algorithm = algorithm
        // Safety: the context is ours alone and freed in deinit; libcrypto answers nil when memory
        // is short, and every call below does nothing with nil.
        unsafe context = EVP_MD_CTX_new()
        let kind =
            switch algorithm {
            case .sha256: unsafe EVP_sha256()
            case .sha512: unsafe EVP_sha512()
            }
        _ = unsafe EVP_DigestInit_ex(context, kind, nil)
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        // Safety: the buffer lives as long as the closure.
        _ = unsafe bytes.withUnsafeBytes { buffer in
            unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
    }

    /// The digest of all that came.
    public consuming func finish() -> Digest {
        var length: UInt32 = 0
        // Safety: EVP_MAX_MD_SIZE is the most that libcrypto writes.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) {
            buffer,
            count in
            unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
            count = min(Int(length), Int(EVP_MAX_MD_SIZE))
        }
        return Digest(algorithm: algorithm, bytes: bytes)
    }
}

extension Digest {
    /// The digest of bytes that are all here.
    public static func of(_ bytes: [UInt8], _ algorithm: Algorithm = .sha256) -> Digest {
        var hasher = DigestHasher(algorithm)
        hasher.update(bytes)
        return hasher.finish()
    }
}
