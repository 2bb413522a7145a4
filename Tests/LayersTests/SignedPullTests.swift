import Documents
import Glibc
import Images
import TestKit
import Testing

// Goal: the program that pulls heeds the store's policy before it fetches a layer. Method: the real
// swiftlet-pull on layouts by make-image, signed with openssl's keys in cosign's form.
@Suite(
    "Signed pulls",
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)"),
    .enabled(if: Requirement.openssl.isMet, "\(Requirement.openssl.comment)")
)
struct SignedPullTests {
    typealias Place = PullProgramTests.Place
    static let name = "ghcr.io/shop/app"

    /// Makes a key pair, demands it of every layout, and answers the signer's key file.
    private func demand(_ place: Place, _ mode: SignaturePolicy.Mode) async throws -> String {
        let key = place.folder + "/k.key"
        let curve = ["-pkeyopt", "ec_paramgen_curve:P-256"]
        try await openssl(["genpkey", "-algorithm", "EC", "-out", key] + curve)
        try await openssl(["pkey", "-in", key, "-pubout", "-out", place.folder + "/k.pub"])
        let rule = SignaturePolicy.Rule(
            prefix: "",
            mode: mode,
            keys: [try PublicKey(pem: readFile(place.folder + "/k.pub"))],
            signedAs: Self.name
        )
        try ImageStore(directory: place.store).setPolicy(SignaturePolicy(rules: [rule]))
        return key
    }

    /// Signs the image of a tag and puts the signature beside it, as `cosign save` does.
    private func sign(_ place: Place, _ tag: String, _ key: String, name: String) async throws {
        let indexPath = place.layout + "/index.json"
        let index = try Document(json: readBytes(indexPath))
        var entries = index["manifests"]?.array ?? []
        let wanted = entries.first {
            $0["annotations"]?["org.opencontainers.image.ref.name"]?.string == tag
        }
        let digest = try #require(wanted?["digest"]?.string)
        let payload =
            #"{"critical":{"identity":{"docker-reference":"\#(name)"},"image":{"docker-manifest-digest":"\#(digest)"},"type":"cosign container image signature"},"optional":null}"#
        try writeFile(place.folder + "/payload", payload)
        let signature = place.folder + "/signature"
        try await openssl([
            "dgst", "-sha256", "-sign", key, "-out", signature, place.folder + "/payload",
        ])
        let text = try await runAside(
            try Requirement.openssl.path(),
            ["base64", "-A", "-in", signature]
        )
        let layer = try put(place, Array(payload.utf8))
        let configuration = try put(place, Array("{}".utf8))
        let manifest = try put(
            place,
            Array(
                """
                {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
                "digest":"\(configuration)","size":2},"layers":[{"mediaType":\
                "application/vnd.dev.cosign.simplesigning.v1+json","digest":"\(layer)",\
                "size":\(payload.utf8.count),"annotations":{"dev.cosignproject.cosign/signature":\
                "\(text.standardOutput)"}}]}
                """.utf8
            )
        )
        entries.append([
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": .string("\(manifest)"),
            "size": .integer(Int64(try readBytes(blob(place, manifest)).count)),
            "annotations": [
                "org.opencontainers.image.ref.name": .string(
                    digest.replacing(":", with: "-") + ".sig"
                )
            ],
        ])
        let new: Document = ["schemaVersion": 2, "manifests": .array(entries)]
        try writeFile(indexPath, new.json())
    }

    private func blob(_ place: Place, _ digest: Digest) -> String {
        "\(place.layout)/blobs/sha256/\(digest.hex)"
    }

    private func put(_ place: Place, _ bytes: [UInt8]) throws -> Digest {
        let digest = Digest.of(bytes)
        try writeFile(blob(place, digest), bytes)
        return digest
    }

    private func openssl(_ words: [String]) async throws {
        let result = try await runAside(try Requirement.openssl.path(), words)
        #expect(result.exitCode == 0, "\(result.standardError)")
    }

    @Test("an unsigned image is refused before a layer is fetched, a signed one is pulled")
    func required() async throws {
        try await PullProgramTests.with { place in
            try await place.pack("it", ["app.wasm": PullProgramTests.good])
            let key = try await demand(place, .require)
            let (code, report) = try await place.pull("it")
            guard code == 65, case .failed("ErrImagePull", let message, false)? = report else {
                Issue.record("\(report as Any)")
                return
            }
            #expect(message.contains("it has no signature"))
            let layers = try await runAside(
                "/usr/bin/find",
                [place.store + "/blobs", "-type", "f", "-size", "+1k"]
            )
            #expect(layers.standardOutput.isEmpty, "\(layers.standardOutput)")
            try await sign(place, "it", key, name: "ghcr.io/other/app")
            #expect(try await place.pull("it").0 == 65)
            try await sign(place, "it", key, name: Self.name)
            // The layout has two of that tag now, and the first one counts: as a moved tag.
            try dropFirstSignature(place)
            #expect(try await place.pull("it").0 == 0)
            let image = try #require(try place.image("it"))
            let store = try ImageStore(directory: place.store)
            let check = SignatureCheck(store, try store.policy())
            let reference = try ImageReference("oci:\(place.layout):it")
            #expect(try check.check(reference, image.signedDigests) == .signed)
        }
    }

    private func dropFirstSignature(_ place: Place) throws {
        let path = place.layout + "/index.json"
        var entries = try Document(json: readBytes(path))["manifests"]?.array ?? []
        let first = entries.firstIndex {
            $0["annotations"]?["org.opencontainers.image.ref.name"]?.string?.hasSuffix(".sig")
                == true
        }
        entries.remove(at: try #require(first))
        let new: Document = ["schemaVersion": 2, "manifests": .array(entries)]
        try writeFile(path, new.json())
    }

    @Test("a policy that warns says so in a line, and the image is pulled")
    func warned() async throws {
        try await PullProgramTests.with { place in
            try await place.pack("it", ["app.wasm": PullProgramTests.good])
            _ = try await demand(place, .warn)
            let result = try await runAside(place.program, place.words("it"))
            let reports = result.standardOutput.split(separator: "\n").compactMap {
                PullReport(line: String($0))
            }
            #expect(result.exitCode == 0)
            #expect(reports.contains { if case .warning = $0 { true } else { false } })
        }
    }

    @Test("an import needs its signature beside it, and takes it along")
    func imported() async throws {
        try await PullProgramTests.with { place in
            try await place.pack("it", ["app.wasm": PullProgramTests.good])
            let key = try await demand(place, .require)
            let words = ["--store", place.store, "--import", place.layout, "\(Self.name):1"]
            #expect(try await runAside(place.program, words).exitCode == 65)
            try await sign(place, "it", key, name: Self.name)
            let result = try await runAside(place.program, words)
            #expect(result.exitCode == 0, "\(result.standardError)")
            let store = try ImageStore(directory: place.store)
            let reference = try ImageReference("\(Self.name):1")
            #expect(try store.lookup(reference) != nil)
            #expect(try store.list().count == 1)
        }
    }

    @Test("a policy that cannot be read stops every pull")
    func damagedPolicy() async throws {
        try await PullProgramTests.with { place in
            try await place.pack("it", ["app.wasm": PullProgramTests.good])
            _ = try await demand(place, .none)
            try writeFile(place.store + "/signature-policy.json", "{")
            #expect(try await place.pull("it").0 == 65)
        }
    }
}
