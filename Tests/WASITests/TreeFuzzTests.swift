import Glibc
import TestKit
import Testing

@testable import WASI

// Goal: a guest cannot tell whether the kernel resolves its paths or our walk does. Method: two guests
// over two equal folders, one each way; random calls on names that are links, folders, files and
// nothing; every error number and every answer must be the same, and so must the trees at the end.
@Suite("Trees changed at random, both ways", .timeLimit(.minutes(3)))
struct TreeFuzzTests {
    @Test("the same calls have the same answers", arguments: 1...12)
    func same(seed: UInt64) throws {
        try withScratchDirectory { folder in
            var pair = try Pair(folder)
            var random = SeededGenerator(seed: seed)
            for step in 0..<700 {
                let call = TreeCall(&random)
                let answers = try pair.both(call)
                try #require(answers.0 == answers.1, "seed \(seed), step \(step): \(call)")
            }
            let trees = [try Self.listing(folder + "/kernel"), try Self.listing(folder + "/walk")]
            #expect(trees[0] == trees[1], "seed \(seed)")
            #expect(try readFile(folder + "/secret") == "outside")
            #expect(access(folder + "/new", F_OK) != 0)
        }
    }

    /// Names, kinds and link contents of all below a folder.
    private static func listing(_ folder: String) throws -> String {
        let result = try run("/usr/bin/find", [folder, "-printf", "%P %y %l %n\\n"])
        return result.standardOutput.split(separator: "\n").sorted().joined(separator: "\n")
    }
}

/// One call with paths, as a value.
struct TreeCall {
    let name: String
    let paths: [String]
    let numbers: [UInt64]

    // Names that meet each other often; `k` leads out of every folder.
    private static let names = [
        "a", "b", "c", "d", "k", ".", "..", "a", "b", "c", "secret", "new",
    ]
    private static let contents = [
        "a", "b", "c/d", "..", "../..", ".", "a/", "../a", "b/../c", "none", "../secret", "c/..",
    ]

    init(_ random: inout SeededGenerator) {
        func path(_ random: inout SeededGenerator) -> String {
            let count = Int.random(in: 1...4, using: &random)
            var path = (0..<count).compactMap { _ in Self.names.randomElement(using: &random) }
                .joined(separator: Int.random(in: 0..<20, using: &random) == 0 ? "//" : "/")
            if Int.random(in: 0..<6, using: &random) == 0 { path += "/" }
            return path
        }
        let kinds = [
            "path_open", "path_open", "path_open", "path_create_directory", "path_create_directory",
            "path_symlink", "path_symlink", "path_link", "path_rename", "path_remove_directory",
            "path_unlink_file", "path_readlink", "path_filestat_get", "path_filestat_set_times",
        ]
        let name = kinds.randomElement(using: &random) ?? "path_open"
        self.name = name
        var paths = [path(&random), path(&random)]
        if name == "path_symlink", Int.random(in: 0..<3, using: &random) > 0 {
            paths[0] = Self.contents.randomElement(using: &random) ?? "a"
        }
        self.paths = paths
        // Lookup flags, open flags, rights.
        numbers = [
            UInt64.random(in: 0...1, using: &random), UInt64.random(in: 0...15, using: &random),
            [2, 66, 64, 0].randomElement(using: &random) ?? 2,
        ]
    }

    /// The arguments, with the paths at 0 and 1000 and room at 2000.
    var arguments: [UInt64] {
        let one = [0, UInt64(paths[0].utf8.count)]
        let two = [1_000, UInt64(paths[1].utf8.count)]
        return switch name {
        case "path_open": [3, numbers[0]] + one + [numbers[1], numbers[2], 0, 0, 2_000]
        case "path_symlink": one + [3] + two
        case "path_link": [3, 0] + one + [3] + two
        case "path_rename": [3] + one + [3] + two
        case "path_readlink": [3] + one + [2_000, 64, 2_100]
        case "path_filestat_get": [3, numbers[0]] + one + [2_000]
        case "path_filestat_set_times": [3, numbers[0]] + one + [5, 7, 5]
        default: [3] + one
        }
    }
}

/// Two guests over two folders that begin alike.
private struct Pair {
    private let guests: [GuestCalls]

    init(_ folder: String) throws {
        try writeFile(folder + "/secret", "outside")
        guests = try [("kernel", true), ("walk", false)].map { name, usesOpenat2 in
            let path = "\(folder)/\(name)"
            for part in ["", "/a", "/a/b", "/c"] { mkdir(path + part, 0o700) }
            try writeFile(path + "/b", "inside")
            symlink("..", path + "/k")
            symlink("../..", path + "/a/k")
            symlink("a/b", path + "/d")
            var configuration = WASIConfiguration(arguments: ["fuzz"])
            configuration.folders = [.init(hostPath: path, guestPath: "/")]
            configuration.usesOpenat2 = usesOpenat2
            return try GuestCalls(configuration)
        }
    }

    mutating func both(_ call: TreeCall) throws -> (String, String) {
        (try answer(guests[0], call), try answer(guests[1], call))
    }

    private func answer(_ guest: GuestCalls, _ call: TreeCall) throws -> String {
        guest.put(Array(call.paths[0].utf8), at: 0)
        guest.put(Array(call.paths[1].utf8), at: 1_000)
        let error = try guest.call(call.name, call.arguments)
        guard error == .success else { return "\(error)" }
        switch call.name {
        case "path_readlink":
            return "\(guest.bytes(at: 2_000, Int(min(64, guest.number(at: 2_100)))))"
        case "path_filestat_get": return facts(guest, at: 2_000)
        case "path_open":
            let opened = UInt64(guest.number(at: 2_000))
            defer { _ = try? guest.call("fd_close", [opened]) }
            // Something is written, so that a file that was found can be told from one that was made.
            guest.put([100, 0, 0, 0, UInt8(call.paths[0].utf8.count), 0, 0, 0], at: 3_000)
            let written = try guest.call("fd_write", [opened, 3_000, 1, 3_100])
            return "\(opened) \(written) \(facts(guest, opened))"
        default: return "done"
        }
    }

    private func facts(_ guest: GuestCalls, _ descriptor: UInt64) -> String {
        _ = try? guest.call("fd_fdstat_get", [descriptor, 3_200])
        return "\(guest.bytes(at: 3_200, 24))"
    }

    /// Kind, links and size: what does not differ between two trees that are alike.
    private func facts(_ guest: GuestCalls, at address: UInt32) -> String {
        // A folder's size depends on how it grew.
        let kind = guest.bytes(at: address + 16, 1)
        let isFolder = kind == [FileType.directory.rawValue]
        return "\(kind) \(guest.bytes(at: address + 24, isFolder ? 8 : 16))"
    }
}
