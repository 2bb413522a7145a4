import Documents
import Images
import TestKit
import Testing

// Goal: an image counts as signed only when a trusted key signed this image under this name, and that can
// be seen again without a network. Method: openssl's keys and signatures in cosign's form, and every way
// to get them wrong.
@Suite(
    "Signatures",
    .enabled(if: Requirement.openssl.isMet, "\(Requirement.openssl.comment)")
)
struct SignatureTests {
    static let digest = Digest.of(Array("the manifest".utf8))
    static let name = "ghcr.io/shop/app"
    static var reference: ImageReference { get throws { try ImageReference("\(name):1.2") } }

    struct Bench {
        let kit: SigningKit
        let store: ImageStore
        let source = SignedSource()
        let key: PublicKey

        static func with(_ body: (Bench) throws -> Void) throws {
            try withScratchDirectory { folder in
                let kit = SigningKit(folder: folder)
                let store = try ImageStore(directory: folder + "/images")
                try body(Bench(kit: kit, store: store, key: kit.makeKey("ours")))
            }
        }

        func policy(
            _ mode: SignaturePolicy.Mode = .require,
            keys: [PublicKey]? = nil,
            signedAs: String? = nil
        ) -> SignaturePolicy {
            let rule = SignaturePolicy.Rule(
                prefix: "ghcr.io/shop",
                mode: mode,
                keys: keys ?? [key],
                signedAs: signedAs
            )
            return SignaturePolicy(rules: [rule])
        }

        func attach(
            _ payload: [UInt8],
            key: String = "ours",
            _ kind: SigningKit.Kind = .ecdsa
        ) throws {
            let signature = try kit.sign(payload, key, kind)
            source.tags[Self.tag] = source.manifest([(payload, signature)])
        }

        static let tag = "sha256-\(SignatureTests.digest.hex).sig"

        func check(
            _ policy: SignaturePolicy? = nil,
            _ subjects: Set<Digest> = [SignatureTests.digest]
        ) throws -> SignatureCheck.Verdict {
            try SignatureCheck(store, policy ?? self.policy())
                .check(SignatureTests.reference, subjects, fetchingFrom: source)
        }

        /// The reason of a refusal.
        func refusal(_ policy: SignaturePolicy? = nil) throws -> String {
            do {
                let verdict = try check(policy)
                Issue.record("\(verdict)")
                return ""
            } catch let error as ImageError {
                #expect(!error.isWorthRetrying && "\(error)".contains("ghcr.io/shop/app:1.2"))
                return "\(error)"
            }
        }
    }

    @Test("ECDSA on P-256 and Ed25519 are taken", arguments: SigningKit.Kind.allCases)
    func kinds(kind: SigningKit.Kind) throws {
        try Bench.with { bench in
            let key = try bench.kit.makeKey("other", kind)
            try bench.attach(SigningKit.payload(Self.digest, name: Self.name), key: "other", kind)
            #expect(try bench.check(bench.policy(keys: [bench.key, key])) == .signed)
            #expect(key.id.count == 16 && key != bench.key)
        }
    }

    @Test(
        "the signed name is the image's own, in whatever way it is written",
        arguments: [
            ("ghcr.io/shop/app", nil, true), ("ghcr.io/shop/app:1.2", nil, true),
            ("ghcr.io/shop/app:1.3", nil, false), ("ghcr.io/shop/ap", nil, false),
            ("ghcr.io/shop/app/x", nil, false), ("", nil, false), ("a b", nil, false),
            ("index.docker.io/shop/app", "docker.io/shop/app", true),
            ("shop/app", "docker.io/shop/app", true), (name, "quay.io/shop/app", false),
        ] as [(String, String?, Bool)]
    )
    func names(signed: String, signedAs: String?, isTaken: Bool) throws {
        try Bench.with { bench in
            try bench.attach(SigningKit.payload(Self.digest, name: signed))
            let verdict = try? bench.check(bench.policy(signedAs: signedAs))
            #expect((verdict == .signed) == isTaken)
        }
    }

