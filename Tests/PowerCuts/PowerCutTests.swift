import TestKit
import Testing

// Goal: a power cut at any moment loses nothing that was acknowledged, and what was acknowledged runs
// after the boot, without a network, from verified bytes. Method: the real daemon and its programs are
// recorded with a real broker; for many prefixes of their writes the disk is made that a cut would leave,
// and the daemon is started on it in another boot. SWIFTLET_POWER_CUTS says how many, for a long run.
@Suite(
    "Power cuts",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment)),
    .enabled(if: Requirement.clang.isMet, Comment(rawValue: Requirement.clang.comment)),
    .enabled(if: Requirement.mount.isMet, Comment(rawValue: Requirement.mount.comment))
)
struct PowerCutTests {
    static let cutCount = environmentVariable("SWIFTLET_POWER_CUTS").flatMap { Int($0) } ?? 40
    static let seed = environmentVariable("SWIFTLET_POWER_CUT_SEED").flatMap { UInt64($0) } ?? 1

    /// Where the disks go after whose cuts something was wrong; nowhere by default.
    static let keepFolder = environmentVariable("SWIFTLET_POWER_CUT_KEEP")

    /// Cuts of one recording; a long run makes more recordings.
    static let batchCount = 100
    static var seeds: Range<UInt64> {
        seed..<seed + UInt64((cutCount + batchCount - 1) / batchCount)
    }

    @Test(
        "what was acknowledged is there and runs after a cut at any write, torn or reordered",
        arguments: seeds
    )
    func anyMoment(seed: UInt64) async throws {
        let count = min(Self.batchCount, Self.cutCount - Int(seed - Self.seed) * Self.batchCount)
        try await Self.expectNoProblems(count: count, seed: seed) { boot, cut in
            try await boot.problems(after: cut)
        }
    }

    @Test("files that the disk has cut in half are no crash, and everything runs nevertheless")
    func halves() async throws {
        let count = max(4, Self.cutCount / 8)
        try await Self.expectNoProblems(count: count, seed: Self.seed) { boot, cut in
            let cut = PowerCut(position: cut.position, loss: .nothing, seed: cut.seed)
            return try await boot.problems(after: cut) { try $0.halveFiles(cut.seed) }
        }
    }

    @Test("the database alone is whole, and as new as acknowledged, after far more cuts")
    func databaseAlone() async throws {
        try await Self.expectNoProblems(count: Self.cutCount * 2, seed: Self.seed) { boot, cut in
            try await boot.storedProblems(after: cut)
        }
    }

    @Test("programs that leave out syncs are found out: the check can fail")
    func leftOut() async throws {
        try await Fixture.with { fixture in
            let (load, workshop) = try await Self.load(fixture)
            for (name, isLeftOut) in Self.broken {
                var changed = load
                changed.recording = load.recording.without(syncsOf: isLeftOut)
                var random = SeededGenerator(seed: Self.seed)
                let boot = Boot(site: Site(fixture), load: changed, workshop: workshop)
                var found = 0
                for cut in Self.cuts(of: load, count: Self.brokenCutCount, using: &random) {
                    let problems = try await boot.storedProblems(after: cut)
                    found += problems.isEmpty ? 0 : 1
                }
                #expect(found > 0, "\(name): none of \(Self.brokenCutCount) cuts")
            }
        }
    }

    /// Records a load, and looks what is wrong after each of `count` cuts.
    private static func expectNoProblems(
        count: Int,
        seed: UInt64,
        _ problems: @escaping @Sendable (Boot, PowerCut) async throws -> [String]
    ) async throws {
        try await Fixture.with { fixture in
            let (load, workshop) = try await Self.load(fixture)
            var random = SeededGenerator(seed: seed)
            let cuts = cuts(of: load, count: count, using: &random)
            let base = fixture.directory
            try await inParallel(cuts) { cut, own in
                let boot = Boot(site: Site(own, base: base), load: load, workshop: workshop)
                let found = try await problems(boot, cut)
                if !found.isEmpty, let folder = keepFolder { try boot.keep(cut, in: folder) }
                #expect(found.isEmpty, "cut \(cut): \(found.joined(separator: "\n"))")
            }
        }
    }

    /// Programs that left out syncs, and so acknowledge what is not safe; the check must find each out.
    static let broken: [(name: String, isLeftOut: @Sendable (Change) -> Bool)] = [
        ("no sync at all", { _ in true }),
        ("no sync of the database's log", { $0.path.hasSuffix("state.db-wal") }),
        ("no sync of the database's folder", { $0.path.hasSuffix("/state") }),
        ("no sync of the database", { $0.path.hasSuffix("state.db") }),
    ]

    // Why so few: of forty, from a quarter to three quarters show.
    private static let brokenCutCount = 16

    /// Records a load, and checks that the recording has everything.
    static func load(_ fixture: Fixture) async throws -> (load: Load, workshop: Workshop) {
        let workshop = try Workshop(fixture)
        let broker = try await Mosquitto.start(in: fixture)
        let site = Site(fixture)
        let load = try await Load.record(site, workshop, broker)
        broker.kill()
        try #require(load.differences.isEmpty, "\(load.differences.joined(separator: "\n"))")
        site.empty()
        try site.configure(brokerPort: broker.port, layouts: workshop.layouts)
        return (load, workshop)
    }

    /// Cuts all over the recording, every other one right after something was acknowledged.
    static func cuts(
        of load: Load,
        count: Int,
        using random: inout SeededGenerator
    ) -> [PowerCut] {
        let positions = load.positions
        return (0..<count)
            .compactMap { number in
                let said = (load.acknowledgements.map(\.position) + load.toldEnds.map(\.position))
                    .randomElement(using: &random)
                let any = positions.randomElement(using: &random)
                let losses = Loss.allCases
                guard let position = number.isMultiple(of: 2) ? said : any else { return nil }
                return PowerCut(
                    position: position,
                    loss: losses[number / 2 % losses.count],
                    seed: random.next()
                )
            }
    }

    /// Runs `body` for each, some at a time.
    static func inParallel<Case: Sendable>(
        _ cases: [Case],
        workerCount: Int = 2,
        _ body: @escaping @Sendable (Case, Fixture) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<workerCount {
                group.addTask {
                    for index in stride(from: worker, to: cases.count, by: workerCount) {
                        try await Fixture.with { try await body(cases[index], $0) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
