internal import CCrypto

// This file is a fence: libcrypto's public keys with Swift values in and out.

/// A key that may have signed images: ECDSA on P-256, as cosign makes them, or Ed25519.
public struct PublicKey: Equatable, Sendable {
    /// Bytes of the longest key file that is read.
    public static let byteCountMax: Int64 = 16 * 1024
    // Why: a signature of ECDSA has 72 bytes, of Ed25519 64.
    private static let signatureByteCountMax = 1_024

    /// The key as the text of a file: `-----BEGIN PUBLIC KEY-----`.
    public let pem: String
    /// A short name for it: the first digits of the SHA-256 of its text.
    public var id: String { String(Digest.of(Array(pem.utf8)).hex.prefix(16)) }

    /// Reads a key.
    ///
    /// Throws ``ImageError/malformed(what:message:)`` for what is none, or one of another kind.
    public init(pem text: String) throws(ImageError) {
        pem = text
        // Safety: the handle is ours alone, and freed below.
        guard let key = unsafe Self.open(text) else {
            throw .malformed(what: "public key", message: "it is no public key in PEM")
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe Self.isKnown(key) else {
            throw .malformed(
                what: "public key",
                message: "it is neither ECDSA on P-256 nor Ed25519, as cosign's keys are"
            )
        }
    }

    /// Whether the signature is that of the key's owner over these bytes.
    public func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count <= Self.signatureByteCountMax, let key = unsafe Self.open(pem) else {
            return false
        }
        // Safety: key and context are ours alone and freed here; nothing but the two arrays is read,
        // within their counts.
        let context = unsafe EVP_MD_CTX_new()
        defer {
            unsafe EVP_MD_CTX_free(context)
            unsafe EVP_PKEY_free(key)
        }
        // Ed25519 hashes by itself.
        let hash = unsafe EVP_PKEY_is_a(key, "EC") == 1 ? EVP_sha256() : nil
        guard unsafe context != nil,
            unsafe EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1
        else { return false }
        return unsafe EVP_DigestVerify(
            context,
            signature,
            signature.count,
            message,
            message.count
        ) == 1
    }

    private static func open(_ text: String) -> OpaquePointer? {
        let bytes = Array(text.utf8)
        guard bytes.count <= byteCountMax else { return nil }
        // Safety: the library reads the array within its count while the closure lives, and copies.
        return unsafe bytes.withUnsafeBytes { buffer in
            let file = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
            defer { _ = unsafe BIO_free(file) }
            return unsafe PEM_read_bio_PUBKEY(file, nil, nil, nil)
        }
    }

    private static func isKnown(_ key: OpaquePointer) -> Bool {
        if unsafe EVP_PKEY_is_a(key, "ED25519") == 1 { return true }
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        // Safety: the library writes at most so many bytes as the array has, with a zero at the end.
        guard unsafe EVP_PKEY_is_a(key, "EC") == 1,
            unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1
        else { return false }
        let text = String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text == "prime256v1"
    }
}

/// Base64 as libcrypto reads it, without line ends.
enum Base64Text {
    /// The bytes; nil for what is no base64.
    static func decode(_ text: String) -> [UInt8]? {
        let letters = Array(text.utf8)
        guard letters.count % 4 == 0, letters.count <= 1 << 20 else { return nil }
        let padding = letters.suffix(2).count { $0 == UInt8(ascii: "=") }
        var bytes = [UInt8](repeating: 0, count: letters.count / 4 * 3)
        // Safety: the library writes three bytes for each four letters, for which there is room.
        let count = unsafe EVP_DecodeBlock(&bytes, letters, Int32(letters.count))
        guard count >= 0, Int(count) == bytes.count else { return nil }
        return Array(bytes.dropLast(padding))
    }

    /// The letters.
    static func encode(_ bytes: [UInt8]) -> String {
        guard bytes.count <= 1 << 20 else { return "" }
        var letters = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        // Safety: the library writes four letters for each three bytes, and a zero.
        let count = unsafe EVP_EncodeBlock(&letters, bytes, Int32(bytes.count))
        return String(decoding: letters.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
