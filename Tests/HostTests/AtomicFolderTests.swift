import Glibc
import TestKit
import Testing

@testable import Host

// Goal: a reader of the folder sees one version or the next, whole. Method: real folders, looked at
// between the steps and after failures.
@Suite("Folders that change at once")
struct AtomicFolderTests {
    private func file(_ path: String, _ text: String, _ mode: UInt32 = 0o644) -> AtomicFolder.File {
        .init(path: path, bytes: Array(text.utf8), mode: mode)
    }

    // Why: the macro does not take typed errors.
    private func write(_ files: [AtomicFolder.File], _ folder: String) throws -> Bool {
        try AtomicFolder.write(files, to: folder)
    }

    private func with(_ body: (String) async throws -> Void) async throws {
        try await Fixture.with { try await body($0.path("volume")) }
    }

    @Test("files are there under their paths, with their permissions, through one link")
    func first() async throws {
        try await with { folder in
            let files = [file("a", "1"), file("sub/b", "2", 0o400)]
            let isChanged1 = try write(files, folder)
            #expect(isChanged1)
            #expect(try readFile(folder + "/a") == "1")
            #expect(try readFile(folder + "/sub/b") == "2")
            #expect(FileTree.permissions(folder + "/a") == 0o644)
            #expect(FileTree.permissions(folder + "/sub/b") == 0o400)
            #expect(FileTree.names(in: folder).sorted() == ["..data", "..v1", "a", "sub"])
            let resolved = try #require(FileTree.resolved(folder + "/a"))
            #expect(resolved.hasSuffix("/volume/..v1/a"))
        }
    }

    @Test("the same files again change nothing, not even their version")
    func same() async throws {
        try await with { folder in
            let files = [file("a", "1"), file("sub/b", "2")]
            let isChanged2 = try write(files, folder)
            #expect(isChanged2)
            let isChanged3 = try write(files, folder)
            #expect(!isChanged3)
            #expect(FileTree.resolved(folder + "/..data")?.hasSuffix("..v1") == true)
        }
    }

    @Test(
        "a new version replaces the old one, and nothing of it stays",
        arguments: [
            [("a", "2", 0o644)], [("a", "12", 0o644)], [("a", "1", 0o600)],
            [("b", "1", 0o644)], [], [("a/b", "1", 0o644)],
            [("a", "1", 0o644), ("c", "", 0o644)],
        ] as [[(String, String, UInt32)]]
    )
    func next(version: [(String, String, UInt32)]) async throws {
        try await with { folder in
            let isChanged4 = try write([file("a", "1")], folder)
            #expect(isChanged4)
            let files = version.map { file($0.0, $0.1, $0.2) }
            let isChanged5 = try write(files, folder)
            #expect(isChanged5)
            for file in files {
                #expect(try readBytes("\(folder)/\(file.path)") == file.bytes)
                #expect(FileTree.permissions("\(folder)/\(file.path)") == file.mode)
            }
            let names = Set(
                files.compactMap { $0.path.split(separator: "/").first.map(String.init) }
            )
            #expect(Set(FileTree.names(in: folder)) == names.union(["..data", "..v2"]))
            let isChanged6 = try write(files, folder)
            #expect(!isChanged6)
        }
    }

    @Test("who has a file open reads what it was, who opens it again what it is")
    func readers() async throws {
        try await with { folder in
            try AtomicFolder.write([file("a", "old")], to: folder)
            let before = try SystemCall.open(folder + "/a", O_RDONLY)
            try AtomicFolder.write([file("a", "new")], to: folder)
            let read = try FileBytes.read(before, path: "a", byteCountMax: 10)
            #expect(String(decoding: read, as: UTF8.self) == "old")
            #expect(try readFile(folder + "/a") == "new")
        }
    }

    @Test("a version that cannot be finished is gone, and readers see what they saw")
    func failure() async throws {
        try await with { folder in
            try AtomicFolder.write([file("a", "old")], to: folder)
            #expect(throws: HostError.self) {
                try AtomicFolder.write([file("a", "new")], to: folder) { path throws(HostError) in
                    // It is not visible yet.
                    #expect((try? readFile(folder + "/a")) == "old")
                    throw .malformed(path: path, reason: "of the test")
                }
            }
            #expect(try readFile(folder + "/a") == "old")
            #expect(FileTree.names(in: folder).sorted() == ["..data", "..v1", "a"])
        }
    }

    @Test("what a cut left of a version does not stand in the way")
    func leftOver() async throws {
        try await with { folder in
            try AtomicFolder.write([file("a", "old")], to: folder)
            try FileTree.make(folder + "/..v2")
            try writeFile(folder + "/..v2/a", "half")
            try FileTree.makeLink(to: "nowhere", at: folder + "/..data.new")
            let isChanged7 = try write([file("a", "new")], folder)
            #expect(isChanged7)
            #expect(try readFile(folder + "/a") == "new")
            #expect(FileTree.names(in: folder).sorted() == ["..data", "..v3", "a"])
        }
    }
}
