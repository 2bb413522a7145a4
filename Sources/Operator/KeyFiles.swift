internal import Host
public import Trust

/// The files of a controller's key.
public enum KeyFiles {
    // Why: a key's file has 120 bytes; a larger one is something else.
    private static let byteCountMax = 4_096

    /// Makes a pair: `PATH.key`, which nobody else may read, and `PATH.pub` for the nodes.
    ///
    /// - Parameter path: Where; files that are there already stay.
    /// - Returns: The key's name.
    /// - Throws: ``OperatorError/refused(what:message:)`` and what kept them from disk.
    public static func make(_ path: String) throws(OperatorError) -> String {
        for name in ["\(path).key", "\(path).pub"] where FileTime.modified(name) != nil {
            throw .refused(what: name, message: "it is there already; a lost key is lost for good")
        }
        let key: SigningKey
        do throws(TrustError) { key = try SigningKey() } catch {
            throw .refused(what: path, message: error.description)
        }
        do throws(HostError) {
            try AtomicFile.write(Array(key.pem.utf8), to: "\(path).key", mode: 0o600)
            let open = key.verifyingKey.pem
            try AtomicFile.write(Array(open.utf8), to: "\(path).pub", mode: 0o644)
        } catch {
            throw .notRead(message: error.description)
        }
        return key.verifyingKey.id
    }

    /// Reads a private key.
    ///
    /// - Throws: ``OperatorError/notRead(message:)``.
    public static func read(_ path: String) throws(OperatorError) -> SigningKey {
        let bytes: [UInt8]
        do throws(HostError) {
            bytes = try FileBytes.read(path, byteCountMax: byteCountMax)
        } catch {
            throw .notRead(message: error.description)
        }
        do throws(TrustError) {
            return try SigningKey(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .notRead(message: "\(path): \(error)")
        }
    }

    /// The payload of `desired/manifest.sig` for a manifest's exact bytes.
    ///
    /// - Throws: ``OperatorError/refused(what:message:)``.
    public static func signature(
        of manifest: [UInt8],
        by key: SigningKey
    ) throws(OperatorError) -> [UInt8] {
        do throws(TrustError) { return try key.sign(manifest: manifest).payload } catch {
            throw .refused(what: "the manifest", message: error.description)
        }
    }
}
