import Documents
import Glibc
import Images
import TestKit
import Testing

// Goal: an image that people made with the tools they know is taken without a network, and runs.
// Method: the real swiftlet-pull on archives by the real skopeo, and on layouts by make-image.
@Suite(
    "Importing",
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)"),
    .enabled(if: Requirement.skopeo.isMet, "\(Requirement.skopeo.comment)")
)
struct ImportProgramTests {
    typealias Place = PullProgramTests.Place

    private func skopeo(_ place: Place, _ source: String, _ target: String) async throws {
        let words = ["--insecure-policy", "copy", "--quiet", source, target]
        let home = ["HOME": place.folder, "TMPDIR": place.folder]
        let made = try await runAside(try Requirement.skopeo.path(), words, environment: home)
        #expect(made.exitCode == 0, "\(made.standardError)")
    }

    /// The exit code, the names under which images are here now, and the last line.
    private func take(
        _ place: Place,
        _ path: String,
        _ name: [String] = []
    ) async throws -> (Int32, [String], String) {
        let words = ["--store", place.store, "--import", path] + name
        let result = try await runAside(try place.program, words)
        let lines = result.standardOutput.split(separator: "\n").map(String.init)
        let names = lines.compactMap { line -> String? in
            guard case .imported(let name, _)? = PullReport(line: line) else { return nil }
            return name
        }
        return (result.exitCode, names, lines.last ?? "")
    }

    private func check(_ place: Place, _ name: String) throws {
        let store = try ImageStore(directory: place.store)
        let image = try #require(try store.lookup(ImageReference(name)))
        let entry = try image.entry(command: ["/app.wasm"], args: nil)
        #expect(entry.isAdmitted)
        #expect(try readBytes(entry.modulePath) == PullProgramTests.good)
    }

    @Test("a docker-archive, an oci-archive and a layout by skopeo are taken under their names")
    func bySkopeo() async throws {
        try await PullProgramTests.with { place in
            try await place.pack("it", ["app.wasm": PullProgramTests.good, "data": [1, 2, 3]])
            let source = "oci:\(place.layout):it"
            try await skopeo(place, source, "docker-archive:\(place.folder)/docker.tar:shop/app:1")
            try await skopeo(place, source, "oci-archive:\(place.folder)/oci.tar:shop/app:2")
            try await skopeo(place, source, "oci:\(place.folder)/copy:shop/app:3")
            let taken = [
                ("docker.tar", "docker.io/shop/app:1"), ("oci.tar", "docker.io/shop/app:2"),
                ("copy", "docker.io/shop/app:3"),
            ]
            for (file, name) in taken {
                let (code, names, last) = try await take(place, "\(place.folder)/\(file)")
                #expect(code == 0 && names == [name], "\(last)")
                try check(place, name)
            }
        }
    }

    @Test(
        "each form is taken from a layout under a given name, and without one is asked for it",
        arguments: [[], ["--plain-tar"], ["--form", "platform"], ["--form", "artifact"]]
    )
    func named(flags: [String]) async throws {
        try await PullProgramTests.with { place in
            try await place.pack("it", ["app.wasm": PullProgramTests.good], flags)
            let (code, _, last) = try await take(place, place.layout)
            #expect(code == 75 && last.contains("give it a name"), "\(last)")
            let (again, names, _) = try await take(place, place.layout, ["example.com/a/b:7"])
            #expect(again == 0 && names == ["example.com/a/b:7"])
            try check(place, "example.com/a/b:7")
        }
    }

    @Test("of several images a name picks the one of its tag")
    func picked() async throws {
        try await PullProgramTests.with { place in
            try await place.pack("one", ["app.wasm": PullProgramTests.good])
            try await place.pack(
                "two",
                ["app.wasm": PullProgramTests.good],
                ["--form", "artifact"]
            )
            let (code, names, _) = try await take(place, place.layout, ["a/b:two"])
            #expect(code == 0 && names == ["docker.io/a/b:two"])
            let store = try ImageStore(directory: place.store)
            let image = try #require(try store.lookup(ImageReference("a/b:two")))
            #expect(image.form == .moduleArtifact)
            let (other, _, last) = try await take(place, place.layout, ["a/b:three"])
            #expect(other == 75 && last.contains("holds 2 images"), "\(last)")
        }
    }

    @Test("a layer that does not unpack to its diff_id is refused for good")
    func diffID() async throws {
        try await PullProgramTests.with { place in
            var inner = TarArchive()
            inner.file("app.wasm", PullProgramTests.good)
            let packed = LayerUnpackerTests.zstd(inner.finished)
            let archive = ArchiveSourceTests.saved([packed], diffIDs: [.of(packed)])
            try writeFile(place.folder + "/bad.tar", archive)
            let (code, _, last) = try await take(place, place.folder + "/bad.tar")
            #expect(code == 65 && last.contains("diff_ids"), "\(last)")
            #expect(try ImageStore(directory: place.store).list().isEmpty)
            let good = ArchiveSourceTests.saved([packed], diffIDs: [.of(inner.finished)])
            try writeFile(place.folder + "/good.tar", good)
            #expect(try await take(place, place.folder + "/good.tar").0 == 0)
            try check(place, "shop/app:1.2")
        }
    }

    @Test("a component and a native program are told apart from what runs")
    func components() async throws {
        try await PullProgramTests.with { place in
            let component = Array("\0asm".utf8) + [13, 0, 1, 0]
            try await place.pack("it", ["app.wasm": component], ["--form", "artifact"])
            let (code, _, last) = try await take(place, place.layout, ["a/b:1"])
            #expect(code == 65 && last.contains("component model"), "\(last)")
        }
    }

    @Test("an image whose files were lost is put together again from its layers, with no source")
    func restored() async throws {
        try await PullProgramTests.with { place in
            try await place.pack("it", ["app.wasm": PullProgramTests.good])
            #expect(try await take(place, place.layout, ["a/b:1"]).0 == 0)
            removeTree(place.layout)
            let store = try ImageStore(directory: place.store)
            let image = try #require(try store.lookup(ImageReference("a/b:1")))
            let root = try #require(image.rootDirectory)
            try writeFile(root + "/app.wasm", "lost")
            try store.setAside(image, store.verify(image))
            #expect(try store.lookup(ImageReference("a/b:1")) == nil)
            let words = ["--store", place.store, "--restore", "a/b:1"]
            #expect(try await runAside(try place.program, words).exitCode == 0)
            try check(place, "a/b:1")
            // Not so when a layer is lost as well.
            let again = try #require(try store.lookup(ImageReference("a/b:1")))
            let layer = try #require(
                try store.inventory().items[again.manifestDigest]?.blobs.keys.first {
                    $0 != again.manifestDigest
                }
            )
            try writeFile(store.blobPath(layer), "lost")
            try writeFile(root + "/app.wasm", "lost")
            try store.setAside(again, store.verify(again))
            let result = try await runAside(try place.program, words)
            #expect(result.exitCode == 75 && result.standardError.contains("lacks the blob"))
        }
    }
}
