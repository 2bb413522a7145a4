import TestKit
import Testing
import WasmGenerator

@testable import Wasm

// Goal: valid modules mean here what they mean elsewhere, whatever they combine, and mean the same
// however they are run.
// Method: modules from a seeded generator of ours, a few seconds' worth; `make fuzz` runs other seeds
// for as long as wanted, and compares them with Wasmtime.
@Suite("Generated modules")
struct GeneratedModuleTests {
    /// Seeds of each test case.
    static let seedCount: UInt64 = 100

    static func seeds(_ block: Int) -> Range<UInt64> {
        let first = UInt64(block) * seedCount
        return first..<first + seedCount
    }

    @Test("are valid, and run to results or traps within their limits", arguments: 0..<8)
    func run(block: Int) {
        var counts = (results: 0, traps: 0)
        for seed in Self.seeds(block) {
            let module = GeneratedModule(seed: seed)
            let text = ModuleResults.text(module)
            #expect(!text.hasPrefix("refused"), "seed \(seed): \(text)")
            for line in text.split(separator: "\n") where line.hasPrefix("r") {
                if line.contains(" trap ") { counts.traps += 1 } else { counts.results += 1 }
            }
            #expect(!text.contains("call stack exhausted"), "seed \(seed)")
            #expect(!text.contains("memory limit exceeded"), "seed \(seed)")
        }
        // Else most of what is generated says nothing.
        #expect(counts.results * 2 > counts.traps)
    }

    @Test("are the same for the same seed, and others for others")
    func seeded() {
        #expect(GeneratedModule(seed: 7).bytes == GeneratedModule(seed: 7).bytes)
        #expect(Set((0..<200).map { GeneratedModule(seed: $0).bytes }).count == 200)
    }

    @Test("give the same whether their instructions are counted or not", arguments: 100..<104)
    func metered(block: Int) {
        var limits = ModuleResults.limits
        limits.fuel = 1 << 40
        for seed in Self.seeds(block) {
            let module = GeneratedModule(seed: seed)
            let counted = ModuleResults.text(module, limits: limits)
            #expect(counted == ModuleResults.text(module), "seed \(seed)")
        }
    }

    @Test("give the same when their frames are moved, as for too many locals", arguments: 110..<114)
    func wide(block: Int) {
        for seed in Self.seeds(block) {
            let module = GeneratedModule(seed: seed)
            let wide = ModuleResults.text(module) { $0.machine.scratch.nearBytesMax = 0 }
            #expect(wide == ModuleResults.text(module), "seed \(seed)")
        }
    }

    @Test("end when their fuel does, wherever that is", arguments: 104..<106)
    func starved(block: Int) {
        var exhaustedCount = 0
        for seed in Self.seeds(block) {
            var limits = ModuleResults.limits
            limits.fuel = seed % 500
            let text = ModuleResults.text(GeneratedModule(seed: seed), limits: limits)
            if text.contains("all fuel consumed") { exhaustedCount += 1 }
        }
        #expect(exhaustedCount > 0)
    }

    @Test("cut or changed, they are refused or run within their limits", arguments: 106..<110)
    func damaged(block: Int) throws {
        var random = SeededGenerator(seed: UInt64(block))
        var limits = ModuleResults.limits
        limits.fuel = 20_000
        var runCount = 0
        for seed in Self.seeds(block) {
            let whole = GeneratedModule(seed: seed)
            for _ in 0..<5 {
                let damaged = whole.with(bytes: random.mutated(whole.bytes, changesMax: 2))
                let text = ModuleResults.text(damaged, limits: limits)
                if !text.hasPrefix("refused") { runCount += 1 }
            }
        }
        #expect(runCount > 0)
    }

    @Test(
        "give what Wasmtime gives",
        .enabled(if: wasmtime.isMet, Comment(rawValue: wasmtime.comment))
    )
    func compared() async throws {
        let python = try wasmtime.path()
        try await Fixture.with { fixture in
            var records: [UInt8] = []
            for seed in 0..<300 as Range<UInt64> {
                records += ModuleResults.record(GeneratedModule(seed: seed))
            }
            try writeFile(fixture.directory + "/records", records)
            let script = "\(repositoryRoot)/Tests/Fuzz/compare.py"
            let command = "'\(python)' '\(script)' found <records"
            let result = try TestKit.run(
                "/bin/sh",
                ["-c", command],
                directory: fixture.directory
            )
            #expect(result.exitCode == 0, "\(result.standardOutput)\(result.standardError)")
            #expect(result.standardOutput.contains(" 300 modules"))
        }
    }
}

/// A Python that has Wasmtime, as `make fuzz` leaves one.
private let wasmtime = Requirement.program(
    "python with wasmtime",
    variable: "SWIFTLET_WASMTIME_PYTHON",
    candidates: [repositoryRoot + "/.build/fuzz/python/bin/python"]
)
