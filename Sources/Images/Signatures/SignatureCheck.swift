/// Decides whether an image may be used, by its signatures.
public struct SignatureCheck: Sendable {
    /// What was found.
    public enum Verdict: Equatable, Sendable {
        /// Nothing need be signed.
        case notNeeded
        /// A key of the rule signed this image under this name.
        case signed
        /// Nobody did, and the rule only warns.
        case warned(String)
    }

    private static let payloadType = "application/vnd.dev.cosign.simplesigning.v1+json"
    private static let signatureKey = "dev.cosignproject.cosign/signature"
    private static let certificateKey = "dev.sigstore.cosign/certificate"
    private static let bundlePrefix = "application/vnd.dev.sigstore.bundle"
    /// Bytes of a signed text; cosign's have 250.
    private static let payloadByteCountMax: Int64 = 64 * 1024

    private let store: ImageStore
    private let policy: SignaturePolicy

    /// Checks by a policy, with what a store has kept.
    public init(_ store: ImageStore, _ policy: SignaturePolicy) {
        self.store = store
        self.policy = policy
    }

    /// Looks at what is kept, without a network.
    ///
    /// `subjects` are the digests that the image goes by: its manifest's, and that of the index that the
    /// name stood for.
    ///
    /// - Throws: ``ImageError/untrusted(reference:reason:)``.
    public func check(
        _ reference: ImageReference,
        _ subjects: Set<Digest>
    ) throws(ImageError) -> Verdict {
        let rule = policy.rule(for: reference)
        guard rule.mode != .none else { return .notNeeded }
        let kept = subjects.flatMap { store.signatures(of: $0) }
        return try verdict(kept, [], subjects, reference, rule)
    }

    /// A verdict for people.
    public struct Words: Equatable, Sendable {
        /// `signed`, `not needed`, or what is wrong.
        public var text: String
        /// Whether the image may be used.
        public var isTrusted: Bool
    }

    /// What is kept, in words.
    public func words(_ reference: ImageReference, _ subjects: Set<Digest>) -> Words {
        do throws(ImageError) {
            switch try check(reference, subjects) {
            case .notNeeded: return Words(text: "not needed", isTrusted: true)
            case .signed: return Words(text: "signed", isTrusted: true)
            case .warned(let reason): return Words(text: "only warned: \(reason)", isTrusted: true)
            }
        } catch {
            return Words(text: "\(error)", isTrusted: false)
        }
    }

    /// Looks at what is kept, and fetches signatures when that is not enough; what was fetched is kept.
    ///
    /// - Throws: ``ImageError/untrusted(reference:reason:)``, and why signatures could not be fetched.
    public func check(
        _ reference: ImageReference,
        _ subjects: Set<Digest>,
        fetchingFrom source: some BlobSource
    ) throws(ImageError) -> Verdict {
        let rule = policy.rule(for: reference)
        guard rule.mode != .none else { return .notNeeded }
        let kept = subjects.flatMap { store.signatures(of: $0) }
        if (try? verdict(kept, [], subjects, reference, rule)) == .signed { return .signed }
        var found: [ImageSignature] = []
        var remarks: [String] = []
        do throws(ImageError) {
            for subject in subjects.sorted(by: { $0.hex < $1.hex }) {
                let fetched = try fetch(subject, reference, source, &remarks)
                if !fetched.isEmpty { try store.keep(fetched, of: subject) }
                found += fetched
            }
        } catch {
            // Why: a rule that only warns must not stop a pull because the signatures are not there.
            guard rule.mode == .warn else { throw error }
            remarks.append("\(error)")
        }
        return try verdict(kept + found, remarks, subjects, reference, rule)
    }

    private func verdict(
        _ signatures: [ImageSignature],
        _ remarks: [String],
        _ subjects: Set<Digest>,
        _ reference: ImageReference,
        _ rule: SignaturePolicy.Rule
    ) throws(ImageError) -> Verdict {
        var faults = remarks
        for signature in signatures {
            guard let fault = signature.fault(subjects, reference, rule) else { return .signed }
            if !faults.contains(fault) { faults.append(fault) }
        }
        let reason = faults.isEmpty ? "it has no signature" : faults.joined(separator: "; ")
        guard rule.mode == .require else { return .warned(reason) }
        throw .untrusted(reference: "\(reference)", reason: reason)
    }

    /// The signatures that a source has for a digest.
    private func fetch(
        _ subject: Digest,
        _ reference: ImageReference,
        _ source: some BlobSource,
        _ remarks: inout [String]
    ) throws(ImageError) -> [ImageSignature] {
        var found: [ImageSignature] = []
        let attachments = try source.attachments(of: subject, beside: reference)
        for descriptor in attachments.prefix(ImageLimits.indexEntryCountMax) {
            if descriptor.mediaType.hasPrefix(Self.bundlePrefix) {
                remarks.append(Self.keyless)
                continue
            }
            let json = try store.ingestDocument(descriptor, from: source)
            guard let manifest = try? ImageManifest(json: json) else { continue }
            if manifest.artifactType?.hasPrefix(Self.bundlePrefix) == true
                || manifest.layers.contains(where: { $0.mediaType.hasPrefix(Self.bundlePrefix) })
            {
                remarks.append(Self.keyless)
            }
            for layer in manifest.layers where layer.mediaType == Self.payloadType {
                guard found.count < ImageStore.signatureCountMax else { return found }
                if layer.annotations[Self.certificateKey]?.isEmpty == false {
                    remarks.append(Self.keyless)
                    continue
                }
                let text = layer.annotations[Self.signatureKey] ?? ""
                guard let bytes = Base64Text.decode(text), !bytes.isEmpty else { continue }
                let blob = try store.ingest(layer, from: source, most: Self.payloadByteCountMax)
                let payload = try StoreFile.read(blob.path, byteCountMax: Self.payloadByteCountMax)
                found.append(ImageSignature(payload: payload, signature: bytes))
            }
        }
        return found
    }

    private static let keyless =
        "it has a keyless signature (a Sigstore certificate or bundle), which cannot be checked "
        + "without a transparency log: sign it with a key pair too"
}

extension BlobSource {
    /// What is attached to an image under the tags that cosign and the distribution specification use
    /// for registries that know no referrers: `sha256-HEX.sig`, and an index at `sha256-HEX`.
    ///
    /// Nothing there is no error.
    public func attachments(
        of subject: Digest,
        beside reference: ImageReference
    ) throws(ImageError) -> [BlobDescriptor] {
        let stem = "\(subject.algorithm.rawValue)-\(subject.hex)"
        var found: [BlobDescriptor] = []
        for tag in ["\(stem).sig", stem] {
            // A sha512 has more digits than a tag may have letters.
            guard let tagged = try? reference.tagged(tag) else { continue }
            do throws(ImageError) {
                let descriptor = try resolve(tagged)
                guard MediaTypes.isIndex(descriptor.mediaType) else {
                    found.append(descriptor)
                    continue
                }
                var json: [UInt8] = []
                try read(descriptor, from: 0) { chunk throws(ImageError) in
                    guard json.count + chunk.count <= ImageLimits.manifestByteCountMax else {
                        throw .tooLarge(
                            what: "index \(tag)",
                            actual: Int64(json.count + chunk.count),
                            most: ImageLimits.manifestByteCountMax
                        )
                    }
                    json += chunk
                }
                found += try ImageIndex(json: json).manifests
            } catch .notFound {
                continue
            } catch {
                throw error
            }
        }
        return found
    }
}
