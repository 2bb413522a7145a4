import Images
import TestKit
import Testing

// Goal: each form of image is recognised, and what we do not run is refused by its name.
@Suite("Manifests")
struct ManifestTests {
    static let digest = "sha256:" + String(repeating: "0f", count: 32)

    static func manifest(config: String, layers: [String]) -> [UInt8] {
        let list = layers.map { #"{"mediaType":"\#($0)","digest":"\#(digest)","size":3}"# }
        return Array(
            """
            {"schemaVersion":2,"config":{"mediaType":"\(config)","digest":"\(digest)","size":2},
             "layers":[\(list.joined(separator: ","))]}
            """.utf8
        )
    }

    static func configuration(_ platform: String) -> ImageConfiguration {
        var configuration = ImageConfiguration()
        configuration.platform = platform
        return configuration
    }

    static let image = "application/vnd.oci.image.config.v1+json"
    static let docker = "application/vnd.docker.container.image.v1+json"
    static let tar = "application/vnd.oci.image.layer.v1.tar"

    @Test(
        "forms are told apart by media types",
        arguments: [
            (image, [tar + "+gzip"], "linux/amd64", ImageForm.rootFileSystem),
            (
                docker, ["application/vnd.docker.image.rootfs.diff.tar.gzip"], "wasi/wasm",
                .rootFileSystem
            ),
            (image, [tar, tar + "+zstd"], "linux/wasm", .rootFileSystem),
            (
                image, ["application/vnd.bytecodealliance.wasm.component.layer.v0+wasm"],
                "wasip1/wasm", .moduleImage
            ),
            (image, ["application/vnd.w3c.wasm.module.v1+wasm"], "wasi/wasm", .moduleImage),
            (
                "application/vnd.wasm.config.v0+json", ["application/wasm"], "wasip1/wasm",
                .moduleArtifact
            ),
            (
                "application/vnd.wasm.config.v1+json",
                ["application/vnd.wasm.content.layer.v1+wasm"], "/", .moduleArtifact
            ),
            (
                "application/vnd.module.wasm.config.v1+json",
                ["application/vnd.module.wasm.content.layer.v1+wasm"], "/", .moduleArtifact
            ),
        ]
    )
    func forms(config: String, layers: [String], platform: String, form: ImageForm) throws {
        let manifest = try ImageManifest(json: Self.manifest(config: config, layers: layers))
        #expect(try ImageForm(manifest, Self.configuration(platform)) == form)
    }

    @Test(
        "what is not run is named",
        arguments: [
            (image, ["application/vnd.fermyon.spin.application.v1+config"], "wasi/wasm", "Spin"),
            ("application/vnd.wasm.config.v0+json", ["application/wasm"], "wasip2/wasm", "wasip2"),
            (
                "application/vnd.wasm.config.v0+json", ["application/wasm", "application/wasm"],
                "wasip1/wasm", "2 layers"
            ),
            ("application/vnd.wasm.config.v0+json", ["text/plain"], "wasip1/wasm", "text/plain"),
            (image, ["text/plain"], "linux/amd64", "text/plain"),
            ("application/vnd.cncf.helm.config.v1+json", [tar], "/", "helm"),
            (
                image, ["application/vnd.wasm.content.layer.v1+wasm", "application/wasm"],
                "wasip1/wasm", "2 layers"
            ),
            (
                "application/vnd.module.wasm.config.v1+json",
                [
                    "application/vnd.module.wasm.content.layer.v1+wasm",
                    "application/vnd.module.wasm.content.layer.v1+wasm",
                ], "/", "2 layers"
            ),
        ]
    )
    func refused(config: String, layers: [String], platform: String, word: String) throws {
        let manifest = try ImageManifest(json: Self.manifest(config: config, layers: layers))
        do {
            let form = try ImageForm(manifest, Self.configuration(platform))
            Issue.record("taken as \(form)")
        } catch {
            #expect("\(error)".contains(word))
            #expect(!error.isWorthRetrying)
        }
    }

    static func index(_ platforms: [String]) -> [UInt8] {
        let entries = platforms.enumerated().map { position, platform -> String in
            let parts = platform.split(separator: "/")
            let platform =
                platform.isEmpty
                ? "" : #","platform":{"os":"\#(parts[0])","architecture":"\#(parts[1])"}"#
            return #"{"mediaType":"m","digest":"\#(digest)","size":\#(position)\#(platform)}"#
        }
        return Array(#"{"manifests":[\#(entries.joined(separator: ","))]}"#.utf8)
    }

    @Test(
        "from an index the wasm image is chosen, and a lone one whatever it says",
        arguments: [
            (["linux/amd64", "wasi/wasm"], 1), (["linux/wasm", "wasip1/wasm"], 1),
            (["wasi/wasm32", "linux/arm64"], 0), (["linux/amd64"], 0), ([""], 0),
            (["linux/amd64", "linux/arm64"], nil), (["wasip2/wasm", "linux/amd64"], nil), ([], nil),
        ] as [([String], Int64?)]
    )
    func platforms(platforms: [String], chosen: Int64?) throws {
        let index = try ImageIndex(json: Self.index(platforms))
        #expect((try? index.choose().byteCount) == chosen)
    }

    @Test(
        "an artifact that calls itself a component is refused, one whose component is null is not"
    )
    func component() throws {
        let type = "application/vnd.wasm.config.v0+json"
        let json = Self.manifest(config: type, layers: ["application/wasm"])
        let manifest = try ImageManifest(json: json)
        func configuration(_ component: String) throws -> ImageConfiguration {
            let text = #"{"architecture":"wasm","os":"wasip1","layerDigests":[],"component":"#
            return try ImageConfiguration(json: Array("\(text)\(component)}".utf8))
        }
        #expect(try ImageForm(manifest, configuration("null")) == .moduleArtifact)
        #expect(throws: ImageError.self) {
            try ImageForm(manifest, configuration(#"{"imports":[],"exports":["a"]}"#))
        }
    }

    @Test("an artifact of another kind is named by its type")
    func artifactType() throws {
        let json = """
            {"artifactType":"application/vnd.example.sbom",
             "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"\(Self.digest)","size":2},
             "layers":[]}
            """
        let manifest = try ImageManifest(json: Array(json.utf8))
        #expect(
            throws: ImageError.unsupported(
                found: "an artifact of type application/vnd.example.sbom"
            )
        ) { try ImageForm(manifest, ImageConfiguration()) }
    }

    @Test("attestations beside a lone image do not hide it")
    func attestations() throws {
        let json = """
            {"manifests":[
             {"mediaType":"m","digest":"\(Self.digest)","size":1,
              "platform":{"os":"linux","architecture":"amd64"}},
             {"mediaType":"m","digest":"\(Self.digest)","size":2,
              "platform":{"os":"unknown","architecture":"unknown"},
              "annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]}
            """
        #expect(try ImageIndex(json: Array(json.utf8)).choose().byteCount == 1)
    }

    @Test(
        "diff_ids are read, and must be as many as the layers",
        arguments: [(0, true), (1, false), (2, true), (3, false)]
    )
    func diffIDs(count: Int, isRight: Bool) throws {
        let list = (0..<count).map { _ in #""\#(Self.digest)""# }.joined(separator: ",")
        let json = #"{"rootfs":{"type":"layers","diff_ids":[\#(list)]}}"#
        let configuration = try ImageConfiguration(json: Array(json.utf8))
        let layers = Self.manifest(config: Self.image, layers: [Self.tar, Self.tar])
        let manifest = try ImageManifest(json: layers)
        let found = try? configuration.diffIDs(of: manifest)
        #expect((found != nil) == isRight)
        if isRight {
            #expect(found == Array(repeating: count == 0 ? nil : Digest(Self.digest), count: 2))
        }
    }

    @Test("a diff_id that is no digest is refused with its place")
    func badDiffID() {
        #expect {
            try ImageConfiguration(json: Array(#"{"rootfs":{"diff_ids":["md5:1"]}}"#.utf8))
        } throws: { "\($0)".contains("rootfs.diff_ids[0]") }
    }

    @Test(
        "a file is told by its first bytes",
        arguments: [
            ("\0asm\u{1}\0\0\0", ProgramKind.module), ("\0asm\r\0\u{1}\0", .component),
            ("\0asm", .module), ("\u{7F}ELF", .native), ("#!/bin/sh", .native), ("\0as", .other),
            ("", .other),
        ] as [(String, ProgramKind)]
    )
    func kinds(bytes: String, kind: ProgramKind) throws {
        try withScratchDirectory { folder in
            try writeFile(folder + "/file", bytes)
            #expect(try ProgramKind(file: folder + "/file") == kind)
        }
    }

    @Test(
        "a malformed manifest is refused with the path of the field",
        arguments: [
            (#"{"layers":[]}"#, "config"),
            (#"{"config":{"mediaType":"m","digest":"x","size":1},"layers":[]}"#, "config.digest"),
            (
                #"{"config":{"mediaType":"m","digest":"\#(digest)","size":-1},"layers":[]}"#,
                "config.size"
            ),
            (
                #"{"config":{"mediaType":"m","digest":"\#(digest)","size":1},"layers":[{}]}"#,
                "layers[0]"
            ),
            ("[", "line 1"), ("{}x", "line 1"), (#"{"a":1,"a":2}"#, "a"),
        ]
    )
    func malformed(json: String, word: String) {
        do {
            _ = try ImageManifest(json: Array(json.utf8))
            Issue.record("\(json) was taken")
        } catch {
            #expect("\(error)".contains(word), "\(error)")
        }
    }

    @Test("too many layers are refused with both numbers")
    func layerCount() {
        let json = Self.manifest(config: Self.image, layers: Array(repeating: Self.tar, count: 129))
        #expect(throws: ImageError.tooLarge(what: "number of layers", actual: 129, most: 128)) {
            try ImageManifest(json: json)
        }
    }

    @Test("damaged manifests never trap")
    func fuzz() {
        var random = SeededGenerator(seed: 4)
        let seeds = [
            Self.manifest(config: Self.image, layers: [Self.tar]),
            Self.index(["wasi/wasm", "linux/amd64"]),
        ]
        for round in 0..<2_000 {
            let bytes = random.mutated(seeds[round % 2])
            _ = try? ImageManifest(json: bytes)
            _ = try? ImageIndex(json: bytes).choose()
            _ = try? ImageConfiguration(json: bytes)
        }
    }
}
