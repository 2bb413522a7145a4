import Glibc
import Images
import Synchronization
import TestKit
import Testing

// Goal: however often the link is cut and the puller killed, the link carries an image once. Method: the
// real swiftlet-pull and a registry of ours that kills it after a byte of its choice, at once, while all
// that was sent may still be under way; it counts every byte that leaves it, heads and manifests too.
@Suite(
    "Each byte once",
    .serialized,
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)")
)
struct EachByteOnceTests {
    /// What a cut or a kill may cost.
    static let lossByteCountMax = 64 * 1024
    static let killed: Int32 = 128 + SIGKILL

    static func sentMax(_ byteCount: Int, ends: Int) -> Int {
        byteCount + byteCount / 100 + ends * lossByteCountMax
    }

    @Test("a link that is cut and a puller that is killed 20 times at random carry the image once")
    func atRandom() async throws {
        let bytes = PulledModule.module(16 * 1024 * 1024)
        let endsMax = 20
        let chance = Mutex((random: SeededGenerator(seed: 1), ends: 0, kills: 0))
        try await Fixture.with { fixture in
            let place = try PulledModule(bytes, store: fixture.path("S")) { _, kill in
                chance.withLock {
                    guard $0.ends < endsMax else { return nil }
                    $0.ends += 1
                    let after = Int.random(in: 1...700_000, using: &$0.random)
                    guard $0.ends.isMultiple(of: 2) else { return .cut(after: after) }
                    $0.kills += 1
                    return .act(after: after, kill)
                }
            }
            fixture.atEnd { place.registry.close() }
            var kills = 0
            var last = try await place.pull(in: fixture)
            while last.exitCode == Self.killed, kills < endsMax {
                kills += 1
                last = try await place.pull(in: fixture)
            }
            #expect(last.exitCode == 0, "\(last.output)")
            #expect(try place.pulled() == bytes)
            let counts = chance.withLock { ($0.ends, $0.kills) }
            #expect(counts == (endsMax, kills) && kills == endsMax / 2)
            let sent = place.registry.sentInAllByteCount
            #expect(sent <= Self.sentMax(bytes.count, ends: endsMax))
            #expect(sent >= bytes.count)
        }
    }

    /// How many steps of 4 KiB lie between two kills: a prime, so that all places in a chunk are met;
    /// 1 is the long form.
    static let stride = environmentNumber("SWIFTLET_KILL_STEPS") ?? 211

    @Test("killed after any 4 KiB of a module of 10 MB, it costs no more than 64 KiB")
    func atEveryStep() async throws {
        let bytes = PulledModule.module(10 * 1000 * 1000)
        for end in Swift.stride(from: 4_096, to: bytes.count, by: 4_096 * Self.stride) {
            let isDone = Mutex(false)
            try await Fixture.with { fixture in
                let place = try PulledModule(bytes, store: fixture.path("S")) { ask, kill in
                    guard let range = ask.range, range.contains(end) else { return nil }
                    let isSecond = isDone.withLock { done in
                        defer { done = true }
                        return done
                    }
                    return isSecond ? nil : .act(after: end - range.lowerBound, kill)
                }
                fixture.atEnd { place.registry.close() }
                #expect(try await place.pull(in: fixture).exitCode == Self.killed)
                #expect(try place.pulled() == nil)
                let (exitCode, output) = try await place.pull(in: fixture)
                #expect(exitCode == 0, "\(output)")
                #expect(try place.pulled() == bytes)
                let sent = place.registry.sentInAllByteCount
                #expect(sent <= Self.sentMax(bytes.count, ends: 1), "killed after \(end)")
            }
        }
    }

    private static func environmentNumber(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }
}
