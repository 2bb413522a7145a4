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
    /// Names that the operator uses on the machine itself.
    private static let localNames = ["local-1", "local-2"]

    @Test("it ends with what was wanted last, once", arguments: 1...seedCount)
    func life(seed: UInt64) async throws {
        try await Gateway.with { gateway in
            var random = SeededGenerator(seed: seed)
            var wishes: [String: Wish] = [:]
            var works: [String: String] = [:]
            var log: [String] = []
            for _ in 0..<Self.stepCount {
                let isLocal = random.next() % 4 == 0
                let step =
                    isLocal
                    ? try Self.localStep(gateway, &works, &random)
                    : try await Self.step(gateway, &wishes, &random)
                log.append(step)
            }
            // What a killed broker had not written down is gone; the same words again change nothing.
            for (name, wish) in wishes { try await Self.insist(on: wish, of: name, at: gateway) }
            do {
                try await Self.expect(works, of: gateway)
                try await Self.expect(wishes, works, of: gateway)
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
            // Why only these: what ends by itself would end otherwise, and that for good.
            guard let wish = wishes[name], wish.image == "ticker",
                let process = gateway.processID(ofPod: wish.uid)
            else { return "nothing" }
            kill(process, SIGKILL)
            return "\(name)'s workload is killed"
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

    /// Something that the operator does on the machine: applies a file, deletes, restarts.
    private static func localStep(
        _ gateway: Gateway,
        _ works: inout [String: String],
        _ random: inout SeededGenerator
    ) throws -> String {
        let name = localNames.randomElement(using: &random) ?? localNames[0]
        switch random.next() % 6 {
        case 0:
            let result = try gateway.swiftlet(["restart", name])
            return "restart \(name): \(result.exitCode)"
        case 1:
            guard works.removeValue(forKey: name) != nil else { return "nothing" }
            let result = try gateway.swiftlet(["delete", "pod", name])
            guard result.exitCode == 0 else { throw TestKitError(message: result.standardError) }
            return "\(name) is deleted here"
        case _:
            let image = ["ticker", "hello", "fails"].randomElement(using: &random) ?? "ticker"
            works[name] = image
            let file = gateway.fixture.path("\(name).yaml")
            try writeFile(
                file,
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: \(name)}
                spec:
                  restartPolicy: \(image == "ticker" ? "Always" : "Never")
                  terminationGracePeriodSeconds: 1
                  containers:
                    - name: main
                      image: oci:tests:\(image)
                      env: [{name: MODE, value: "\(random.next() % 3)"}]

                """
            )
            let result = try gateway.swiftlet(["apply", "-f", file])
            guard result.exitCode == 0 else { throw TestKitError(message: result.standardError) }
            return result.standardOutput.replacing("\n", with: " as \(image)")
        }
    }

    /// What was applied on the machine is as its last file says.
    private static func expect(_ works: [String: String], of gateway: Gateway) async throws {
        for name in localNames {
            let image = works[name]
            try await eventually("\(name) is \(image ?? "gone")", within: 90) {
                let pod = try gateway.localPod(name).map { PodView(document: $0) }
                switch image {
                case "ticker": return pod?.phase == "Running"
                case "hello": return pod?.phase == "Succeeded" && pod?.exitCode == 0
                case "fails": return pod?.phase == "Failed" && pod?.exitCode == 3
                case _: return pod == nil
                }
            }
        }
    }

    private static func expect(
        _ wishes: [String: Wish],
        _ works: [String: String],
        of gateway: Gateway
    ) async throws {
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
            gateway.runnerProcesses().count
                == tickers.count + works.values.count { $0 == "ticker" }
        }
        for ticker in tickers { #expect(gateway.processID(ofPod: ticker.uid) != nil) }
    }
}