    @Test("another key, another image, another text and a changed one are refused with the reason")
    func wrong() throws {
        try Bench.with { bench in
            _ = try bench.kit.makeKey("stranger")
            let good = SigningKit.payload(Self.digest, name: Self.name)
            #expect(try bench.refusal().contains("it has no signature"))
            try bench.attach(good, key: "stranger")
            #expect(try bench.refusal().contains("none of the 1 keys"))
            let other = Digest.of(Array("another".utf8))
            try bench.attach(SigningKit.payload(other, name: Self.name))
            #expect(try bench.refusal().contains("another image, \(other)"))
            try bench.attach(SigningKit.payload(Self.digest, name: Self.name, type: "x"))
            #expect(try bench.refusal().contains("none of cosign's"))
            try bench.attach(SigningKit.payload(Self.digest, name: "ghcr.io/other/app"))
            #expect(try bench.refusal().contains("the name ghcr.io/other/app"))
            try bench.attach(Array("no json".utf8))
            #expect(try bench.refusal().contains("none of cosign's"))
            // A good signature over another text than the one that lies there.
            let signature = try bench.kit.sign(good, "ours")
            let changed = SigningKit.payload(Self.digest, name: "ghcr.io/shop/app:1.2")
            bench.source.tags[Bench.tag] = bench.source.manifest([(changed, signature)])
            #expect(try bench.refusal().contains("none of the 1 keys"))
            // A good one among bad ones counts.
            bench.source.tags[Bench.tag] = bench.source.manifest([
                (changed, signature), (good, signature),
            ])
            #expect(try bench.check() == .signed)
        }
    }

    @Test("keyless signatures are refused by their name")
    func keyless() throws {
        try Bench.with { bench in
            let good = SigningKit.payload(Self.digest, name: Self.name)
            let signature = try bench.kit.sign(good, "ours")
            bench.source.tags[Bench.tag] = bench.source.manifest(
                [(good, signature)],
                extra: ["dev.sigstore.cosign/certificate": "-----BEGIN CERTIFICATE-----"]
            )
            #expect(try bench.refusal().contains("keyless signature"))
            let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"
            bench.source.tags[Bench.tag] = bench.source.manifest(
                [(good, signature)],
                layerType: bundle
            )
            #expect(try bench.refusal().contains("keyless signature"))
        }
    }

    @Test("signatures are found by the referrers tag too, for an index as well as for its manifest")
    func referrers() throws {
        try Bench.with { bench in
            let index = Digest.of(Array("the index".utf8))
            let payload = SigningKit.payload(index, name: Self.name)
            let manifest = bench.source.manifest([(payload, try bench.kit.sign(payload, "ours"))])
            let list: Document = [
                "manifests": [
                    [
                        "mediaType": "application/vnd.oci.image.manifest.v1+json",
                        "digest": .string("\(manifest.digest)"),
                        "size": .integer(manifest.byteCount),
                        "artifactType": "application/vnd.dev.cosign.artifact.sig.v1+json",
                    ]
                ]
            ]
            bench.source.tags["sha256-\(index.hex)"] = bench.source.put(
                list.json(),
                "application/vnd.oci.image.index.v1+json"
            )
            #expect(try bench.check(nil, [Self.digest, index]) == .signed)
            #expect((try? bench.check()) == nil)
        }
    }

