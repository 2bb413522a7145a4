import TestKit
import Testing
import Wasm

// Goal: no bytes whatever stop the host when a module is decoded and its bodies are validated.
// Method: the modules of the specification's tests, which use every instruction, each changed at
// random with a fixed seed.
@Suite("Damaged modules of the suite", .enabled(if: suite.isMet, Comment(rawValue: suite.comment)))
struct DamagedModuleTests {
    /// Changed versions of each module.
    static let versionCount = 4
    /// Larger modules repeat what smaller ones have, and take long.
    static let byteCountMax = 20_000

    @Test("a damaged module is refused or still a module", arguments: scripts)
    func damaged(script: Script) throws {
        var random = SeededGenerator(
            seed: script.name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }
        )
        for file in try binaryFiles(script) {
            let bytes = try script.bytes(file)
            guard bytes.count <= Self.byteCountMax else { continue }
            for _ in 0..<Self.versionCount {
                judge(random.mutated(bytes, changesMax: 3))
            }
        }
    }

    private func judge(_ bytes: [UInt8]) {
        do {
            let module = try Module(bytes: ModuleBytes(copying: bytes), features: [.all, .threads])
            try module.validateAllBodies()
        } catch {
            if !(0...bytes.count ~= error.byteOffset) { Issue.record("\(error)") }
        }
    }

    private func binaryFiles(_ script: Script) throws -> [String] {
        try script.commands().compactMap { command in
            switch command.kind {
            case .module(let file, _), .definition(let file, _), .assertInvalid(let file, _),
                .assertMalformed(let file, _), .assertUnlinkable(let file, _),
                .assertUninstantiable(let file, _):
                file.isText ? nil : file.binary
            case .instance, .register, .action, .assertReturn, .assertTrap, .assertExhaustion,
                .assertException, .unknown:
                nil
            }
        }
    }
}

private let suite = Requirement.wasmSuite
private let scripts = suite.location.map { Script.discover(below: $0) } ?? []
