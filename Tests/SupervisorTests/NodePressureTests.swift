import Documents
import KubeModel
import Lifecycle
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: measurements become conditions, evictions and refusals, and pods end with the machine. Method: the
// whole supervisor with a machine whose measurements and whose time the test makes up.
@Suite("A node that runs short or goes down", .timeLimit(.minutes(1)))
struct NodePressureTests {
    static let settings = NodeSettings(
        eviction: .init(
            thresholds: [
                EvictionThreshold(.memory, .percent(10)),
                EvictionThreshold(.nodeDisk, .percent(10)),
            ],
            transitionSeconds: 60
        )
    )

    private func story(
        _ settings: NodeSettings = settings,
        _ body: @Sendable (Life, StandInGauge) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.path("node"))
            story.settings.withLock { $0 = settings }
            for signal in [EvictionSignal.memory, .nodeDisk] { story.gauge.leave(900, of: signal) }
            try await story.daemon { try await body($0, story.gauge) }
        }
    }

    private func condition(_ life: Life, _ type: String) async -> Document? {
        await life.supervisor.nodeDocument().condition(type)
    }

    private func run(_ life: Life, _ names: [String], spec: [String: String] = [:]) async throws {
        for name in names {
            let json = podJSON(uid: name, name: name, spec: spec[name] ?? "")
            try await life.apply(json, name: name)
        }
        for name in names {
            try await life.eventually("\(name) runs") { await life.phase(name) == "Running" }
        }
    }

    /// Lets ten seconds pass once the measurement before has had its effect.
    private func passToNextLook(_ life: Life, _ gauge: StandInGauge) async throws {
        try await life.eventually("the look before is over") {
            let isUnderWay = await life.supervisor.measuring.isUnderWay
            return !isUnderWay && gauge.world.withLock { $0.lookCount > 0 }
        }
        life.pass(seconds: 10)
    }

    @Test("the pod that uses most goes, one at a time, and stays failed")
    func evicts() async throws {
        try await story { life, gauge in
            try await run(life, ["a", "b", "c"])
            gauge.world.withLock {
                $0.usages["a"] = PodUsage(memoryByteCounts: ["main": 1 << 20])
                $0.usages["b"] = PodUsage(memoryByteCounts: ["main": 3 << 20])
                $0.usages["c"] = PodUsage(memoryByteCounts: ["main": 2 << 20])
            }
            gauge.leave(50, of: .memory)
            try await passToNextLook(life, gauge)
            try await life.eventually("b is evicted") { await life.phase("b") == "Failed" }
            let status = await life.document("b")?["status"]
            #expect(status?["reason"] == "Evicted")
            #expect(status?["message"]?.string?.contains("low on resource: memory") == true)
            #expect(await condition(life, "MemoryPressure")?["status"] == "True")
            #expect(await condition(life, "Ready")?["status"] == "True")
            gauge.leave(900, of: .memory)
            try await passToNextLook(life, gauge)
            try await life.eventually("looked again") {
                gauge.world.withLock { $0.lookCount } >= 3
            }
            #expect(await life.phase("a") == "Running")
            #expect(await life.phase("c") == "Running")
            #expect(try await life.due("status/pods/default/b")?["status"]?["reason"] == "Evicted")
            life.pass(seconds: 70)
            try await life.eventually("the pressure is over") {
                await condition(life, "MemoryPressure")?["status"] == "False"
            }
        }
    }

    @Test("the kernel's word is followed before it is time")
    func pressed() async throws {
        try await story { life, gauge in
            try await run(life, ["a"])
            gauge.leave(50, of: .memory)
            life.pass(seconds: 3)
            gauge.press()
            try await life.eventually("a is evicted") { await life.phase("a") == "Failed" }
        }
    }

    @Test("a short disk takes images first, and pods only when that does not help")
    func disk() async throws {
        try await story { life, gauge in
            try await run(life, ["a"])
            life.story.images.world.withLock { $0.onPrune = { gauge.leave(900, of: .nodeDisk) } }
            gauge.leave(50, of: .nodeDisk)
            try await passToNextLook(life, gauge)
            try await life.eventually("images went") {
                life.story.images.world.withLock { $0.pruneCount } == 1
            }
            try await life.eventually("looked after that") {
                gauge.world.withLock { $0.asked.first?.folders.isEmpty == false }
            }
            #expect(await life.phase("a") == "Running")
            life.story.images.world.withLock { $0.onPrune = {} }
            gauge.leave(50, of: .nodeDisk)
            try await passToNextLook(life, gauge)
            try await life.eventually("a is evicted") { await life.phase("a") == "Failed" }
        }
    }

    @Test("under pressure nothing new is taken, and what runs keeps its place over a restart")
    func refuses() async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.path("node"))
            story.settings.withLock { $0 = Self.settings }
            story.gauge.leave(50, of: .nodeDisk)
            try await story.daemon { life in
                try await life.eventually("the disk is short") {
                    await condition(life, "DiskPressure")?["status"] == "True"
                }
                try await life.apply(podJSON(uid: "a", name: "a"), name: "a")
                try await life.eventually("a is refused") { await life.phase("a") == "Failed" }
                #expect(await life.document("a")?["status"]?["reason"] == "Evicted")
                let taints = await life.supervisor.nodeDocument()["spec"]?["taints"]
                #expect(taints?[0]?["key"] == "node.kubernetes.io/disk-pressure")
            }
            try await story.daemon { life in
                try await life.eventually("still failed") { await life.phase("a") == "Failed" }
                #expect(story.host.world.withLock { $0.started.isEmpty })
            }
        }
    }

    @Test("a pod that asks for more than the machine has has failed")
    func admission() async throws {
        try await story { life, _ in
            let container = #""resources":{"requests":{"cpu":"5000"}},"#
            try await life.apply(podJSON(uid: "a", name: "a", container: container), name: "a")
            try await life.eventually("a is refused") { await life.phase("a") == "Failed" }
            #expect(await life.document("a")?["status"]?["reason"] == "OutOfcpu")
            let node = await life.supervisor.nodeDocument()
            #expect(node["status"]?["allocatable"]?["pods"] == "110")
        }
    }

    @Test("what is allocatable is the capacity without the reserve and the hard thresholds")
    func allocatable() {
        var settings = Self.settings
        settings.reserved = ResourceAmounts(processorMillicores: 500, memoryByteCount: 100)
        let whole = ResourceAmounts(
            processorMillicores: 2_000,
            memoryByteCount: 10_000,
            storageByteCount: 50
        )
        let left = settings.allocatable(of: whole)
        #expect(left.processorMillicores == 1_500)
        #expect(left.memoryByteCount == 8_900)
        #expect(left.storageByteCount == 45)
        settings.reserved.memoryByteCount = .max
        #expect(settings.allocatable(of: whole).memoryByteCount == 0)
    }

    @Test("times of transitions outlive the daemon")
    func transitions() async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.path("node"))
            let first = try await story.daemon { await condition($0, "Ready") }
            story.nanoseconds.withLock { $0 += 500_000_000_000 }
            let second = try await story.daemon { await condition($0, "Ready") }
            #expect(first?["lastTransitionTime"] != nil)
            #expect(first == second)
        }
    }

    @Test("pods end by priority with the machine, and begin again after it")
    func shutdown() async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.path("node"))
            try await story.daemon { life in
                try await run(
                    life,
                    ["a", "b"],
                    spec: ["a": #""priorityClassName":"system-node-critical","#]
                )
                await life.supervisor.shutDown()
                let signals = story.host.world.withLock { $0.signals.map { "\($0.0.uid) \($0.1)" } }
                #expect(signals == ["b 15", "a 15"])
                for name in ["a", "b"] {
                    #expect(await life.phase(name) == "Failed")
                    #expect(await life.document(name)?["status"]?["reason"] == "Terminated")
                }
                #expect(await condition(life, "Ready")?["status"] == "False")
                try await life.apply(podJSON(uid: "c", name: "c"), name: "c")
                try await life.eventually("c is refused") { await life.phase("c") == "Failed" }
                #expect(await life.document("c")?["status"]?["reason"] == "NodeShutdown")
            }
            story.bootID.withLock { $0 = "boot-2" }
            story.host.powerCut()
            try await story.daemon { life in
                for name in ["a", "b", "c"] {
                    try await life.eventually("\(name) runs") {
                        await life.phase(name) == "Running"
                    }
                }
                #expect(await condition(life, "Ready")?["status"] == "True")
            }
        }
    }

    @Test("a process that does not hear is killed when its group's time is over")
    func stuck() async throws {
        try await story { life, _ in
            try await run(life, ["a"])
            life.story.host.world.withLock { $0.ignoresTerminate = true }
            async let down: Void = life.supervisor.shutDown()
            try await life.eventually("a was asked to end") {
                life.story.host.world.withLock { $0.signals.map(\.1) } == [15]
            }
            life.pass(seconds: 20)
            await down
            #expect(life.story.host.world.withLock { $0.signals.map(\.1) } == [15, 9])
        }
    }

    @Test("a record of conditions that cannot be read begins anew")
    func records() {
        for record in ["", "Ready", "Ready=True", "Ready=Maybe@1", "Ready=True@x", "=@", "@="] {
            #expect(NodeConditions(record: record).conditions.isEmpty, "\(record)")
        }
        var conditions = NodeConditions()
        let time = Timestamp(nanosecondsSinceEpoch: 5)
        let standard = NodeConditions.standard([.disk], isShuttingDown: false)
        let isNews = conditions.update(standard, at: time)
        #expect(isNews)
        let isNewsAgain = conditions.update(standard, at: Timestamp(nanosecondsSinceEpoch: 9))
        #expect(!isNewsAgain)
        var again = NodeConditions(record: conditions.record)
        _ = again.update(standard, at: Timestamp(nanosecondsSinceEpoch: 9))
        #expect(again == conditions)
        #expect(conditions.conditions.map(\.lastTransitionTime) == Array(repeating: time, count: 4))
    }
}
