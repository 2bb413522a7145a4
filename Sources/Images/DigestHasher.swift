internal import CCrypto

// This file is a fence: libcrypto's message digests with Swift values in and out.

/// Hashes bytes as they come; what it has seen can be kept and gone on with by another process.
public struct DigestHasher: ~Copyable {
    private enum Context {
        case sha256(SHA256_CTX)
        case sha512(SHA512_CTX)
    }

    private var context: Context

    /// A hasher that has seen nothing yet.
    public init(_ algorithm: Digest.Algorithm) {
        switch algorithm {
        case .sha256:
            var state = SHA256_CTX()
            // Safety: libcrypto fills the local that it is given, and keeps no pointer; so below.
            unsafe swiftlet_sha256_begin(&state)
            context = .sha256(state)
        case .sha512:
            var state = SHA512_CTX()
            // Safety: as above.
            unsafe swiftlet_sha512_begin(&state)
            context = .sha512(state)
        }
    }

    /// Goes on from a ``state``; false, and nothing done, when the bytes are none of this algorithm.
    public mutating func resume(from bytes: [UInt8]) -> Bool {
        switch context {
        case .sha256(var state):
            // Safety: as many bytes as the structure has, of plain numbers; what libcrypto takes for
            // an index into its buffer is checked.
            guard bytes.count == MemoryLayout<SHA256_CTX>.size else { return false }
            unsafe withUnsafeMutableBytes(of: &state) { unsafe $0.copyBytes(from: bytes) }
            guard state.num < UInt32(SHA256_CBLOCK), state.md_len == 32 else { return false }
            context = .sha256(state)
        case .sha512(var state):
            // Safety: as above.
            guard bytes.count == MemoryLayout<SHA512_CTX>.size else { return false }
            unsafe withUnsafeMutableBytes(of: &state) { unsafe $0.copyBytes(from: bytes) }
            guard state.num < UInt32(SHA512_CBLOCK), state.md_len == 64 else { return false }
            context = .sha512(state)
        }
        return true
    }

    /// What it has seen, in libcrypto's own form: for the same kind of machine only.
    public var state: [UInt8] {
        switch context {
        case .sha256(let state):
            // Safety: the bytes of a structure of plain numbers are copied out.
            return unsafe withUnsafeBytes(of: state) { unsafe [UInt8]($0) }
        case .sha512(let state):
            // Safety: as above.
            return unsafe withUnsafeBytes(of: state) { unsafe [UInt8]($0) }
        }
    }

    /// Takes more bytes.
    public mutating func update(_ bytes: [UInt8]) {
        switch context {
        case .sha256(var state):
            // Safety: the buffer lives as long as the closure.
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe swiftlet_sha256_add(&state, buffer.baseAddress, buffer.count)
            }
            context = .sha256(state)
        case .sha512(var state):
            // Safety: as above.
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe swiftlet_sha512_add(&state, buffer.baseAddress, buffer.count)
            }
            context = .sha512(state)
        }
    }

    /// The digest of all that came.
    public consuming func finish() -> Digest {
        switch context {
        case .sha256(var state):
            var bytes = [UInt8](repeating: 0, count: 32)
            // Safety: libcrypto writes 32 bytes.
            unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                unsafe swiftlet_sha256_end(&state, buffer.baseAddress)
            }
            return Digest(algorithm: .sha256, bytes: bytes)
        case .sha512(var state):
            var bytes = [UInt8](repeating: 0, count: 64)
            // Safety: libcrypto writes 64 bytes.
            unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                unsafe swiftlet_sha512_end(&state, buffer.baseAddress)
            }
            return Digest(algorithm: .sha512, bytes: bytes)
        }
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
