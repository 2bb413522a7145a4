import Simulation
import Testing

// Goal: whatever is wanted, ends, fails, is cut or comes twice, and in whatever order, the invariants
// hold. `make test` lives 10^5 schedules by the program `simulate` in release form; here are few, and
// the proof that mistakes are found.
@Suite("Random lives of a node, its cloud and its power")
struct SimulationTests {
    @Test("no schedule breaks an invariant", arguments: 0..<10 as Range<UInt64>)
    func schedules(block: UInt64) {
        for seed in block * 10..<block * 10 + 10 {
            #expect(World.live(Schedule(seed: seed)) == nil, "SWIFTLET_SEED=\(seed)")
        }
    }

    @Test("each mistake that is put in on purpose is found", arguments: Flaw.allCases)
    func flaws(flaw: Flaw) throws {
        let seeds = (0..<2_000 as Range<UInt64>).lazy
        let seed = try #require(
            seeds.first { World.live(Schedule(seed: $0), flaw: flaw) != nil },
            "\(flaw.rawValue) was not found"
        )
        let schedule = Schedule(seed: seed)
        let small = schedule.shrunk { World.live($0, flaw: flaw) != nil }
        #expect(World.live(small, flaw: flaw) != nil)
        #expect(small.steps.count < schedule.steps.count)
    }

    @Test("the same seed gives the same schedule, another seed another one")
    func replays() {
        #expect(Schedule(seed: 7) == Schedule(seed: 7))
        #expect(Schedule(seed: 7) != Schedule(seed: 8))
        #expect(
            Set(Schedule(seed: 1, stepCount: 1_000).steps.map(\.kind)).count
                == Schedule.Kind.allCases.count
        )
    }

    @Test("a schedule shrinks to the steps that matter")
    func shrinks() {
        let schedule = Schedule(seed: 3)
        let cuts = schedule.steps.filter { $0.kind == .cutPower }.count
        let small = schedule.shrunk { $0.steps.filter { $0.kind == .cutPower }.count == cuts }
        #expect(small.steps.count == cuts)
    }
}
