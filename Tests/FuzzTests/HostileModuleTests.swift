import TestKit
import Testing

// Goal: a module that asks for too much gets a clear answer, soon, and no more memory than it may have.
// Method: modules made to be large or endless, run by the real program with a limit on memory and time;
// what its process had for itself is read from the kernel by the program itself.
@Suite(
    "Hostile modules",
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct HostileModuleTests {
    static let limitBytes = 16 << 20
    /// What a process may have beside its guest's budget.
    static let marginBytes = 1 << 20

    @Test("a bomb is refused or costs what its size does", arguments: HostileModule.bombs)
    func bomb(module: HostileModule) async throws {
        // What declarations cost, decoded: a small multiple of the bytes that they have in the module.
        try await judge(module, moreBytes: 4 * module.bytes.count)
    }

    @Test("a runaway is ended, within its memory", arguments: HostileModule.runaways)
    func runaway(module: HostileModule) async throws {
        try await judge(module, moreBytes: 0)
    }

    private func judge(_ module: HostileModule, moreBytes: Int) async throws {
        try await Fixture.with { fixture in
            let path = fixture.directory + "/module.wasm"
            try writeFile(path, module.bytes)
            let flags = ["--memory-limit", "\(Self.limitBytes)", "--time-limit", "2s"]
            let result = try TestKit.run(
                try Requirement.programs.path() + "/swiftlet-run",
                flags + ["--stats=json", path],
                timeoutSeconds: 30
            )
            let text = result.standardError
            #expect(result.exitCode < 128 || result.exitCode == 134, "\(result.exitCode): \(text)")
            #expect(module.answers.contains { $0.isEmpty || text.contains($0) }, "\(text)")
            // Refused by the decoder, it comes to no statistics.
            guard let mark = text.firstRange(of: "\"privateBytes\":") else {
                #expect(result.exitCode == 1)
                return
            }
            let bytes = try #require(Int(text[mark.upperBound...].prefix { $0.isNumber }))
            let allowed = Self.limitBytes + Self.marginBytes + moreBytes
            #expect(bytes <= allowed, "\(bytes) of \(allowed) bytes: \(text)")
        }
    }
}
