import Documents
import Images
import Layers
import TestKit
import Testing

// Goal: the images of an archive are found under their names, and their blobs arrive byte by byte.
// Method: archives written entry by entry; `docker save` in its old shape, with links and without.
@Suite("Archives of images")
struct ArchiveSourceTests {
    static let layer = Array("one layer".utf8)

    static func configuration(_ diffIDs: [Digest]) -> [UInt8] {
        let document: Document = [
            "os": "linux", "architecture": "amd64",
            "rootfs": ["diff_ids": .strings(diffIDs.map { "\($0)" })],
        ]
        return document.json()
    }

    /// An archive as `docker save` made it before it wrote layouts.
    static func saved(
        _ layers: [[UInt8]],
        diffIDs: [Digest]? = nil,
        names: [String] = ["shop/app:1.2"],
        build: (inout TarArchive) -> Void = { _ in }
    ) -> [UInt8] {
        var tar = TarArchive()
        build(&tar)
        for (number, bytes) in layers.enumerated() { tar.file("\(number)/layer.tar", bytes) }
        let configuration = configuration(diffIDs ?? layers.map { Digest.of($0) })
        tar.file("./c.json", configuration)
        let manifest: Document = [
            [
                "Config": "c.json", "RepoTags": .strings(names),
                "Layers": .strings(layers.indices.map { "\($0)/layer.tar" }),
            ]
        ]
        tar.file("manifest.json", manifest.json())
        return tar.finished
    }

    static func with<R>(_ archive: [UInt8], _ body: (ArchiveSource) throws -> R) throws -> R {
        try withScratchDirectory { folder in
            try writeFile(folder + "/archive.tar", archive)
            return try body(ArchiveSource(path: folder + "/archive.tar"))
        }
    }

    static func bytes(
        _ source: ArchiveSource,
        _ blob: BlobDescriptor,
        from offset: Int64 = 0
    ) throws -> [UInt8] {
        var result: [UInt8] = []
        try source.read(blob, from: offset) { chunk throws(ImageError) in result += chunk }
        return result
    }

    @Test("docker save's images get a manifest of our making, the same every time")
    func dockerSave() throws {
        let archive = Self.saved([Self.layer, Self.layer + [1]])
        let digests = try (0..<2).map { _ in
            try Self.with(archive) { source throws in
                let image = try #require(source.images.first)
                #expect(source.images.count == 1 && image.names == ["shop/app:1.2"])
                let json = try Self.bytes(source, image.descriptor)
                #expect(Digest.of(json) == image.descriptor.digest)
                let manifest = try ImageManifest(json: json)
                #expect(try Self.bytes(source, manifest.layers[0]) == Self.layer)
                let second = try Self.bytes(source, manifest.layers[1], from: 4)
                #expect(second == Array((Self.layer + [1]).dropFirst(4)))
                let text = try Self.bytes(source, manifest.configuration)
                #expect(Digest.of(text) == manifest.configuration.digest)
                let configuration = try ImageConfiguration(json: text)
                #expect(try ImageForm(manifest, configuration) == .rootFileSystem)
                return image.descriptor.digest
            }
        }
        #expect(digests[0] == digests[1])
    }

    @Test("a layer that is a link to another image's is found through it")
    func links() throws {
        var tar = TarArchive()
        tar.file("a/layer.tar", Self.layer)
        tar.symbolicLink("b/layer.tar", to: "../a/layer.tar")
        tar.hardLink("c/layer.tar", to: "a/layer.tar")
        let digest = Digest.of(Self.layer)
        tar.file("c.json", Self.configuration([digest, digest]))
        tar.file(
            "manifest.json",
            #"[{"Config":"c.json","RepoTags":null,"Layers":["b/layer.tar","c/layer.tar"]}]"#
        )
        try Self.with(tar.finished) { source throws in
            let image = try #require(source.images.first)
            #expect(image.names.isEmpty)
            let manifest = try ImageManifest(json: Self.bytes(source, image.descriptor))
            #expect(try Self.bytes(source, manifest.layers[1]) == Self.layer)
        }
    }

