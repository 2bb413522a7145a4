import Host
import TestKit
import Testing
import Wasm

// Goal: what a run has cost is told whole, in numbers that add up; and modules use only what they may.
// Method: small modules written by hand, run by the real program; its standard error read back.
@Suite(
    "Cost and features",
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct StatisticsTests {
    /// `_start` grows the memory by two pages and the table by ten elements, and calls a function.
    static let growing: [UInt8] = [
        0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 3, 2, 0, 0, 4, 4, 1, 0x70, 0, 1, 5,
        3, 1, 0, 1, 6, 6, 1, 0x7F, 1, 0x41, 0, 0x0B, 7, 10, 1, 6, 0x5F, 0x73, 0x74, 0x61, 0x72,
        0x74,
        0, 0, 10, 22, 2, 17, 0, 0x41, 2, 0x40, 0, 0x1A, 0xD0, 0x70, 0x41, 10, 0xFC, 15, 0, 0x1A,
        0x10,
        1, 0x0B, 2, 0, 0x0B,
    ]
    /// `_start` makes a vector and drops it.
    static let vector: [UInt8] =
        [
            0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 10, 1, 6, 0x5F,
            0x73,
            0x74, 0x61, 0x72, 0x74, 0, 0, 10, 23, 1, 21, 0, 0xFD, 12,
        ] + Array(repeating: 0, count: 16) + [0x1A, 0x0B]

    private func run(_ module: [UInt8], _ flags: [String]) async throws -> ProgramResult {
        var result: ProgramResult?
        try await Fixture.with { fixture in
            let path = fixture.directory + "/module.wasm"
            try writeFile(path, module)
            let program = try Requirement.programs.path() + "/swiftlet-run"
            result = try TestKit.run(program, flags + [path])
        }
        return try #require(result)
    }

    /// The number behind `"name":` in a line of JSON.
    private func number(_ name: String, in text: String) throws -> Int {
        let mark = try #require(text.firstRange(of: "\"\(name)\":"), "\(name) in \(text)")
        return try #require(Int(text[mark.upperBound...].prefix { $0.isNumber }))
    }

    @Test("each share is told at its peak, and the shares make up the whole")
    func shares() async throws {
        let result = try await run(Self.growing, ["--stats=json", "--memory-limit", "8Mi"])
        #expect(result.exitCode == 0, "\(result.standardError)")
        let text = result.standardError
        let names = [
            "linearMemory", "tables", "globals", "heap", "stacks", "translatedCode", "instances",
            "hostBuffers",
        ]
        let bytes = try names.map { try number($0, in: text) }
        let told = Dictionary(uniqueKeysWithValues: zip(names, bytes))
        #expect(told["linearMemory"] == 3 * 65_536)
        #expect(try #require(told["tables"]) >= 11 * 8)
        #expect(try #require(told["globals"]) >= 16)
        #expect(told["heap"] == 0)
        #expect(try #require(told["stacks"]) >= 1 << 20)
        #expect(try #require(told["instances"]) > 0)
        #expect(try #require(told["hostBuffers"]) > 0)
        // Nothing was given back in this run, so the peaks were at the end.
        #expect(try number("memoryBytesPeak", in: text) == bytes.reduce(0, +))
    }

    /// `_start` with this code, in a module with a memory of one page.
    private static func module(_ code: [UInt8]) -> [UInt8] {
        let body = [0] + code + [0x0B]
        let entry = long(body.count) + body
        return [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1]
            + [7, 10, 1, 6, 0x5F, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0, 10]
            + long(entry.count + 1) + [1] + entry
    }

    @Test(
        "a guest that takes and writes all it gets makes the process no larger than the limit and 1 MiB",
        arguments: [2, 8, 48]
    )
    func bound(mebibytes: Int) async throws {
        // At first `memory.grow` until it fails and `memory.fill` of everything; then calls without end.
        let grow: [UInt8] = [0x03, 0x40, 0x41, 1, 0x40, 0, 0x41, 0x7F, 0x47, 0x0D, 0, 0x0B]
        let fill: [UInt8] = [0x41, 0, 0x41, 1, 0x3F, 0, 0x41, 16, 0x74, 0xFC, 11, 0]
        let limit = ["--memory-limit", "\(mebibytes)Mi", "--stats=json"]
        let once: [UInt8] = [0x3F, 0, 0x41, 1, 0x46, 0x04, 0x40] + grow + fill + [0x0B]
        let result = try await run(Self.module(once + [0x10, 0]), limit)
        #expect(result.standardError.contains("call stack exhausted"))
        let text = result.standardError
        let memory = try number("linearMemory", in: text)
        let bytes = try number("privateBytes", in: text)
        #expect(memory > mebibytes << 18, "it did not get a fourth of what it may")
        #expect(bytes > memory, "it did not write what it got")
        #expect(bytes <= (mebibytes + 1) << 20)
    }

    @Test("functions, code, times and fuel are told")
    func numbers() async throws {
        let result = try await run(Self.growing, ["--stats=json", "--fuel", "1000"])
        let text = result.standardError
        #expect(try number("functionsTranslated", in: text) == 2)
        #expect(try number("bodyBytesTranslated", in: text) == 19)
        #expect(try number("codeBytes", in: text) > 20)
        #expect(try number("fuel", in: text) > 5)
        #expect(try number("fuel", in: text) < 30)
        #expect(try number("processorNanoseconds", in: text) > 0)
        let start = try number("startNanoseconds", in: text)
        #expect(try number("wallNanoseconds", in: text) >= start)
    }

    @Test("a program whose code exceeds its share runs, and what was evicted is told")
    func evicted() async throws {
        // `_start` calls 100 functions that do nothing at length, twice.
        let count = 100
        let calls = (1...count).map { [0x10, UInt8($0)] as [UInt8] }.joined()
        // `local.set 0 (i32.const 5)`, of a local that is declared.
        let nothing = Array(repeating: [0x41, 5, 0x21, 0] as [UInt8], count: 60).joined()
        let leaf: [UInt8] = [1, 1, 0x7F] + nothing + [0x0B]
        let start: [UInt8] = [0] + calls + calls + [0x0B]
        let leaves = Array(repeating: Self.long(leaf.count) + leaf, count: count).joined()
        let bodies = Self.long(start.count) + start + leaves
        let module: [UInt8] =
            [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, UInt8(count + 2)]
            + [UInt8(count + 1)] + Array(repeating: 0, count: count + 1)
            + [7, 10, 1, 6, 0x5F, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0, 10]
            + Self.long(bodies.count + 1) + [UInt8(count + 1)] + bodies
        let wide = try await run(module, ["--stats=json"]).standardError
        #expect(try number("functionsTranslated", in: wide) == count + 1)
        #expect(try number("functionsEvicted", in: wide) == 0)
        let tight = try await run(module, ["--stats=json", "--code-limit", "4Ki"]).standardError
        let translated = try number("functionsTranslated", in: tight)
        let evicted = try number("functionsEvicted", in: tight)
        #expect(translated > count + 1)
        #expect(evicted > 0)
        #expect(evicted < translated)
        #expect(
            try number("translatedCode", in: tight) < (try number("translatedCode", in: wide))
        )
    }

    /// A number of three bytes in the binary format.
    private static func long(_ value: Int) -> [UInt8] {
        [UInt8(value & 0x7F) | 0x80, UInt8((value >> 7) & 0x7F) | 0x80, UInt8(value >> 14)]
    }

    @Test("as text too, a line each")
    func text() async throws {
        let result = try await run(Self.growing, ["--stats"])
        let labels = result.standardError.split(separator: "\n").map { line in
            line.split(separator: "  ").first.map(String.init) ?? ""
        }
        for label in [
            "wall time", "processor time", "start", "translated", "memory peak", "stacks",
        ] {
            #expect(labels.contains { $0.hasSuffix(label) }, "\(label) in \(labels)")
        }
    }

    @Test("what a trap has cost is told as well, its start function's too")
    func trapped() async throws {
        let start: [UInt8] = [
            0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3,
            0,
            0x00, 0x0B,
        ]
        let result = try await run(start, ["--stats=json"])
        #expect(result.exitCode == 134)
        #expect(result.standardError.contains("unreachable"))
        #expect(try number("functionsTranslated", in: result.standardError) == 1)
    }

    @Test("a feature that is switched off is refused, with its place")
    func features() async throws {
        #expect(try await run(Self.vector, []).exitCode == 0)
        #expect(try await run(Self.vector, ["--wasm-features=-gc,-exceptions"]).exitCode == 0)
        let off = try await run(Self.vector, ["--wasm-features=-simd"])
        #expect(off.exitCode == 1)
        #expect(off.standardError.contains("byte"), "\(off.standardError)")
        #expect(try await run(Self.vector, ["--wasm-features=none,+simd"]).exitCode == 0)
        #expect(try await run(Self.vector, ["--wasm-features=none"]).exitCode == 1)
    }

    @Test("help lists the features, and other words are refused")
    func names() async throws {
        let help = try await run(Self.vector, ["--wasm-features=help"])
        #expect(help.exitCode == 0)
        let lines = help.standardOutput.split(separator: "\n")
        #expect(lines.count == WasmFeatures.names.count)
        #expect(lines.contains("simd on"))
        #expect(lines.contains("threads on"))
        let wrong = try await run(Self.vector, ["--wasm-features=simde"])
        #expect(wrong.exitCode == 64)
        #expect(wrong.standardError.contains("simde"))
    }

    @Test(
        "a list of features is read from left to right",
        arguments: [
            ("", nil), ("simd", .all), ("-simd", WasmFeatures.all.subtracting(.simd)),
            ("none", []), ("none,gc,+simd", [.garbageCollection, .simd]), ("-all", []),
            ("-all,all,-gc", WasmFeatures.all.subtracting(.garbageCollection)),
            ("-threads", .version3), ("simd,,gc", nil), ("SIMD", nil),
        ] as [(String, WasmFeatures?)]
    )
    func parsed(text: String, features: WasmFeatures?) {
        #expect(WasmFeatures.parse(text) == features)
    }
}
