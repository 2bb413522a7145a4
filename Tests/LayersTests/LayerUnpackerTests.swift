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
        diffIDs: [Digest] = [],
        _ check: (_ root: String) throws -> Void = { _ in }
    ) throws {
        try withScratchDirectory { folder in
            let root = folder + "/root"
            mkdir(root, 0o700)
            try writeFile(folder + "/outside", "untouched")
            defer { #expect((try? readFile(folder + "/outside")) == "untouched") }
            var unpacker = LayerUnpacker(
                into: root,
                leaving: DiskReserve(at: root, name: root)
            )
            for (number, layer) in layers.enumerated() {
                let file = "\(folder)/layer\(number)"
                try writeFile(file, layer)
                try unpacker.unpack(
                    file: file,
                    byteCount: Int64(layer.count),
                    name: "\(number)",
                    diffID: number < diffIDs.count ? diffIDs[number] : nil
                )
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
                "too deep",
                archive {
                    $0.longName(String(repeating: "a/", count: 129) + "b")
                    $0.file("b", "x")
                }, "nested 130 folders deep"
            ),
            (
                "a long part",
                archive {
                    $0.longName(String(repeating: "n", count: 256))
                    $0.file("b", "x")
                }, "more than 255 bytes"
            ),
            (
                "a long name",
                archive {
                    $0.longName(String(repeating: "n/", count: 2_500))
                    $0.file("b", "x")
                }, "name of 5000 bytes"
            ),
            (
                "absolute by pax",
                archive {
                    $0.pax([("path", "/tmp/outside")])
                    $0.file("b", "x")
                }, "absolute"
            ),
            (
                "dots by pax",
                archive {
                    $0.pax([("path", "a/../../outside")])
                    $0.file("b", "x")
                }, "leaves the root"
            ),
            ("hard link to nothing", archive { $0.hardLink("in", to: "gone") }, "no file here"),
            (
                "hard link to a folder",
                archive {
                    $0.folder("f/")
                    $0.hardLink("in", to: "f")
                }, "no file here"
            ),
            ("the root as a file", archive { $0.file(".", "x") }, "root"),
            ("an empty link", archive { $0.symbolicLink("l", to: "") }, "links to nothing"),
        ]
    }()

    @Test("hostile entries are refused by name and reason", arguments: hostile.map(\.0))
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

    /// A zstd frame of raw blocks.
    ///
    /// Source: RFC 8878, 3.1.1.
    static func zstd(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt32(bytes.count)
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xA0]
        frame += (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
        var rest = bytes[...]
        repeat {
            let piece = rest.prefix(100_000)
            rest = rest.dropFirst(piece.count)
            let header = UInt32(piece.count) << 3 | (rest.isEmpty ? 1 : 0)
            frame += (0..<3).map { UInt8(truncatingIfNeeded: header >> ($0 * 8)) } + piece
        } while !rest.isEmpty
        return frame
    }

    @Test("zstd is read, in several frames and with skippable ones between, as zstd:chunked has")
    func zstd() throws {
        var tar = TarArchive()
        tar.file("data", String(repeating: "z", count: 300_000))
        let bytes = tar.finished
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
        let frames =
            Self.zstd(Array(bytes[..<1_000])) + skippable + Self.zstd(Array(bytes[1_000...]))
            + skippable
        try Self.unpack([Self.zstd(bytes), frames]) { root throws in
            #expect(try readBytes(root + "/data").count == 300_000)
        }
    }

    @Test("names that are not ASCII arrive, in ustar, GNU's and pax headers, whatever the locale")
    func unicode() throws {
        let long = String(repeating: "wörter", count: 20)
        var tar = TarArchive()
        tar.file("übung", "1")
        tar.longName(long)
        tar.file("b", "2")
        tar.pax([("path", "längs/日本")])
        tar.file("c", "3")
        tar.pax([("path", "d"), ("linkpath", "längs/日本")])
        tar.symbolicLink("d", to: "x")
        try Self.unpack([tar.finished]) { root throws in
            #expect(try readFile(root + "/übung") == "1")
            #expect(try readFile(root + "/" + long) == "2")
            #expect(try readFile(root + "/längs/日本") == "3")
            #expect(try readFile(root + "/d") == "3")
        }
    }

    @Test("a layer must unpack to its diff_id, bytes after the archive's end included")
    func diffID() throws {
        var tar = TarArchive()
        tar.file("data", "x")
        let bytes = tar.finished + [UInt8](repeating: 0, count: 20_000)
        for packed in [bytes, Self.zstd(bytes)] {
            try Self.unpack([packed], diffIDs: [.of(bytes)])
            try Self.unpack([packed], diffIDs: [.of(bytes, .sha512)])
            #expect {
                try Self.unpack([packed], diffIDs: [.of(Array(bytes.dropLast()))])
            } throws: { error in
                let error = error as? ImageError
                return error?.isWorthRetrying == false && "\(error as Any)".contains("diff_ids")
            }
        }
    }

    @Test(
        "a layer of nothing is none the worse",
        arguments: [[], [UInt8](repeating: 0, count: 1_024)]
    )
    func empty(bytes: [UInt8]) throws {
        try Self.unpack([bytes], diffIDs: [.of(bytes)])
    }

    @Test("more entries than the limit are refused with both numbers, however small they are")
    func entries() throws {
        var tar = TarArchive()
        tar.folder("d/")
        let one = tar.bytes
        var all: [UInt8] = []
        all.reserveCapacity(one.count * (ImageLimits.entryCountMax + 1))
        for _ in 0...ImageLimits.entryCountMax { all += one }
        #expect(
            throws: ImageError.tooLarge(
                what: "number of entries of the image",
                actual: Int64(ImageLimits.entryCountMax + 1),
                most: Int64(ImageLimits.entryCountMax)
            )
        ) { try Self.unpack([all]) }
    }

    @Test("a sparse file counts with all its zeros")
    func sparse() throws {
        guard let gnuTar = Requirement.program("tar", variable: "TAR", candidates: []).location
        else { return }
        try withScratchDirectory { folder in
            mkdir(folder + "/in", 0o700)
            try writeFile(folder + "/in/holes", "x")
            #expect(truncate(folder + "/in/holes", 64 << 20) == 0)
            let made = try run(gnuTar, ["-cSf", folder + "/layer", "-C", folder + "/in", "holes"])
            #expect(made.exitCode == 0, "\(made.standardError)")
            let packed = try readBytes(folder + "/layer")
            #expect(packed.count < 1 << 20)
            #expect {
                try Self.unpack([packed])
            } throws: { "\($0)".contains("unpacks to more than") }
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
        tar.pax([("path", "p/q"), ("size", "3")])
        tar.file("r", "abc")
        tar.longName(String(repeating: "long", count: 40))
        tar.file("s", "d")
        let seeds = [tar.finished, Self.zstd(tar.finished)]
        for round in 0..<600 {
            let bytes = random.mutated(seeds[round % 2], changesMax: 40)
            try? Self.unpack([bytes], diffIDs: [.of(bytes)])
        }
    }
}