    @Test("what was found is kept: it can be checked again offline, and not after the key is gone")
    func offline() throws {
        try Bench.with { bench in
            try bench.attach(SigningKit.payload(Self.digest, name: Self.name))
            #expect(try bench.check() == .signed)
            let asked = bench.source.questions
            #expect(try bench.check() == .signed && bench.source.questions == asked)
            let again = try ImageStore(directory: bench.store.directory)
            let here = SignatureCheck(again, bench.policy())
            #expect(try here.check(Self.reference, [Self.digest]) == .signed)
            let stranger = try bench.kit.makeKey("stranger")
            let strict = SignatureCheck(again, bench.policy(keys: [stranger]))
            #expect(throws: ImageError.self) { try strict.check(Self.reference, [Self.digest]) }
            let reference = try Self.reference
            #expect(here.words(reference, [Self.digest]).text == "signed")
            #expect(
                SignatureCheck(again, SignaturePolicy()).words(reference, []).text == "not needed"
            )
            let words = strict.words(reference, [Self.digest])
            #expect(!words.isTrusted && words.text.contains("none of the 1 keys"))
            #expect(throws: ImageError.self) { try here.check(Self.reference, [.of([1])]) }
            #expect(throws: ImageError.self) {
                try here.check(ImageReference("ghcr.io/shop/other"), [Self.digest])
            }
        }
    }

    @Test("without a rule nothing is asked for; a warning goes on, also when nobody answers")
    func modes() throws {
        try Bench.with { bench in
            #expect(try bench.check(SignaturePolicy()) == .notNeeded)
            #expect(try bench.check(bench.policy(.none)) == .notNeeded)
            #expect(bench.source.questions == 0)
            #expect(try bench.check(bench.policy(.warn)) == .warned("it has no signature"))
            let failure = ImageError.system(call: "connect", path: "registry", errno: 111)
            bench.source.failure = failure
            guard case .warned(let text) = try bench.check(bench.policy(.warn)) else {
                Issue.record("not warned")
                return
            }
            #expect(text.contains("connect registry"))
            #expect(throws: failure) { try bench.check() }
        }
    }

    @Test(
        "other keys are refused, with what is taken",
        arguments: [("EC", "P-384"), ("RSA", ""), ("X25519", "")]
    )
    func otherKeys(algorithm: String, curve: String) throws {
        try Bench.with { bench in
            let text = try bench.kit.makeText("other", algorithm, curve: curve)
            #expect {
                try PublicKey(pem: text)
            } throws: { "\($0)".contains("P-256") }
            let secret = try readFile("\(bench.kit.folder)/ours.key")
            for text in ["", "x", secret, String(repeating: "a", count: 100_000)] {
                #expect(throws: ImageError.self) { try PublicKey(pem: text) }
            }
        }
    }

    @Test("damaged payloads and signatures never count, and never trap")
    func fuzz() throws {
        try Bench.with { bench in
            let payload = SigningKit.payload(Self.digest, name: Self.name)
            let signature = try bench.kit.sign(payload, "ours")
            #expect(bench.key.isValid(signature, of: payload))
            var random = SeededGenerator(seed: 77)
            for _ in 0..<400 {
                let other = random.mutated(payload)
                if other != payload { #expect(!bench.key.isValid(signature, of: other)) }
                let mark = random.mutated(signature)
                if mark != signature { #expect(!bench.key.isValid(mark, of: payload)) }
            }
        }
    }
}

// Goal: the rule of the longest prefix holds, whole names at a time, and the policy is the same for who
// pulls. Method: a table, and the store.
@Suite("Signature policy")
struct SignaturePolicyTests {
    static func rule(_ prefix: String) -> SignaturePolicy.Rule {
        SignaturePolicy.Rule(prefix: prefix, mode: .require, keys: [])
    }

    @Test(
        "the longest prefix decides, up to a slash",
        arguments: [
            ("ghcr.io/org/app:1", "ghcr.io/org/app/"), ("ghcr.io/organic/app", "ghcr.io"),
            ("ghcr.io/org", "ghcr.io/org"), ("app", ""), ("docker.io/org/x", ""),
            ("ghcr.io/org/app/deep", "ghcr.io/org/app/"),
            ("oci:/srv/images/x:1", "oci:/srv/images"),
        ]
    )
    func prefixes(reference: String, prefix: String) throws {
        let prefixes = ["ghcr.io", "", "ghcr.io/org", "ghcr.io/org/app/", "oci:/srv/images"]
        let policy = SignaturePolicy(rules: prefixes.map(Self.rule))
        #expect(try policy.rule(for: ImageReference(reference)).prefix == prefix)
        #expect(try SignaturePolicy().rule(for: ImageReference(reference)).mode == .none)
    }

    @Test("a damaged policy is an error, never one that demands nothing")
    func damaged() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            #expect(try store.policy() == SignaturePolicy())
            let policy = SignaturePolicy(rules: [Self.rule("a/b"), Self.rule("")])
            try store.setPolicy(policy)
            #expect(try ImageStore(directory: folder).policy() == policy)
            for text in ["", "{}", #"{"rules":[{"prefix":"","mode":"x","keys":[]}]}"#] {
                try writeFile(folder + "/signature-policy.json", text)
                #expect(throws: ImageError.self) { try store.policy() }
            }
        }
    }
}
