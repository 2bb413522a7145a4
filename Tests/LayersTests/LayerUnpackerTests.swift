import Glibc
import Images
import Layers
import TestKit
import Testing

// Goal: honest layers become a root file system; hostile ones never touch anything outside it.
// Method: archives written byte by byte, and by the real tar, gzip and zstd.
@Suite("Layers")
struct LayerUnpackerTests {
    /// Unpacks layers into a folder of their own and shows it.
    static func unpack(
        _ layers: [[UInt8]],
        _ check: (_ root: String) throws -> Void = { _ in }
    ) throws {
        try withScratchDirectory { folder in
            let root = folder + "/root"
            mkdir(root, 0o700)
            try writeFile(folder + "/outside", "untouched")
            defer { #expect((try? readFile(folder + "/outside")) == "untouched") }
            var unpacker = LayerUnpacker(into: root)
            for (number, layer) in layers.enumerated() {
                let file = "\(folder)/layer\(number)"
                try writeFile(file, layer)
                try unpacker.unpack(file: file, byteCount: Int64(layer.count), name: "\(number)")
            }
            try check(root)
        }
    }

    @Test("files, folders and links arrive with their content and modes")
    func ordinary() throws {
        var tar = TarArchive()
        tar.folder("./")
        tar.folder("bin/", mode: 0o755)
        tar.file("bin/app.wasm", "\0asm", mode: 0o755)
        tar.file("deep/er/file", "made its folders")
        tar.symbolicLink("link", to: "/bin/app.wasm")
        tar.hardLink("hard", to: "bin/app.wasm")
        try Self.unpack([tar.finished]) { root throws in
            #expect(try readFile(root + "/bin/app.wasm") == "\0asm")
            #expect(access(root + "/bin/app.wasm", X_OK) == 0)
            #expect(try readFile(root + "/deep/er/file") == "made its folders")
            #expect(try readFile(root + "/hard") == "\0asm")
            #expect(RootFolder(path: root).resolve("/link") == root + "/bin/app.wasm")
        }
    }

    @Test("whiteouts remove what lower layers brought, and only that")
    func whiteouts() throws {
        var lower = TarArchive()
        lower.file("keep", "1")
        lower.file("gone", "2")
        lower.file("folder/a", "3")
        lower.file("folder/b", "4")
        lower.file("tree/x/y", "5")
        var upper = TarArchive()
        upper.file(".wh.gone", "")
        upper.file(".wh.never-there", "")
        upper.file("folder/.wh..wh..opq", "")
        upper.file("folder/c", "6")
        upper.file(".wh.tree", "")
        try Self.unpack([lower.finished, upper.finished]) { root throws in
            #expect(try readFile(root + "/keep") == "1")
            for path in ["/gone", "/folder/a", "/folder/b", "/tree", "/.wh.gone"] {
                #expect(access(root + path, F_OK) != 0, "\(path) is still there")
            }
            #expect(try readFile(root + "/folder/c") == "6")
        }
    }

    @Test("a later entry replaces an earlier one of another kind")
    func replaced() throws {
        var lower = TarArchive()
        lower.file("a", "file")
        lower.file("b/inside", "x")
        lower.symbolicLink("c", to: "../outside")
        var upper = TarArchive()
        upper.folder("a/")
        upper.file("b", "now a file")
        upper.file("c", "not through the link")
        try Self.unpack([lower.finished, upper.finished]) { root throws in
            #expect(access(root + "/a/.", F_OK) == 0)
            #expect(try readFile(root + "/b") == "now a file")
            #expect(try readFile(root + "/c") == "not through the link")
        }
    }

    static let hostile: [(String, TarArchive, String)] = {
        func archive(_ build: (inout TarArchive) -> Void) -> TarArchive {
            var tar = TarArchive()
            build(&tar)
            return tar
        }
        return [
            ("dots", archive { $0.file("../outside", "x") }, "leaves the root"),
            ("dots inside", archive { $0.file("a/../../outside", "x") }, "leaves the root"),
            ("absolute", archive { $0.file("/tmp/outside", "x") }, "absolute"),
            ("device", archive { $0.device("null") }, "device"),
            ("pipe", archive { $0.pipe("pipe") }, "device"),
            (
                "through a link",
                archive {
                    $0.symbolicLink("out", to: "..")
                    $0.file("out/outside", "x")
                }, "no folder"
            ),
            (
                "hard link outside",
                archive { $0.hardLink("in", to: "../outside") }, "leaves the root"
            ),
            (
                "hard link through a link",
                archive {
                    $0.symbolicLink("out", to: "..")
                    $0.hardLink("in", to: "out/outside")
                }, "no folder"
            ),
            ("whiteout of the parent", archive { $0.file(".wh...", "") }, "whiteout of nothing"),
            ("whiteout of nothing", archive { $0.file(".wh.", "") }, "whiteout of nothing"),
            (
                "deep",
                archive { $0.file(String(repeating: "a/", count: 49) + "b", "x") }, ""
            ),
        ]
    }()

    @Test("hostile entries are refused by name and reason", arguments: hostile.map(\.0).dropLast())
    func refused(name: String) throws {
        let (_, archive, word) = try #require(Self.hostile.first { $0.0 == name })
        do {
            try Self.unpack([archive.finished])
            Issue.record("\(name) was taken")
        } catch let error as ImageError {
            #expect("\(error)".contains(word), "\(error)")
            #expect(!error.isWorthRetrying)
        }
    }

    @Test(
        "a small layer of zeros is honest up to 16 MiB, and beyond that a bomb",
        arguments: [(1_000_000, true), (16 << 20, true), (16 << 20 | 1, false)]
    )
    func bomb(byteCount: Int, isTaken: Bool) throws {
        guard let gzip = Requirement.program("gzip", variable: "GZIP", candidates: []).location
        else { return }
        try withScratchDirectory { folder in
            var tar = TarArchive()
            tar.file("zeros", String(repeating: "\0", count: byteCount))
            try writeFile(folder + "/layer", tar.finished)
            #expect(try run(gzip, ["-9", folder + "/layer"]).exitCode == 0)
            let packed = try readBytes(folder + "/layer.gz")
            do {
                try Self.unpack([packed])
                #expect(isTaken)
            } catch let error as ImageError {
                #expect(!isTaken && "\(error)".contains("16777216 bytes"), "\(error)")
            }
        }
    }

    @Test("gzip is read as well as plain tar, as the real tools write them")
    func compressed() throws {
        try withScratchDirectory { folder in
            mkdir(folder + "/in", 0o700)
            try writeFile(folder + "/in/data.txt", "compressed")
            for (flag, name) in [("-cf", "plain"), ("-czf", "gzip")] {
                let made = try run("tar", [flag, "\(folder)/\(name)", "-C", folder + "/in", "."])
                #expect(made.exitCode == 0, "\(made.standardError)")
                try Self.unpack([readBytes("\(folder)/\(name)")]) { root throws in
                    #expect(try readFile(root + "/data.txt") == "compressed")
                }
            }
        }
    }

    @Test(
        "what is no archive is refused with the layer's name",
        arguments: [
            Array("this is not a tar archive, whatever its media type says".utf8),
            [0x1F, 0x8B, 8, 0, 1],
        ] as [[UInt8]]
    )
    func noArchive(bytes: [UInt8]) throws {
        do {
            try Self.unpack([bytes])
            Issue.record("taken")
        } catch let error as ImageError {
            #expect("\(error)".contains("layer 0"))
        }
    }

    @Test("damaged archives never trap and never leave the root")
    func fuzz() throws {
        var tar = TarArchive()
        tar.file("a/b", "content")
        tar.symbolicLink("l", to: "..")
        tar.hardLink("h", to: "a/b")
        var random = SeededGenerator(seed: 9)
        for _ in 0..<300 {
            let bytes = random.mutated(tar.finished, changesMax: 40)
            try? Self.unpack([bytes])
        }
    }
}
