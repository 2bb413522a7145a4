import Glibc
import TestKit
import Testing

// Goal: kill -9 of the daemon at any moment loses no pod, starts none twice and counts no restart.
// Method: seeded random moments while pods are published; compared with the processes before. Two
// seeds each time; SWIFTLET_CRASH_SEEDS asks for more.
@Suite(
    "Crashes of the daemon",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct CrashTests {
    static let podCount = 6
    static let seedCount = environmentVariable("SWIFTLET_CRASH_SEEDS").flatMap { UInt64($0) } ?? 2

    @Test("killed at random moments it comes back to the same processes", arguments: 1...seedCount)
    func randomMoments(seed: UInt64) async throws {
        try await Gateway.with { gateway in
            var random = SeededGenerator(seed: seed)
            for number in 0..<Self.podCount {
                try await gateway.publishPod("p-\(number)", image: "ticker")
                try await Self.moment(using: &random)
                let before = gateway.runnerProcesses()
                gateway.killDaemon()
                #expect(Set(gateway.runnerProcesses()).isSuperset(of: before), "seed \(seed)")
                try await gateway.startDaemon()
            }
            try await Self.expectAll(gateway, seed)
        }
    }

    @Test("so it does when the broker is killed as well, once the controller has said all again")
    func withBroker() async throws {
        let seed: UInt64 = 40
        try await Gateway.with { gateway in
            var random = SeededGenerator(seed: seed)
            for number in 0..<Self.podCount {
                try await gateway.publishPod("p-\(number)", image: "ticker")
                try await Self.moment(using: &random)
                gateway.broker.kill()
                if Bool.random(using: &random) {
                    gateway.killDaemon()
                    try await gateway.startDaemon()
                }
                try await gateway.broker.start()
            }
            // What a killed broker had not written down is gone; the same words again change nothing.
            for number in 0..<Self.podCount {
                try await gateway.publishPod("p-\(number)", image: "ticker")
            }
            try await Self.expectAll(gateway, seed)
        }
    }

    /// Lets up to a quarter of a second go by.
    static func moment(using random: inout SeededGenerator) async throws {
        let end = ContinuousClock.now + .milliseconds(.random(in: 0...250, using: &random))
        try await eventually("the moment") { ContinuousClock.now >= end }
    }

    private static func expectAll(_ gateway: Gateway, _ seed: UInt64) async throws {
        for number in 0..<podCount {
            let pod = try await gateway.upstream("p-\(number)", "running", within: 60) {
                $0.phase == "Running"
            }
            #expect(pod.restartCount == 0, "seed \(seed), p-\(number)")
        }
        #expect(gateway.runnerProcesses().count == podCount, "seed \(seed)")
    }
}
