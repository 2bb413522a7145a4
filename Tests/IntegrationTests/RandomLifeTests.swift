import Documents
import Glibc
import TestKit
import Testing

// Goal: whatever happens in whatever order, the node ends with what was wanted last, each thing once,
// and the cloud knows it. Method: seeded random lives of real programs, as Sources/Simulation leads
// them by the hundred thousand without any. SWIFTLET_CRASH_SEEDS asks for more than four.
@Suite(
    "Random lives of a gateway",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct RandomLifeTests {
    /// What is wanted under a name, the last word of the controller.
    private struct Wish {
        var image: String
        var change: PodChange
        var uid: String
        var isGone = false

        /// How a pod of this image ends up.
        var phase: String {
            switch image {
            case "ticker": "Running"
            case "hello": "Succeeded"
            default: "Failed"
            }
        }
    }

    private static let seedCount =
        environmentVariable("SWIFTLET_CRASH_SEEDS").flatMap { UInt64($0) } ?? 4
    private static let stepCount = 25
    private static let names = ["a", "b", "c", "d"]

    @Test("it ends with what was wanted last, once", arguments: 1...seedCount)
    func life(seed: UInt64) async throws {
        try await Gateway.with { gateway in
            var random = SeededGenerator(seed: seed)
            var wishes: [String: Wish] = [:]
            var log: [String] = []
            for _ in 0..<Self.stepCount {
                let step = try await Self.step(gateway, &wishes, &random)
                log.append(step)
            }
            // What a killed broker had not written down is gone; the same words again change nothing.
            for (name, wish) in wishes { try await Self.insist(on: wish, of: name, at: gateway) }
            do {
                try await Self.expect(wishes, of: gateway)
            } catch {
                throw TestKitError(
                    message: "seed \(seed), \(log.joined(separator: "; ")): \(error)"
                )
            }
        }
    }

    private static func step(
        _ gateway: Gateway,
        _ wishes: inout [String: Wish],
        _ random: inout SeededGenerator
    ) async throws -> String {
        let name = names[Int(random.next() % UInt64(names.count))]
        switch random.next() % 10 {
        case 0...3:
            let wish = wish(of: name, after: wishes[name], &random)
            wishes[name] = wish
            try await say(wish, of: name, to: gateway)
            return "\(name) is \(wish.image) \(wish.uid) \(wish.change.version)"
        case 4:
            guard var wish = wishes[name], !wish.isGone else { return "nothing" }
            wish.isGone = true
            wish.change.deletionTimestamp = "2026-11-23T07:30:00Z"
            wishes[name] = wish
            try await say(wish, of: name, to: gateway)
            return "\(name) goes"
        case 5:
            guard let process = gateway.runnerProcesses().randomElement(using: &random) else {
                return "nothing"
            }
            kill(process, SIGKILL)
            return "a workload is killed"
        case 6, 7:
            gateway.killDaemon()
            try await gateway.startDaemon()
            return "the daemon is killed"
        case 8:
            gateway.broker.kill()
            try await gateway.broker.start()
            return "the broker is killed"
        case _:
            try await CrashTests.moment(using: &random)
            return "a moment"
        }
    }

    /// Another image, another version or another pod of the name.
    private static func wish(
        of name: String,
        after last: Wish?,
        _ random: inout SeededGenerator
    ) -> Wish {
        var change = PodChange()
        change.version = (last?.change.version ?? 0) + 1
        change.mode = "\(change.version)"
        if let last, !last.isGone, last.image == "ticker", Bool.random(using: &random) {
            return Wish(image: "ticker", change: change, uid: last.uid)
        }
        let image =
            ["ticker", "ticker", "hello", "fails"].randomElement(using: &random) ?? "ticker"
        change.restartPolicy = image == "ticker" ? "Always" : "Never"
        change.graceSeconds = 1
        return Wish(image: image, change: change, uid: "uid-\(name)-\(change.version)")
    }

    private static func say(_ wish: Wish, of name: String, to gateway: Gateway) async throws {
        let pod = wish.change.pod(name, wish.uid, image: wish.image)
        try await gateway.publish("desired/pods/default/\(name)", pod.json())
    }

    /// Says the last word again; a deletion by the operator's program, which sees it through.
    private static func insist(on wish: Wish, of name: String, at gateway: Gateway) async throws {
        guard wish.isGone else { return try await say(wish, of: name, to: gateway) }
        // Why more than once: a broker that has just lost its memory knows of no such pod, until the
        // node has told it all again.
        try await eventually("\(name) is gone", within: 60) {
            let result = try gateway.remotely(["delete", "pod", name])
            guard result.exitCode == 0 || result.standardError.contains("not found") else {
                throw TestKitError(message: "\(name) goes: \(result.standardError)")
            }
            return try gateway.localPod(name) == nil
        }
    }

    private static func expect(_ wishes: [String: Wish], of gateway: Gateway) async throws {
        let tickers = wishes.values.filter { !$0.isGone && $0.image == "ticker" }
        for (name, wish) in wishes {
            if wish.isGone {
                #expect(try gateway.localPod(name) == nil)
                continue
            }
            // Why so long: a workload that was killed twice waits for its back-off.
            let pod = try await gateway.upstream(name, wish.phase, within: 90) {
                $0.phase == wish.phase && $0.uid == wish.uid
                    && $0.resourceVersion == "\(wish.change.version)"
            }
            #expect(pod.exitCode == (wish.image == "fails" ? 3 : wish.image == "hello" ? 0 : nil))
            let local = try gateway.localPod(name).map { PodView(document: $0) }
            #expect(local?.phase == wish.phase)
            #expect(local?.uid == wish.uid)
        }
        try await eventually("each workload has one process, and nothing else has", within: 30) {
            gateway.runnerProcesses().count == tickers.count
        }
        for ticker in tickers { #expect(gateway.processID(ofPod: ticker.uid) != nil) }
    }
}
