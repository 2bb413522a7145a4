import Images
import Synchronization
import TestKit

/// A registry with an image of one module, and the real swiftlet-pull, which it may kill.
final class PulledModule: Sendable {
    let registry: ScriptedRegistry
    let bytes: [UInt8]
    let store: String
    private let running: RunningPull

    /// `script` is asked about the module only, and is handed what kills the puller.
    init(
        _ bytes: [UInt8],
        store: String,
        _ script: @escaping @Sendable (Ask, @escaping @Sendable () -> Void) -> Fault?
    ) throws {
        self.bytes = bytes
        self.store = store
        let running = RunningPull()
        let name = "\(Digest.of(bytes))"
        registry = try ScriptedRegistry { ask in
            ask.path.hasSuffix(name) ? script(ask, { running.kill() }) : nil
        }
        self.running = running
        registry.add(bytes, type: "application/wasm")
        let json = #"{"architecture":"wasm","os":"wasip1","layerDigests":["\#(name)"]}"#
        let configuration = registry.add(Array(json.utf8))
        registry.tag(
            "it",
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "config":{"mediaType":"application/vnd.wasm.config.v0+json",
            "digest":"\(configuration.digest)","size":\(configuration.byteCount)},
            "layers":[{"mediaType":"application/wasm","digest":"\(name)","size":\(bytes.count)}]}
            """,
            type: "application/vnd.oci.image.manifest.v1+json"
        )
    }

    /// A module of one custom section, whose bytes no packing makes shorter.
    static func module(_ byteCount: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 11)
        let content = [1, UInt8(ascii: "x")] + random.bytes(byteCount)
        var length = content.count
        var head = Array("\0asm".utf8) + [1, 0, 0, 0, 0]
        while length >= 128 {
            head.append(UInt8(length & 127) | 128)
            length >>= 7
        }
        return head + [UInt8(length)] + content
    }

    /// Pulls to the end of the program, whoever brings that about.
    func pull(in fixture: Fixture) async throws -> (exitCode: Int32, output: String) {
        let words = [
            "--store", store, "--plain-http", "\(registry.host)/org/app:it",
        ]
        let program = try Requirement.programs.path() + "/swiftlet-pull"
        let process = try running.start { try fixture.start(program, words) }
        return (try await process.waitForExit(within: 60), process.output)
    }

    /// What lies in the store under the name.
    func pulled() throws -> [UInt8]? {
        let reference = try ImageReference("\(registry.host)/org/app:it")
        return try ImageStore(directory: store).lookup(reference)?.moduleFile.map {
            try readBytes($0)
        }
    }
}

/// The puller that runs now.
private final class RunningPull: Sendable {
    private let process = Mutex<BackgroundProcess?>(nil)

    // Why under the lock: who kills must find the process whose requests it has seen.
    func start(_ body: () throws -> BackgroundProcess) throws -> BackgroundProcess {
        try process.withLock {
            let started = try body()
            $0 = started
            return started
        }
    }

    func kill() { process.withLock { $0?.kill() } }
}
