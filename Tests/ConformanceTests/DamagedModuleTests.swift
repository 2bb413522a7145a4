import TestKit
import Testing
import Wasm

@testable import Conformance

// Goal: no bytes whatever stop the host when a module is decoded, its bodies are validated and, where
// it is still a module, its functions run, within fuel and a budget.
// Method: the modules of the specification's tests, which use every instruction, each changed at
// random with a fixed seed.
@Suite("Damaged modules of the suite", .enabled(if: suite.isMet, Comment(rawValue: suite.comment)))
struct DamagedModuleTests {
    /// Changed versions of each module; more of them by `SWIFTLET_FUZZ_VERSIONS`.
    static let versionCount = Int(environmentVariable("SWIFTLET_FUZZ_VERSIONS") ?? "") ?? 4
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
            let module = try Module(bytes: ModuleBytes(copying: bytes))
            try module.validateAllBodies()
            run(module)
        } catch {
            if !(0...bytes.count ~= error.byteOffset) { Issue.record("\(error)") }
        }
    }

    /// Instructions that each store may spend: endless loops are no surprise here.
    static let fuel: UInt64 = 20_000
    static let memoryBytes: UInt64 = 16 << 20

    /// Calls every export that is a function, with zeros and nulls; whatever it does is fine, as long
    /// as it ends and keeps to its budget.
    private func run(_ module: Module) {
        let store = Store(limits: ResourceLimits(memoryBytes: Self.memoryBytes, fuel: Self.fuel))
        var imports = Imports()
        guard (try? Spectest.define(in: &imports, of: store, isShared: false)) != nil,
            let instance = try? store.instantiate(module, imports: imports)
        else { return }
        for export in module.exports where export.kind == .function {
            guard let type = instance.functionType(export.name) else { continue }
            _ = try? instance.invoke(export.name, type.parameters.map(Self.zero))
        }
        if store.usage.memoryBytesPeak > Self.memoryBytes { Issue.record("over the budget") }
    }

    private static func zero(_ type: ValueType) -> Value {
        switch type {
        case .i32: .i32(0)
        case .i64: .i64(0)
        case .f32: .f32(bits: 0)
        case .f64: .f64(bits: 0)
        case .v128: .v128(low: 0, high: 0)
        default: .reference(nil)
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
