import Documents
import Images
import TestKit
import Testing

/// Key pairs by openssl, and signatures in cosign's form made with them.
struct SigningKit {
    let folder: String

    enum Kind: String, Sendable, CaseIterable {
        case ecdsa = "EC"
        case ed25519 = "ED25519"
    }

    /// Makes a key pair; answers its public key.
    func makeKey(_ name: String, _ kind: Kind = .ecdsa, curve: String = "P-256") throws -> PublicKey
    {
        try PublicKey(pem: makeText(name, kind.rawValue, curve: curve))
    }

    /// Makes a key pair of any kind; answers the text of the public key.
    func makeText(_ name: String, _ algorithm: String, curve: String = "P-256") throws -> String {
        let options = algorithm == "EC" ? ["-pkeyopt", "ec_paramgen_curve:\(curve)"] : []
        let key = "\(folder)/\(name).key"
        try openssl(["genpkey", "-algorithm", algorithm, "-out", key] + options)
        try openssl(["pkey", "-in", key, "-pubout", "-out", "\(folder)/\(name).pub"])
        return try readFile("\(folder)/\(name).pub")
    }

    /// What the owner of a key makes of some bytes.
    func sign(_ payload: [UInt8], _ name: String, _ kind: Kind = .ecdsa) throws -> [UInt8] {
        try writeFile(folder + "/payload", payload)
        let key = "\(folder)/\(name).key"
        let files = ["-out", folder + "/signature"]
        switch kind {
        case .ecdsa: try openssl(["dgst", "-sha256", "-sign", key] + files + [folder + "/payload"])
        case .ed25519:
            let input = ["-rawin", "-in", folder + "/payload"]
            try openssl(["pkeyutl", "-sign", "-inkey", key] + input + files)
        }
        return try readBytes(folder + "/signature")
    }

    /// The text that cosign signs.
    static func payload(
        _ digest: Digest,
        name: String,
        type: String = "cosign container image signature"
    ) -> [UInt8] {
        let document: Document = [
            "critical": [
                "identity": ["docker-reference": .string(name)],
                "image": ["docker-manifest-digest": .string("\(digest)")],
                "type": .string(type),
            ],
            "optional": nil,
        ]
        return document.json()
    }

    private func openssl(_ words: [String]) throws {
        let result = try run(try Requirement.openssl.path(), words)
        #expect(result.exitCode == 0, "\(result.standardError)")
    }
}

/// A source that has signatures at tags, and counts what it is asked.
final class SignedSource: BlobSource {
    var tags: [String: BlobDescriptor] = [:]
    var blobs: [Digest: [UInt8]] = [:]
    var failure: ImageError?
    private(set) var questions = 0

    func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        questions += 1
        if let failure { throw failure }
        guard let found = tags[reference.tag ?? ""] else { throw .notFound("no such tag") }
        return found
    }

    func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        guard let bytes = blobs[blob.digest] else { throw .notFound("no \(blob.digest)") }
        try take(bytes)
    }

    func put(_ bytes: [UInt8], _ type: String) -> BlobDescriptor {
        let digest = Digest.of(bytes)
        blobs[digest] = bytes
        return BlobDescriptor(mediaType: type, digest: digest, byteCount: Int64(bytes.count))
    }

    /// The manifest of signatures, as cosign writes it.
    func manifest(
        _ signatures: [(payload: [UInt8], signature: [UInt8])],
        extra: [String: String] = [:],
        layerType: String = "application/vnd.dev.cosign.simplesigning.v1+json"
    ) -> BlobDescriptor {
        let layers = signatures.map { payload, signature -> Document in
            let blob = put(payload, layerType)
            let text = Base64.text(signature)
            let annotations = extra.merging(["dev.cosignproject.cosign/signature": text]) { $1 }
            return [
                "mediaType": .string(layerType), "digest": .string("\(blob.digest)"),
                "size": .integer(blob.byteCount), "annotations": .sortedStrings(annotations),
            ]
        }
        let configuration = put(Array("{}".utf8), "c")
        let manifest: Document = [
            "schemaVersion": 2,
            "config": [
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": .string("\(configuration.digest)"), "size": 2,
            ],
            "layers": .array(layers),
        ]
        return put(manifest.json(), "application/vnd.oci.image.manifest.v1+json")
    }
}

/// Base64 as everybody writes it.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let value = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[$1]) : 0) }
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(
                    isPadding ? UInt8(ascii: "=") : letters[value >> (18 - 6 * index) & 63]
                )
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
