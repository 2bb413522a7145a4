internal import Documents

/// A signature of cosign's: a payload that names an image, and the key owner's mark on it.
///
/// Source: sigstore/cosign, specs/SIGNATURE_SPEC.md; the payload is Red Hat's "simple signing".
public struct ImageSignature: Equatable, Sendable {
    private static let type = "cosign container image signature"

    /// The bytes that were signed.
    public var payload: [UInt8]
    /// The mark.
    public var signature: [UInt8]

    /// A signature as it came; nothing of it has been checked.
    public init(payload: [UInt8], signature: [UInt8]) {
        self.payload = payload
        self.signature = signature
    }

    /// Why this signature does not make an image trusted under a rule; `nil` when it does.
    ///
    /// In this order: a key must have signed, and what is said must be about this image and this name;
    /// else an attacker could attach another image's signature.
    func fault(
        _ subjects: Set<Digest>,
        _ reference: ImageReference,
        _ rule: SignaturePolicy.Rule
    ) -> String? {
        guard rule.keys.contains(where: { $0.isValid(signature, of: payload) }) else {
            return "signed by none of the \(rule.keys.count) keys"
        }
        guard let document = try? Document(json: payload), let critical = document["critical"],
            critical["type"]?.string == Self.type
        else { return "the signed text is none of cosign's" }
        let digest = critical["image"]?["docker-manifest-digest"]?.string.flatMap { Digest($0) }
        guard let digest, subjects.contains(digest) else {
            return "signed was another image, \(digest.map { "\($0)" } ?? "without a digest")"
        }
        let name = critical["identity"]?["docker-reference"]?.string ?? ""
        guard let wanted = rule.signedAs ?? reference.repositoryName else {
            return "the rule for \(rule.prefix) must say with signedAs which name is signed"
        }
        guard Self.isSame(name, wanted, tag: reference.tag) else {
            return "signed was the name \(name.prefix(256)), not \(wanted)"
        }
        return nil
    }

    /// Whether the signed name is that of a repository; one with a tag must have the image's.
    private static func isSame(_ signed: String, _ wanted: String, tag: String?) -> Bool {
        func name(_ text: String) -> (String, tag: String?)? {
            let text = text.hasPrefix("index.docker.io/") ? String(text.dropFirst(6)) : text
            guard let reference = try? ImageReference(text) else { return nil }
            let hasTag = text.hasSuffix(":\(reference.tag ?? "")")
            return (reference.nameWithoutTag, hasTag ? reference.tag : nil)
        }
        guard let signed = name(signed), let wanted = name(wanted) else { return false }
        return signed.0 == wanted.0 && (signed.tag == nil || tag == nil || signed.tag == tag)
    }
}

extension ImageReference {
    /// The repository, for an image of a registry.
    fileprivate var repositoryName: String? {
        switch place {
        case .registry: nameWithoutTag
        case .layout: nil
        }
    }
}

extension ImageStore {
    /// Signatures of one image that are kept: more are not worth the room.
    static let signatureCountMax = 32

    private func signaturePath(_ subject: Digest) -> String {
        "\(directory)/signatures/\(subject.algorithm.rawValue)-\(subject.hex).json"
    }

    /// The signatures that were found for a digest when it was last pulled; as they came, so that they
    /// can be checked again, with other keys, without a network.
    public func signatures(of subject: Digest) -> [ImageSignature] {
        let path = signaturePath(subject)
        guard let json = try? StoreFile.read(path, byteCountMax: ImageLimits.manifestByteCountMax),
            let list = try? parsedJSON(json, what: path)["signatures"]?.array
        else { return [] }
        return list.compactMap { entry in
            guard let payload = entry["payload"]?.string.flatMap(Base64Text.decode),
                let signature = entry["signature"]?.string.flatMap(Base64Text.decode)
            else { return nil }
            return ImageSignature(payload: payload, signature: signature)
        }
    }

    func keep(_ signatures: [ImageSignature], of subject: Digest) throws(ImageError) {
        try StoreFile.makeFolder("\(directory)/signatures")
        let list = signatures.prefix(Self.signatureCountMax).map { one -> Document in
            [
                "payload": .string(Base64Text.encode(one.payload)),
                "signature": .string(Base64Text.encode(one.signature)),
            ]
        }
        let document: Document = ["subject": .string("\(subject)"), "signatures": .array(list)]
        try StoreFile.replace(signaturePath(subject), document.json())
    }
}
