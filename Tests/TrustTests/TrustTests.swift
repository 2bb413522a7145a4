import KubeModel
import TestKit
import Testing

@testable import Trust

// Goal: rule 3's signatures: nothing that was not signed for this node counts. Method: keys and vectors
// of RFC 8032, keys of OpenSSL's program, and every byte changed.
@Suite("Trust")
struct TrustTests {
    static let openssl = Requirement.program(
        "openssl",
        variable: "SWIFTLET_OPENSSL",
        candidates: []
    )

    @Test("RFC 8032, 7.1, tests 1 to 3: keys and signatures are those of the standard")
    func vectors() throws {
        let vectors = [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                    + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                    + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            ),
        ]
        for (secret, open, message, signature) in vectors {
            let key = try #require(Hexadecimal.bytes(secret))
            let bytes = try #require(Hexadecimal.bytes(message))
            let expected = try #require(Hexadecimal.bytes(signature))
            #expect(Ed25519.publicKey(of: key) == Hexadecimal.bytes(open))
            #expect(Ed25519.sign(bytes, privateKey: key) == expected)
            let own = try #require(Hexadecimal.bytes(open))
            #expect(Ed25519.isValid(expected, of: bytes, publicKey: own))
        }
    }

    private let manifest = Array(#"{"node":"gw-1","generation":7}"#.utf8)

    @Test("rule 3: a signature counts for its bytes and its key, and for nothing else")
    func manifests() throws {
        let key = try SigningKey()
        let trust = try TrustedKeys([SigningKey().verifyingKey, key.verifyingKey])
        let signature = try key.sign(manifest: manifest)
        #expect(throws: Never.self) { try trust.verify(signature, manifest: manifest) }
        let read = try #require(Signature(payload: signature.payload))
        #expect(read == signature)
        for index in manifest.indices {
            var other = manifest
            other[index] ^= 1
            #expect(throws: TrustError.wrong(keyID: key.verifyingKey.id)) {
                try trust.verify(signature, manifest: other)
            }
        }
        for index in signature.bytes.indices {
            var other = signature
            other.bytes[index] ^= 0x40
            #expect(throws: TrustError.self) { try trust.verify(other, manifest: manifest) }
        }
        for count in [0, 63, 65] {
            let short = Signature(
                keyID: signature.keyID,
                bytes: [UInt8](repeating: 0, count: count)
            )
            #expect(throws: TrustError.self) { try trust.verify(short, manifest: manifest) }
        }
        let stranger = try SigningKey()
        #expect(throws: TrustError.unknownKey(id: stranger.verifyingKey.id)) {
            try trust.verify(stranger.sign(manifest: manifest), manifest: manifest)
        }
        #expect(throws: TrustError.noKeys) { try TrustedKeys([]) }
    }

    @Test("rule 3: a request's signature is over its bytes, its ID and its node")
    func requests() throws {
        let key = try SigningKey()
        let trust = try TrustedKeys([key.verifyingKey])
        let request = Array(#"{"verb":"prune","deadline":"2026-11-23T08:00:00Z"}"#.utf8)
        let payload = try key.sign(request: request, id: "a", node: "gw-1")
        #expect(try trust.verify(request: payload, id: "a", node: "gw-1") == request)
        for (id, node) in [("b", "gw-1"), ("a", "gw-2"), ("a\ngw-1", "x")] {
            #expect(throws: TrustError.wrong(keyID: key.verifyingKey.id)) {
                try trust.verify(request: payload, id: id, node: node)
            }
        }
        #expect(throws: TrustError.notSigned) {
            try trust.verify(request: request, id: "a", node: "gw-1")
        }
        // A manifest's signature is no request's, whatever the bytes.
        let forged = SignedRequest(
            request: request,
            signature: try key.sign(manifest: request)
        )
        #expect(throws: TrustError.self) {
            try trust.verify(request: forged.payload, id: "a", node: "gw-1")
        }
    }

    @Test("damaged signatures and keys are refused, never a crash")
    func damaged() throws {
        let key = try SigningKey()
        let trust = try TrustedKeys([key.verifyingKey])
        let signature = try key.sign(manifest: manifest).payload
        let request = try key.sign(request: manifest, id: "a", node: "n")
        var random = SeededGenerator(seed: 9)
        for _ in 0..<300 {
            if let one = Signature(payload: random.mutated(signature)) {
                try? trust.verify(one, manifest: manifest)
            }
            _ = try? trust.verify(request: random.mutated(request), id: "a", node: "n")
            let text = String(decoding: random.mutated(Array(key.pem.utf8)), as: UTF8.self)
            _ = try? SigningKey(pem: text)
            _ = try? VerifyingKey(text: text)
        }
    }

    @Test("keys survive their files, a public one also as one line without its frame")
    func files() throws {
        let key = try SigningKey()
        #expect(try SigningKey(pem: key.pem).verifyingKey == key.verifyingKey)
        let open = key.verifyingKey
        #expect(try VerifyingKey(text: open.pem) == open)
        let line = try #require(open.pem.split(separator: "\n").dropFirst().first)
        #expect(try VerifyingKey(text: String(line)) == open)
        #expect(open.id.utf8.count == 16)
        for wrong in ["", "-----BEGIN PUBLIC KEY-----", open.pem + "x", key.pem, "AAAA"] {
            #expect(throws: TrustError.noKey(kind: "public")) { try VerifyingKey(text: wrong) }
        }
        #expect(throws: TrustError.noKey(kind: "private")) { try SigningKey(pem: open.pem) }
        #expect(!"\(key)".contains(key.pem.prefix(60)))
    }

    @Test(
        "OpenSSL's program and we read each other's keys and signatures",
        .enabled(if: openssl.isMet, Comment(rawValue: openssl.comment))
    )
    func openSSL() throws {
        try withScratchDirectory { folder in
            let openssl = try Self.openssl.path()
            let files = ["key", "pub", "sig", "text"].map { "\(folder)/\($0)" }
            #expect(
                try run(openssl, ["genpkey", "-algorithm", "ed25519", "-out", files[0]])
                    .exitCode == 0
            )
            let key = try SigningKey(pem: readFile(files[0]))
            _ = try run(openssl, ["pkey", "-in", files[0], "-pubout", "-out", files[1]])
            #expect(try VerifyingKey(text: readFile(files[1])) == key.verifyingKey)
            try writeFile(files[0], key.pem)
            try writeFile(files[3], "text")
            let signing = [
                "-sign", "-rawin", "-inkey", files[0], "-in", files[3], "-out", files[2],
            ]
            #expect(try run(openssl, ["pkeyutl"] + signing).exitCode == 0)
            let ours = try key.sign(manifest: Array("text".utf8))
            #expect(try readBytes(files[2]) == ours.bytes)
        }
    }
}
