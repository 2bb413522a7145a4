import Glibc
import TestKit

/// What all power cuts of a test share: the recorder, images, a broker's port.
struct Workshop {
    let recorder: String
    let layouts: String
    /// The bytes of everything that images are made of, by the name of its digest.
    let blobs: [String: [UInt8]]
    /// The files of the image with a root, by their path in it.
    let rootFiles: [String: [UInt8]]
    /// An image that is in no layout: once it was imported, the store has the only one.
    let archive: String
    /// What that is called.
    static let importedName = "example.test/imported:1"

    /// Versions of the module: each prints a text of its own.
    static let versionCount = 6

    /// The text of a version's module.
    static func text(_ version: Int) -> String { "version \(version)." }

    /// Compiles the recorder and makes the images.
    init(_ fixture: Fixture) throws {
        recorder = fixture.path("recorder.so")
        let sources = ["recorder", "data", "names"].map {
            "\(repositoryRoot)/Tests/PowerCuts/Recorder/\($0).c"
        }
        let compiled = try run(
            try Requirement.clang.path(),
            [
                "-std=c11", "-O1", "-Wall", "-Werror", "-fPIC", "-shared", "-Wl,-z,initfirst", "-o",
                recorder,
            ] + sources + ["-ldl", "-lpthread"]
        )
        guard compiled.exitCode == 0 else { throw TestKitError(message: compiled.standardError) }
        layouts = fixture.path("layouts")
        mkdir(layouts, 0o755)
        var layout = try ImageLayout(folder: layouts + "/tests")
        for version in 1...Self.versionCount {
            try layout.add("v\(version)", Self.module(version))
        }
        try layout.add("once", WasmModule.printing("once"))
        try layout.add("unused", WasmModule.printing("unused"))
        rootFiles = [
            "app.wasm": WasmModule.ticking("rooted."),
            "data/words.txt": [UInt8](repeating: UInt8(ascii: "w"), count: 70_000),
        ]
        try layout.add("big", Self.module("big.", addingByteCount: Self.bigByteCount))
        try layout.add("rooted", root: try Self.archive(rootFiles, fixture), entry: "/app.wasm")
        var own = try ImageLayout(folder: layouts + "/own")
        try own.add("1", WasmModule.ticking("imported."))
        archive = fixture.path("imported.tar")
        _ = try Self.pack(own.folder, archive)
        var blobs: [String: [UInt8]] = [:]
        for place in [layout.folder, own.folder] {
            for name in folders(place + "/blobs/sha256") {
                blobs[name] = try readBytes("\(place)/blobs/sha256/\(name)")
            }
        }
        self.blobs = blobs
        removeTree(own.folder)
    }

    // Why so large: a pull writes down how far it is each MiB.
    private static let bigByteCount = 2_600_000

    /// A module with a section that nobody reads.
    private static func module(_ text: String, addingByteCount count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 9)
        let content = [1, UInt8(ascii: "x")] + random.bytes(count)
        // Source: WebAssembly core specification, 5.2.2: the length in five bytes of seven bits.
        let length = (0..<5).map { place -> UInt8 in
            UInt8(truncatingIfNeeded: content.count >> (7 * place)) & 0x7F | (place < 4 ? 0x80 : 0)
        }
        return WasmModule.ticking(text) + [0] + length + content
    }

    // Why so long a text: the module should be more than a page, so that it can be torn.
    private static func module(_ version: Int) -> [UInt8] {
        WasmModule.ticking(text(version) + String(repeating: "\(version)", count: 3_000))
    }

    private static func archive(_ files: [String: [UInt8]], _ fixture: Fixture) throws -> [UInt8] {
        let folder = fixture.path("root")
        mkdir(folder, 0o755)
        mkdir(folder + "/data", 0o755)
        for (path, bytes) in files { try writeFile("\(folder)/\(path)", bytes) }
        return try pack(folder, fixture.path("root.tar"))
    }

    /// Puts all of a folder into an archive.
    private static func pack(_ folder: String, _ archive: String) throws -> [UInt8] {
        let made = try run("tar", ["-C", folder, "-cf", archive, "."])
        guard made.exitCode == 0 else { throw TestKitError(message: made.standardError) }
        return try readBytes(archive)
    }
}
