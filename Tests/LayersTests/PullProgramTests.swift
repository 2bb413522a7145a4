import Glibc
import Images
import TestKit
import Testing

// Goal: whatever a layout holds and whenever the program dies, the store holds nothing that is wrong,
// and the next pull works. Method: the real swiftlet-pull on layouts by config/examples/make-image.
@Suite("swiftlet-pull", .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)"))
struct PullProgramTests {
    /// A module of eight bytes, and one whose only body leaves a value behind at byte 37.
    static let good: [UInt8] = Array("\0asm".utf8) + [1, 0, 0, 0]
    static let bad: [UInt8] =
        good + [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 10, 1, 6] + Array("_start".utf8)
        + [0, 0, 10, 6, 1, 4, 0, 0x41, 0, 0x0B]

    /// A folder with a layout `L`, to which images are added, and a store `S`.
    struct Place {
        let folder: String
        var store: String { folder + "/S" }
        var layout: String { folder + "/L" }

        /// Packs files under a tag.
        func pack(_ tag: String, _ files: [String: [UInt8]], _ flags: [String] = []) async throws {
            let module = try #require(files.keys.sorted().first)
            let others = files.keys.sorted().dropFirst().map { "\(folder)/\($0)" }
            for (name, bytes) in files { try writeFile("\(folder)/\(name)", bytes) }
            let tool = repositoryRoot + "/config/examples/make-image"
            let words = ["--layout", layout, "--tag", tag] + flags
            let made = try await runAside(tool, words + ["\(folder)/\(module)"] + others)
            #expect(made.exitCode == 0, "\(made.standardError)")
        }

        var program: String { get throws { try Requirement.programs.path() + "/swiftlet-pull" } }

        func words(_ tag: String) -> [String] { ["--store", store, "oci:\(layout):\(tag)"] }

        /// The exit code and what the last line says.
        func pull(_ tag: String) async throws -> (Int32, PullReport?) {
            let result = try await runAside(program, words(tag))
            let line = result.standardOutput.split(separator: "\n").last.map(String.init)
            return (result.exitCode, line.flatMap { PullReport(line: $0) })
        }

        func image(_ tag: String) throws -> StoredImage? {
            try ImageStore(directory: store).lookup(ImageReference("oci:\(layout):\(tag)"))
        }
    }

    static func with(_ body: (Place) async throws -> Void) async throws {
        try await Fixture.with { try await body(Place(folder: $0.directory)) }
    }

    @Test(
        "each form is pulled, admitted, and not fetched twice",
        arguments: [[], ["--plain-tar"], ["--form", "platform"], ["--form", "artifact"]]
    )
    func forms(flags: [String]) async throws {
        try await Self.with { place in
            try await place.pack("it", ["app.wasm": Self.good], flags)
            guard case (0, .done(let digest, let count)?) = try await place.pull("it"), count > 0
            else {
                Issue.record("not pulled")
                return
            }
            let image = try #require(try place.image("it"))
            #expect(image.manifestDigest == digest)
            let entry = try image.entry(command: nil, args: nil)
            #expect(entry.isAdmitted)
            #expect(try readBytes(entry.modulePath) == Self.good)
            guard case (0, .done(digest, 0)?) = try await place.pull("it") else {
                Issue.record("pulled again")
                return
            }
        }
    }

    @Test("a module that does not validate is refused for good, with its byte")
    func invalid() async throws {
        try await Self.with { place in
            try await place.pack("bad", ["app.wasm": Self.bad])
            let (code, report) = try await place.pull("bad")
            #expect(code == 65)
            guard case .failed(_, let message, false)? = report else {
                Issue.record("\(report as Any)")
                return
            }
            #expect(message.contains("app.wasm") && message.contains("byte 37"), "\(message)")
            #expect(try place.image("bad") == nil)
        }
    }

    @Test(
        "a layout with a damaged blob is worth another try, which works once it is whole",
        arguments: ["flipped", "cut", "gone"]
    )
    func damaged(how: String) async throws {
        try await Self.with { place in
            try await place.pack("it", ["app.wasm": Self.good], ["--form", "artifact"])
            let blob = "\(place.layout)/blobs/sha256/\(Digest.of(Self.good).hex)"
            switch how {
            case "flipped": try writeFile(blob, Self.good.dropLast() + [1])
            case "cut": try writeFile(blob, Self.good.dropLast())
            default: unlink(blob)
            }
            let (code, report) = try await place.pull("it")
            #expect(code == 75)
            guard case .failed(_, _, true)? = report else {
                Issue.record("\(report as Any)")
                return
            }
            #expect(try place.image("it") == nil)
            try writeFile(blob, Self.good)
            #expect(try await place.pull("it").0 == 0)
        }
    }

    @Test("killed at any moment, it leaves nothing wrong, and the next pull is whole")
    func killed() async throws {
        try await Self.with { place in
            var random = SeededGenerator(seed: 5)
            let data = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            try await place.pack("it", ["app.wasm": Self.good, "data": data], ["--plain-tar"])
            var killedCount = 0
            for round in 0..<25 {
                removeTree(place.store)
                try await Fixture.with { fixture in
                    let process = try fixture.start(place.program, place.words("it"))
                    // The moment is a step of the pull, not a time: so many files has it begun.
                    let begun = round % 4 * 2
                    while process.exitCode == nil, entryCount("\(place.store)/ingest") < begun {}
                    if process.exitCode == nil { killedCount += 1 }
                    process.kill()
                }
                if let root = try place.image("it")?.rootDirectory {
                    #expect(try readBytes(root + "/data") == data)
                }
                #expect(try await place.pull("it").0 == 0)
                let root = try #require(try place.image("it")?.rootDirectory)
                #expect(try readBytes(root + "/data") == data)
            }
            // Seven are killed before their first step for certain; the others race with the pull.
            #expect(killedCount > 5)
        }
    }

    @Test("pulls of one image at the same time are one fetch")
    func together() async throws {
        try await Self.with { place in
            try await place.pack("it", ["app.wasm": Self.good])
            try await Fixture.with { fixture in
                let all = try (0..<6).map {
                    try fixture.start(place.program, place.words("it"), name: "pull\($0)")
                }
                var fetches = 0
                for process in all {
                    #expect(try await process.waitForExit() == 0, "\(process.output)")
                    let report = PullReport(line: process.output.replacing("\n", with: ""))
                    guard case .done(_, let count)? = report else {
                        Issue.record("\(process.output)")
                        continue
                    }
                    fetches += count > 0 ? 1 : 0
                }
                #expect(fetches == 1)
            }
        }
    }
}

/// How many files and folders lie in a folder; none when it is not there.
private func entryCount(_ path: String) -> Int {
    guard let folder = opendir(path) else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
        let isName = entry.pointee.d_name.0 != CChar(UInt8(ascii: "."))
        count += isName ? 1 : 0
    }
    return count
}
