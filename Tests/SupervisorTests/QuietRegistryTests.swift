import Images
import Synchronization
import TestKit
import Testing

@testable import Supervisor

/// A clock that the test sets.
private final class TestClock: Sendable {
    private let value = Mutex<Int64>(0)
    var nanoseconds: Int64 {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// Counts from any thread.
private final class Counter: Sendable {
    private let value = Mutex(0)
    func add() { value.withLock { $0 += 1 } }
    var count: Int { value.withLock { $0 } }
}

// Goal: a registry that says when to come back is not asked before, by nobody here, and not left alone for
// ever. Method: what pulls say, on a clock of the test's; and the real puller beside a server that says so.
@Suite("Registries that want to be left alone")
struct QuietRegistryTests {
    private static func reference(_ text: String) throws -> ImageReference {
        try ImageReference(text)
    }

    private static func line(_ seconds: Int64) -> String {
        PullReport.retryAfter(seconds: seconds).line
    }

    @Test("it is left alone until its time is over, and not a moment longer; others are asked")
    func time() throws {
        let clock = TestClock()
        clock.nanoseconds = 5
        let quiet = QuietRegistries(now: { clock.nanoseconds })
        let one = try Self.reference("reg.example/a:1")
        try quiet.check(one)
        quiet.hear(Self.line(100), of: one)
        #expect(throws: ImageProblem.self) { try quiet.check(Self.reference("reg.example/b:2")) }
        try quiet.check(Self.reference("reg.example:5000/a:1"))
        try quiet.check(Self.reference("oci:/reg.example/a:1"))
        clock.nanoseconds = 5 + 100_000_000_000 - 1
        let problem = #expect(throws: ImageProblem.self) { try quiet.check(one) }
        #expect(problem == .unavailable("registry reg.example asks to be left alone for 1 s more"))
        clock.nanoseconds += 1
        try quiet.check(one)
    }

    @Test("a day is the longest, and what is no wish changes nothing")
    func bounds() throws {
        let clock = TestClock()
        let quiet = QuietRegistries(now: { clock.nanoseconds })
        let one = try Self.reference("reg.example/a:1")
        for line in [Self.line(0), Self.line(-7), "{}", "x", PullReport.warning("w").line] {
            quiet.hear(line, of: one)
            try quiet.check(one)
        }
        quiet.hear(Self.line(7), of: try Self.reference("oci:/reg.example/a:1"))
        try quiet.check(one)
        quiet.hear(Self.line(.max), of: one)
        #expect(throws: ImageProblem.self) { try quiet.check(one) }
        clock.nanoseconds = 86_400_000_000_000
        try quiet.check(one)
        clock.nanoseconds = .max - 1
        quiet.hear(Self.line(1), of: one)
        try quiet.check(one)
    }

    @Test("more registries than a gateway can know are forgotten, not kept")
    func many() throws {
        let quiet = QuietRegistries(now: { 0 })
        for number in 0..<65 {
            quiet.hear(Self.line(9), of: try Self.reference("r\(number).example/a:1"))
        }
        try quiet.check(Self.reference("r0.example/a:1"))
        #expect(throws: ImageProblem.self) { try quiet.check(Self.reference("r64.example/a:1")) }
    }

    @Test(
        "an answer 429 with an hour keeps the next pull from asking at all",
        .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)")
    )
    func program() async throws {
        try await Fixture.with { fixture in
            let asks = Counter()
            let answerer = try Answerer { _ in
                asks.add()
                return "HTTP/1.1 429 X\r\nRetry-After: 3600\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n"
            }
            fixture.atEnd { answerer.close() }
            let clock = TestClock()
            let host = "127.0.0.1:\(answerer.port)"
            var rule = RegistryRule(prefix: host)
            rule.usesPlainHTTP = true
            var registries = RegistryRules()
            registries.rules = [rule]
            let images = StoredImages(
                store: try ImageStore(directory: fixture.path("images")),
                puller: try Requirement.programs.path() + "/swiftlet-pull",
                names: ImageNames(layouts: fixture.path("layouts")),
                registries: registries,
                now: { clock.nanoseconds }
            )
            func pull() async -> ImageProblem? {
                do throws(ImageProblem) { _ = try await images.pull("\(host)/a:1") } catch {
                    return error
                }
                return nil
            }
            #expect(await pull()?.description.contains("come back in 3600 s") == true)
            #expect(asks.count == 1)
            #expect(await pull()?.description.contains("left alone for 3600 s more") == true)
            #expect(asks.count == 1)
            clock.nanoseconds = 3_600_000_000_000
            #expect(await pull()?.description.contains("come back in") == true)
            #expect(asks.count == 2)
        }
    }
}
