import Images
import TestKit
import Testing

// Goal: a reference is read as the field reads it, or refused at the byte that is wrong. Method: tables.
@Suite("Image references")
struct ImageReferenceTests {
    static let hex = String(repeating: "a1", count: 32)

    @Test(
        "defaults are filled in as Docker fills them in",
        arguments: [
            ("busybox", "docker.io/library/busybox:latest"),
            ("wasmedge/example-wasi", "docker.io/wasmedge/example-wasi:latest"),
            ("docker.io/wasmedge/example-wasi:v1", "docker.io/wasmedge/example-wasi:v1"),
            ("localhost/app", "localhost/app:latest"),
            ("localhost:5000/app:1.0", "localhost:5000/app:1.0"),
            ("127.0.0.1:5000/a/b/c:1", "127.0.0.1:5000/a/b/c:1"),
            ("[::1]:5000/app", "[::1]:5000/app:latest"),
            ("ghcr.io/org/a__b.c-d--e:T_1.x-2", "ghcr.io/org/a__b.c-d--e:T_1.x-2"),
            ("ghcr.io/org/app@sha256:\(hex)", "ghcr.io/org/app@sha256:\(hex)"),
            ("app:1@sha256:\(hex)", "docker.io/library/app:1@sha256:\(hex)"),
            ("oci:/var/images:app", "oci:/var/images:app"),
            ("oci:images", "oci:images"),
            ("oci:a:b/c", "oci:a:b/c"),
            ("oci:/a/b:1@sha256:\(hex)", "oci:/a/b:1@sha256:\(hex)"),
        ]
    )
    func normalised(text: String, whole: String) throws {
        #expect("\(try ImageReference(text))" == whole)
    }

    @Test(
        "what is wrong is named with its byte",
        arguments: [
            ("", 0), ("App", 0), ("-app", 0), ("app-", 3), ("a..b", 2), ("a___b", 3), ("a_-b", 2),
            ("a/", 1), ("a//b", 2), ("app:", 4), ("app:-x", 4), ("app:a b", 5), ("a b", 1),
            ("app@sha256:12", 4), ("app@md5:\(hex)", 4), ("host:99999/app", 5), ("oci:", 4),
            ("oci::tag", 4), ("oci:a\0b", 5), ("ghcr.io/Org/app", 8), ("app:\u{e9}", 4),
        ]
    )
    func malformed(text: String, position: Int) {
        do {
            let reference = try ImageReference(text)
            Issue.record("\(text) was taken as \(reference)")
        } catch {
            guard case .malformedReference(text, position, _) = error else {
                Issue.record("\(text): \(error)")
                return
            }
            #expect(error.reason == "InvalidImageName")
            #expect(!error.isWorthRetrying)
        }
    }

    @Test("a layout's path and tag are told apart")
    func layout() throws {
        let reference = try ImageReference("oci:/srv/a.b/c:1.2")
        #expect(reference.place == .layout(path: "/srv/a.b/c"))
        #expect(reference.tag == "1.2")
        #expect(reference.digest == nil)
    }

    @Test("too long names, tags and references are refused")
    func lengths() {
        let long = String(repeating: "a", count: 256)
        for text in [long, "a:\(long)", "oci:" + String(repeating: "a", count: 5_000)] {
            #expect(throws: ImageError.self) { try ImageReference(text) }
        }
    }

    @Test("damaged references never trap, and what is taken can be read again")
    func fuzz() throws {
        var random = SeededGenerator(seed: 20_260)
        let seeds = ["ghcr.io/org/app:1@sha256:\(Self.hex)", "oci:/a/b:c", "[::1]:5000/a/b", "a"]
        for round in 0..<20_000 {
            let bytes = random.mutated(Array(seeds[round % seeds.count].utf8))
            let text = String(decoding: bytes, as: UTF8.self)
            guard let reference = try? ImageReference(text) else { continue }
            #expect(try ImageReference("\(reference)") == reference, "\(text)")
        }
    }
}

@Suite("Digests")
struct DigestTests {
    @Test(
        "known answers of SHA-256 and SHA-512",
        arguments: [
            ("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ""),
            ("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc"),
        ]
    )
    func known(digest: String, text: String) {
        #expect("\(Digest.of(Array(text.utf8)))" == digest)
        #expect(Digest(digest) == Digest.of(Array(text.utf8)))
    }

    @Test("bytes in pieces hash as the whole")
    func pieces() {
        var hasher = DigestHasher(.sha512)
        for byte in "abc".utf8 { hasher.update([byte]) }
        let digest = hasher.finish()
        #expect(digest == Digest.of(Array("abc".utf8), .sha512))
        #expect(digest.hex.hasPrefix("ddaf35a193617abacc417349ae204131"))
    }

    @Test(
        "other algorithms, lengths and digits are no digests",
        arguments: [
            "", "sha256", "sha256:", "sha256:abc", "SHA256:\(ImageReferenceTests.hex)",
            "sha256:\(ImageReferenceTests.hex.uppercased())", "sha512:\(ImageReferenceTests.hex)",
            "sha256:\(ImageReferenceTests.hex)0", "md5:\(ImageReferenceTests.hex)",
        ]
    )
    func refused(text: String) { #expect(Digest(text) == nil) }
}
