internal import CCrypto

// This file is a fence: libcrypto's reading of certificates and keys.

/// Whether a certificate and a key belong together: asked before a connection that works is given up
/// for them.
public enum CertificatePair {
    // Why: a chain of four with a key has 16 KiB; more is something else.
    private static let byteCountMax = 1 << 20

    /// What is wrong with a pair.
    ///
    /// - Parameters:
    ///   - certificate: PEM; the first certificate counts.
    ///   - key: PEM, not encrypted.
    /// - Returns: One phrase; nil when nothing is wrong.
    public static func problem(certificate: [UInt8], key: [UInt8]) -> String? {
        guard certificate.count <= byteCountMax, key.count <= byteCountMax else {
            return "they are too large to be a certificate and a key"
        }
        // Safety: the buffers outlive the readers, which are freed with what they have read below;
        // every call takes nil for "nothing".
        return unsafe certificate.withUnsafeBytes { certificate in
            unsafe key.withUnsafeBytes { key in
                let certificates = unsafe reader(certificate)
                let keys = unsafe reader(key)
                defer {
                    unsafe BIO_free(certificates)
                    unsafe BIO_free(keys)
                }
                let first = unsafe PEM_read_bio_X509(certificates, nil, nil, nil)
                defer { unsafe X509_free(first) }
                guard unsafe first != nil else { return "the certificate is not readable" }
                let secret = unsafe PEM_read_bio_PrivateKey(keys, nil, nil, nil)
                defer { unsafe EVP_PKEY_free(secret) }
                guard unsafe secret != nil else { return "the key is not readable" }
                guard unsafe X509_check_private_key(first, secret) == 1 else {
                    return "the key is not that of the certificate"
                }
                return nil
            }
        }
    }

    // Safety: the reader points into the buffer, which its caller keeps alive.
    private static func reader(_ bytes: UnsafeRawBufferPointer) -> OpaquePointer? {
        unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
    }
}
