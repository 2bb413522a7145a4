import Glibc
import TestKit
import Testing

@testable import WASI

// Goal: both ways to resolve a path give the same answer, and neither leaves its folder. Method: a
// table of paths over one tree, asked of openat2 and of our own walk.
@Suite("Paths below a folder")
struct PathTests {
    private static let paths = [
        "file", "./file", "deep/../file", "deep/inner/../../file", "deep/", "deep//inner///",
        "file/", "none", "none/file", "deep/none/", ".", "..", "../secret", "deep/../..", "/",
        "/file",
        "good", "good/", "deeper", "deeper/", "deeper/inner", "out", "out/secret", "absolute",
        "loop", "chain", "up", "up/secret", "deep/inner/back/file", "dangling", "dangling/",
        "file/..", "file/.", "good/..", "deep/inner/back/deep/inner/back/file", "trailing",
    ]

    private func tree<R>(_ body: (HostFile) throws -> R) throws -> R {
        try withScratchDirectory { outside in
            let folder = outside + "/folder"
            for name in ["", "/deep", "/deep/inner"] { mkdir(folder + name, 0o700) }
            try writeFile(outside + "/secret", "outside")
            try writeFile(folder + "/file", "inside")
            for (target, name) in [
                ("file", "good"), ("deep", "deeper"), ("..", "out"), ("/etc", "absolute"),
                ("loop", "loop"), ("deeper/inner/../../good", "chain"), ("deep/../..", "up"),
                ("../..", "deep/inner/back"), ("nowhere", "dangling"), ("deep/", "trailing"),
            ] { symlink(target, "\(folder)/\(name)") }
            return try body(try HostFile.folder(folder))
        }
    }

    private func answer(
        _ path: String,
        _ folder: HostFile,
        flags: Int32,
        usesOpenat2: Bool
    ) -> String {
        do {
            let resolver = PathResolver(usesOpenat2: usesOpenat2)
            let guestPath = try GuestPath(Array(path.utf8))
            let file = try resolver.open(guestPath, below: folder, flags: flags)
            return "inode \(try file.facts().inode)"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "openat2 and the walk agree",
        arguments: paths,
        [O_RDONLY, O_RDONLY | O_NOFOLLOW, O_RDONLY | O_DIRECTORY, HostFile.pathOnly | O_NOFOLLOW]
    )
    func agree(path: String, flags: Int32) throws {
        try tree { folder in
            let kernel = answer(path, folder, flags: flags, usesOpenat2: true)
            let walk = answer(path, folder, flags: flags, usesOpenat2: false)
            #expect(kernel == walk, "\(path) with flags \(flags)")
        }
    }

    @Test(
        "what leads out is not capable",
        arguments: [
            "..", "../secret", "/", "/file", "out", "out/secret", "absolute", "up/secret",
            "deep/../..", "absolute/passwd",
        ],
        [true, false]
    )
    func escape(path: String, usesOpenat2: Bool) throws {
        try tree { folder in
            #expect(
                answer(path, folder, flags: O_RDONLY, usesOpenat2: usesOpenat2) == "notCapable"
            )
        }
    }

    @Test("random paths agree too, and never leave")
    func random() throws {
        let names = [
            "deep", "inner", "file", "good", "deeper", "..", "..", ".", "back", "out", "loop", "",
        ]
        try tree { folder in
            var random = SeededGenerator(seed: 5)
            let outside = try folder.open(Array("..".utf8), flags: O_RDONLY).facts().inode
            for _ in 0..<3_000 {
                let count = Int.random(in: 1...7, using: &random)
                let path = (0..<count).compactMap { _ in names.randomElement(using: &random) }
                    .joined(separator: "/")
                let kernel = answer(path, folder, flags: O_RDONLY, usesOpenat2: true)
                let walk = answer(path, folder, flags: O_RDONLY, usesOpenat2: false)
                #expect(kernel == walk, "\(path)")
                #expect(kernel != "inode \(outside)", "\(path) leads out")
            }
        }
    }

    @Test("a file is made below the folder, and never through a link that leads out")
    func create() throws {
        try tree { folder in
            for usesOpenat2 in [true, false] {
                let flags = O_WRONLY | O_CREAT | O_EXCL
                let resolver = PathResolver(usesOpenat2: usesOpenat2)
                let path = try GuestPath(Array("deep/new".utf8))
                _ = try resolver.open(path, below: folder, flags: flags)
                #expect(throws: ErrorNumber.exists) {
                    try resolver.open(path, below: folder, flags: flags)
                }
                try folder.remove(Array("deep/new".utf8), isDirectory: false)
                let out = try GuestPath(Array("out/new".utf8))
                #expect(throws: ErrorNumber.notCapable) {
                    try resolver.open(out, below: folder, flags: flags)
                }
            }
        }
    }

    @Test(
        "a path splits into its folder and its last name",
        arguments: [
            ("a", ".", "a"), ("a/b", "a/", "b"), ("a//b//", "a//", "b"), ("./x", "./", "x"),
        ]
    )
    func split(path: String, folder: String, name: String) throws {
        let split = try #require(try GuestPath(Array(path.utf8)).split)
        #expect(split.folder == Array(folder.utf8) && split.name == Array(name.utf8))
    }

    @Test(
        "paths without a last name, and paths that are none",
        arguments: [".", "..", "a/..", "//"]
    )
    func noName(path: String) throws {
        #expect(try GuestPath(Array(path.utf8)).split == nil)
    }

    @Test("bytes that are no path are refused")
    func refused() {
        #expect(throws: ErrorNumber.noEntry) { try GuestPath([]) }
        #expect(throws: ErrorNumber.invalid) { try GuestPath([0x61, 0]) }
        #expect(throws: ErrorNumber.illegalSequence) { try GuestPath([0xFF]) }
        #expect(throws: ErrorNumber.nameTooLong) {
            try GuestPath([UInt8](repeating: 0x61, count: 4_096))
        }
    }
}
