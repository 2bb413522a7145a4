import Glibc
import TestKit
import Testing

// Goal: kill -9 of the daemon at any moment loses no pod, starts none twice and counts no restart.
// Method: seeded random moments while pods are published; compared with the processes before.
@Suite(
    "Crashes of the daemon",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct CrashTests {
    @Test(
        "killed at random moments it comes back to the same processes",
        arguments: [1, 2] as [UInt64]
    )
    func randomMoments(seed: UInt64) async throws {
        try await Gateway.with { gateway in
            var random = SeededGenerator(seed: seed)
            let count = 6
            for number in 0..<count {
                try await gateway.publishPod("p-\(number)", image: "ticker")
                let moment =
                    ContinuousClock.now + .milliseconds(.random(in: 0...250, using: &random))
                try await eventually("the moment") { ContinuousClock.now >= moment }
                let before = gateway.runnerProcesses()
                gateway.killDaemon()
                #expect(Set(gateway.runnerProcesses()).isSuperset(of: before), "seed \(seed)")
                try await gateway.startDaemon()
            }
            for number in 0..<count {
                let pod = try await gateway.upstream("p-\(number)", "running", within: 60) {
                    $0.phase == "Running"
                }
                #expect(pod.restartCount == 0, "seed \(seed), p-\(number)")
            }
            #expect(gateway.runnerProcesses().count == count, "seed \(seed)")
        }
    }
}
