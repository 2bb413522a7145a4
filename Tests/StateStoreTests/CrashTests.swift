import Glibc
import KubeModel
import StateStore
import TestKit
import Testing

/// What a killed process was told is stored is there when the next one looks.
///
/// The process is this test program again, running ``child()`` alone.
@Suite struct CrashTests {
    private static let variable = "SWIFTLET_STORE_CRASH_PATH"

    @Test(.enabled(if: environmentVariable(variable) != nil, "runs below the other test"))
    func child() async throws {
        let path = try #require(environmentVariable(Self.variable))
        let store = try StateStore(path: path)
        let acknowledgements = open(path + ".acks", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        for number in 0..<1_000_000 {
            let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 3000)
            let pod = object("p\(number % 50)", version: "\(number)", payload: payload)
            guard try await store.accept(pod) == .stored else { return }
            let session = try await store.nextSession()
            try await store.append(event: Array("event \(number)".utf8))
            let line = Array("\(number) \(session)\n".utf8)
            write(acknowledgements, line, line.count)
        }
    }

    @Test func everyAcknowledgedWriteSurvivesKill() async throws {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(
            decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
        var generator = SeededGenerator(seed: 6)
        for round in 0..<4 {
            try await Fixture.with { fixture in
                let path = fixture.path("state.db")
                let process = try fixture.start(
                    program,
                    ["--testing-library", "swift-testing", "--filter", "CrashTests/child"],
                    environment: [Self.variable: path]
                )
                let least = Int.random(in: 20...300, using: &generator)
                try await eventually(
                    "round \(round): \(least) writes\n\(process.output)",
                    within: 60
                ) {
                    try acknowledged(path).count >= least || process.exitCode != nil
                }
                process.kill()
                let last = try #require(try acknowledged(path).last, "\(process.output)")
                let store = try StateStore(path: path)
                #expect(store.opening.setAside == nil)
                let versions = try await store.desired().compactMap { Int($0.resourceVersion) }
                // One more may have been stored and not yet acknowledged.
                let newest = try #require(versions.max())
                #expect((last.number...last.number + 1).contains(newest))
                #expect(Set(versions) == Set((newest - 49)...newest).filter { $0 >= 0 })
                #expect(try await store.nextSession() > last.session)
                for object in try await store.desired() {
                    let byte = UInt8(truncatingIfNeeded: Int(object.resourceVersion) ?? -1)
                    #expect(object.payload == [UInt8](repeating: byte, count: 3000))
                }
            }
        }
    }

    private func acknowledged(_ path: String) throws -> [(number: Int, session: UInt64)] {
        guard let text = try? readFile(path + ".acks") else { return [] }
        // Why: the last line may be cut by the kill.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 2, let number = Int(parts[0]), let session = UInt64(parts[1])
            else {
                return nil
            }
            return (number, session)
        }
    }
}
