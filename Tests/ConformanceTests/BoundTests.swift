import Documents
import TestKit
import Testing

@testable import Conformance

// Goal: the process that runs a guest has little more memory for itself than the guest's limit.
// Method: modules of every script of the suite, and benchmark kernels, run by the real program with a
// limit near what they need; it reads at its end, from the kernel, which pages it has written to. What
// a guest has touched stays touched, so the end is the peak.
@Suite(
    "Memory of a guest's process",
    .enabled(if: suite.isMet, Comment(rawValue: suite.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct BoundTests {
    /// What a process may have beside its guest's limit.
    static let marginBytes: Int64 = 1 << 20
    /// Modules of a script that are tried: more of them bring nothing new, and starts take time.
    static let moduleCountMax = 3

    @Test("a script's modules keep to their limit and a megabyte", arguments: scripts)
    func script(script: Script) throws {
        var count = 0
        for command in try script.commands() {
            guard case .module(let file, _) = command.kind, let binary = file.binary,
                count < Self.moduleCountMax
            else { continue }
            count += 1
            try judge("\(script.directory)/\(binary)", limitBytes: 4 << 20)
        }
    }

    @Test(
        "a kernel keeps to its limit and a megabyte",
        .enabled(if: Requirement.clang.isMet, Comment(rawValue: Requirement.clang.comment)),
        arguments: [
            "bulkcopy", "bytecopy", "core", "fib", "float32", "hash64", "json", "mandelbrot",
            "matmul", "nbody", "sha256", "sieve", "strings", "vm", "vtable",
        ]
    )
    func kernel(name: String) async throws {
        let clang = try Requirement.clang.path()
        try await Fixture.with { fixture in
            let module = "\(fixture.directory)/\(name).wasm"
            let result = try TestKit.run(
                clang,
                [
                    "--target=wasm32-wasi", "-O2", "-mbulk-memory", "-nostartfiles",
                    "-Wl,--no-entry", "-o", module,
                    "\(repositoryRoot)/Tests/Benchmarks/kernels/\(name).c",
                ]
            )
            #expect(result.exitCode == 0, "\(result.standardError)")
            // Long enough to touch what it ever touches; kernels go round.
            let flags = ["--invoke", "run", "--time-limit", "300ms"]
            try judge(module, limitBytes: 32 << 20, flags: flags, arguments: ["1000000"])
        }
    }

    private func judge(
        _ module: String,
        limitBytes: Int64,
        flags: [String] = [],
        arguments: [String] = []
    ) throws {
        let result = try TestKit.run(
            try Requirement.programs.path() + "/swiftlet-run",
            flags + ["--memory-limit", "\(limitBytes)", "--stats=json", module] + arguments
        )
        let text = result.standardError
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("{") }, "\(text)")
        let document = try Document(json: Array(line.utf8))
        let bytes = try #require(document["privateBytes"]?.integer)
        #expect(bytes > 0)
        #expect(bytes <= limitBytes + Self.marginBytes, "\(module): \(text)")
        // What was counted covers what was touched: what the process has besides is its own.
        let peak = try #require(document["memoryBytesPeak"]?.integer)
        #expect(bytes <= peak + Self.marginBytes, "\(module): \(text)")
    }
}

private let suite = Requirement.wasmSuite
private let scripts = suite.location.map { Script.discover(below: $0) } ?? []
