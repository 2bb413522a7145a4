import TestKit
import Testing

// Goal: a disk that is full, or that gives errors, at any change: nothing is acknowledged that is not
// stored, nothing crashes, and all is well once the disk is. Method: the recorder lets the n-th change of
// the real programs fail. SWIFTLET_DISK_FAULTS=all tries every n, a number so many of them.
@Suite(
    "Disks that refuse",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment)),
    .enabled(if: Requirement.clang.isMet, Comment(rawValue: Requirement.clang.comment)),
    .enabled(if: Requirement.mount.isMet, Comment(rawValue: Requirement.mount.comment))
)
struct FaultTests {
    private static let countText = environmentVariable("SWIFTLET_DISK_FAULTS")
    private static let count = countText.map { $0 == "all" ? .max : UInt64($0) ?? 4 } ?? 4

    @Test("all is well after the disk was full for a while, from any change on")
    func full() async throws { try await everyFault(.full, isLasting: true) }

    @Test("all is well after an I/O error at any change")
    func broken() async throws { try await everyFault(.broken, isLasting: false) }

    private func everyFault(_ fault: Fault, isLasting: Bool) async throws {
        try await Fixture.with { fixture in
            let workshop = try Workshop(fixture)
            let well = try await Fixture.with { own in
                try await FaultRun(
                    fixture: own,
                    workshop: workshop,
                    fault: fault,
                    first: 0,
                    isLasting: false
                )
                .run()
            }
            #expect(well.problems.isEmpty, "without a fault: \(well.problems)")
            let places = Self.sample(of: well.changes, using: 1)
            try await PowerCutTests.inParallel(places, workerCount: 4) { first, own in
                let run = FaultRun(
                    fixture: own,
                    workshop: workshop,
                    fault: fault,
                    first: first,
                    isLasting: isLasting,
                    isPatient: Self.count > 100 && first.isMultiple(of: 16)
                )
                let result = try await run.run()
                let problems = result.problems.joined(separator: "\n")
                #expect(
                    result.problems.isEmpty,
                    "\(fault.name) at change \(first) of \(well.changes): \(problems)"
                )
            }
        }
    }

    /// Places all over a run, the same for the same seed.
    private static func sample(of changes: UInt64, using seed: UInt64) -> [UInt64] {
        guard count < changes else { return Array(1...max(1, changes)) }
        var random = SeededGenerator(seed: seed)
        return (0..<count)
            .map { part in
                let start = 1 + part * changes / count
                let end = max(start, (part + 1) * changes / count)
                return UInt64.random(in: start...end, using: &random)
            }
    }
}