    @Test("a layer that somebody compressed is known by what it is now")
    func compressed() throws {
        let packed = LayerUnpackerTests.zstd(Self.layer)
        try Self.with(Self.saved([packed], diffIDs: [.of(Self.layer)])) { source throws in
            let image = try #require(source.images.first)
            let manifest = try ImageManifest(json: Self.bytes(source, image.descriptor))
            #expect(manifest.layers[0].digest == .of(packed))
            #expect(try Self.bytes(source, manifest.layers[0]) == packed)
        }
    }

    @Test(
        "an OCI layout in an archive is read by its index, also when docker's file lies beside it"
    )
    func layout() throws {
        let digest = Digest.of(Self.layer)
        func entry(_ annotations: String) -> String {
            #"{"mediaType":"m","digest":"\#(digest)","size":9,"annotations":{\#(annotations)}}"#
        }
        let archive = Self.saved([Self.layer]) { tar in
            tar.file("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)
            tar.file("blobs/sha256/\(digest.hex)", Self.layer)
            let entries = [
                entry(#""org.opencontainers.image.ref.name":"1.0""#),
                entry(#""org.opencontainers.image.ref.name":"shop/app:2""#),
                entry(
                    #""org.opencontainers.image.ref.name":"3","io.containerd.image.name":"docker.io/shop/app:3""#
                ),
            ]
            tar.file("index.json", #"{"manifests":[\#(entries.joined(separator: ","))]}"#)
        }
        try Self.with(archive) { source throws in
            #expect(source.images.map(\.tag) == ["1.0", nil, "3"])
            #expect(source.images.map(\.names) == [[], ["shop/app:2"], ["docker.io/shop/app:3"]])
            #expect(try Self.bytes(source, source.images[0].descriptor) == Self.layer)
            #expect(throws: ImageError.self) { try source.resolve(ImageReference("other:1")) }
            #expect(try source.resolve(ImageReference("shop/app:2")).digest == digest)
        }
    }

    static let broken: [(String, [UInt8])] = {
        func archive(_ build: (inout TarArchive) -> Void) -> [UInt8] {
            var tar = TarArchive()
            build(&tar)
            return tar.finished
        }
        return [
            ("has no files", archive { _ in }),
            (
                "it has x, y",
                archive {
                    $0.file("x", "1"); $0.file("y", "2")
                }
            ),
            ("line 1", archive { $0.file("manifest.json", "{") }),
            ("Config", archive { $0.file("manifest.json", "[{}]") }),
            ("lacks c.json", archive { $0.file("manifest.json", #"[{"Config":"c.json"}]"#) }),
            ("2 diff_ids", saved([layer], diffIDs: [.of([]), .of([1])])),
            (
                "circle",
                archive {
                    $0.symbolicLink("c.json", to: "d.json")
                    $0.symbolicLink("d.json", to: "c.json")
                    $0.file("manifest.json", #"[{"Config":"c.json"}]"#)
                }
            ),
            (
                "lacks ",
                archive {
                    $0.symbolicLink("c.json", to: "../../etc/passwd")
                    $0.file("manifest.json", #"[{"Config":"c.json"}]"#)
                }
            ),
        ]
    }()

    @Test("an archive of something else is refused with what it lacks", arguments: broken.indices)
    func refused(index: Int) throws {
        let (word, archive) = Self.broken[index]
        #expect {
            try Self.with(archive) { _ in }
        } throws: { "\($0)".contains(word) }
    }

    @Test("too many entries are refused")
    func tooMany() {
        var tar = TarArchive()
        for number in 0...10_000 { tar.file("\(number)", "") }
        #expect {
            try Self.with(tar.finished) { _ in }
        } throws: { "\($0)".contains("10001, and at most 10000") }
    }

    @Test("damaged archives never trap")
    func fuzz() throws {
        var random = SeededGenerator(seed: 31)
        let seed = Self.saved([Self.layer]) { tar in
            tar.symbolicLink("l", to: "../x")
            tar.hardLink("h", to: "l")
        }
        for _ in 0..<400 {
            try? Self.with(random.mutated(seed)) { source in
                for image in source.images {
                    let manifest = try ImageManifest(json: Self.bytes(source, image.descriptor))
                    for layer in manifest.layers { _ = try? Self.bytes(source, layer, from: 3) }
                }
            }
        }
    }
}
