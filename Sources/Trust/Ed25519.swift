internal import CCrypto

// This file is a fence: libcrypto's Ed25519 with Swift values in and out.

/// Signatures of RFC 8032 over whole messages.
enum Ed25519 {
    /// Bytes of a private and of a public key.
    static let keyByteCount = 32
    /// Bytes of a signature.
    static let signatureByteCount = 64

    /// The public key that belongs to a private one; nil when the library has no memory.
    static func publicKey(of privateKey: [UInt8]) -> [UInt8]? {
        guard privateKey.count == keyByteCount else { return nil }
        // Safety: the library copies the key; it is freed below, and `count` bounds what is written.
        let key = unsafe EVP_PKEY_new_raw_private_key(
            EVP_PKEY_ED25519,
            nil,
            privateKey,
            privateKey.count
        )
        defer { unsafe EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: keyByteCount)
        var count = bytes.count
        guard unsafe key != nil, unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1,
            count == keyByteCount
        else { return nil }
        return bytes
    }

    /// Signs; nil when the library has no memory.
    static func sign(_ message: [UInt8], privateKey: [UInt8]) -> [UInt8]? {
        guard privateKey.count == keyByteCount else { return nil }
        // Safety: as above; the context is ours alone, and lives as long as the key.
        let key = unsafe EVP_PKEY_new_raw_private_key(
            EVP_PKEY_ED25519,
            nil,
            privateKey,
            privateKey.count
        )
        let context = unsafe EVP_MD_CTX_new()
        defer {
            unsafe EVP_MD_CTX_free(context)
            unsafe EVP_PKEY_free(key)
        }
        var signature = [UInt8](repeating: 0, count: signatureByteCount)
        var count = signature.count
        guard unsafe key != nil, unsafe context != nil,
            unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
            count == signatureByteCount
        else { return nil }
        return signature
    }

    /// Whether the signature is that of the key's owner over these bytes.
    static func isValid(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard publicKey.count == keyByteCount, signature.count == signatureByteCount else {
            return false
        }
        // Safety: as above; nothing but the two arrays is read, within their counts.
        let key = unsafe EVP_PKEY_new_raw_public_key(
            EVP_PKEY_ED25519,
            nil,
            publicKey,
            publicKey.count
        )
        let context = unsafe EVP_MD_CTX_new()
        defer {
            unsafe EVP_MD_CTX_free(context)
            unsafe EVP_PKEY_free(key)
        }
        guard unsafe key != nil, unsafe context != nil,
            unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
        else { return false }
        return unsafe EVP_DigestVerify(
            context,
            signature,
            signature.count,
            message,
            message.count
        ) == 1
    }

    /// SHA-256, for the names of keys.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        // Safety: the library reads `count` bytes and writes 32, for which there is room.
        _ = unsafe SHA256(bytes, bytes.count, &digest)
        return digest
    }
}
