import KubeModel
import Testing

@testable import Lifecycle

// Goal: what fits is taken and keeps its place, what does not has failed in the kubelet's words.
// Method: a table for the rules, scripts for what becomes of the room.
@Suite("Which pods a node takes")
struct AdmissionTests {
    static let node = NodeAdmission(
        allocatable: ResourceAmounts(
            processorMillicores: 2_000,
            memoryByteCount: 128 << 20,
            storageByteCount: 1 << 30
        ),
        podCountMax: 3,
        labels: ["site": "north"]
    )

    struct Rule: Sendable {
        var what: String
        var pod: Pod
        var node = AdmissionTests.node
        var used = ResourceAmounts()
        var count: Int64 = 0
        var reason: String?
        var message: String?
    }

    static func pod(_ change: (inout Pod) -> Void) -> Pod {
        var pod = Pod.asking("a")
        change(&pod)
        return pod
    }

    static let short = NodeAdmission(pressures: [.memory])
    static let full = NodeAdmission(pressures: [.memory, .disk])
    static let tainted = NodeAdmission(taints: [Taint(key: "gone", value: "x", effect: "NoExecute")]
    )

    static let rules: [Rule] = [
        Rule(what: "a pod that asks for nothing", pod: .asking("a")),
        Rule(what: "exactly all there is", pod: .asking("a", ["cpu": "2", "memory": "128Mi"])),
        Rule(
            what: "a thousandth too many",
            pod: .asking("a", ["cpu": "2001m"]),
            reason: "OutOfcpu",
            message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 2001, "
                + "used: 0, capacity: 2000"
        ),
        Rule(
            what: "too much beside the others",
            pod: .asking("a", ["memory": "65Mi"]),
            used: ResourceAmounts(memoryByteCount: 64 << 20),
            reason: "OutOfmemory",
            message:
                "Pod was rejected: Node didn't have enough resource: memory, requested: 68157440, "
                + "used: 67108864, capacity: 134217728"
        ),
        Rule(
            what: "more than the disk has",
            pod: .asking("a", ["ephemeral-storage": "2Gi"]),
            reason: "OutOfephemeral-storage"
        ),
        Rule(
            what: "one pod too many",
            pod: .asking("a"),
            count: 3,
            reason: "OutOfpods",
            message:
                "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 3, "
                + "capacity: 3"
        ),
        Rule(
            what: "the largest amount there can be",
            pod: .asking("a", ["memory": "9223372036854775807"]),
            used: ResourceAmounts(memoryByteCount: .max),
            reason: "OutOfmemory"
        ),
        Rule(
            what: "a label that the node has",
            pod: pod { $0.spec.nodeSelector = ["site": "north"] }
        ),
        Rule(
            what: "a label that it has not",
            pod: pod { $0.spec.nodeSelector = ["site": "south"] },
            reason: "NodeAffinity",
            message:
                "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node "
                + "affinity/selector"
        ),
        Rule(what: "a taint", pod: .asking("a"), node: tainted, reason: "TaintToleration"),
        Rule(
            what: "a taint that the pod does not mind",
            pod: pod { $0.spec.tolerations = [Toleration(key: "gone", comparison: .exists)] },
            node: tainted
        ),
        Rule(
            what: "a taint of another value than the pod does not mind",
            pod: pod { $0.spec.tolerations = [Toleration(key: "gone", value: "y")] },
            node: tainted,
            reason: "TaintToleration"
        ),
        Rule(what: "a taint, for a static pod", pod: .asking("a", isStatic: true), node: tainted),
        Rule(
            what: "a taint for schedulers",
            pod: .asking("a"),
            node: NodeAdmission(taints: [Taint(key: "k", effect: "NoSchedule")])
        ),
        Rule(
            what: "too little memory, for a pod that asks for none",
            pod: .asking("a"),
            node: short,
            reason: "Evicted",
            message: "Pod was rejected: The node had condition: [MemoryPressure]. "
        ),
        Rule(
            what: "too little memory, for one that asks",
            pod: .asking("a", ["cpu": "1m"]),
            node: short
        ),
        Rule(
            what: "too little memory, for one that does not mind",
            pod: pod {
                let key = "node.kubernetes.io/memory-pressure"
                $0.spec.tolerations = [Toleration(key: key, comparison: .exists)]
            },
            node: short
        ),
        Rule(
            what: "too little memory, for a critical one",
            pod: .asking("a", priority: PodPriority.critical),
            node: short
        ),
        Rule(
            what: "too little disk, whatever it asks for",
            pod: .asking("a", ["cpu": "1m"]),
            node: full,
            reason: "Evicted",
            message: "Pod was rejected: The node had condition: [DiskPressure MemoryPressure]. "
        ),
        Rule(
            what: "too little disk, for a static pod",
            pod: .asking("a", isStatic: true),
            node: full
        ),
        Rule(
            what: "a machine that goes down",
            pod: .asking("a", isStatic: true),
            node: NodeAdmission(isShuttingDown: true),
            reason: "NodeShutdown",
            message: "Pod was rejected as the node is shutting down."
        ),
    ]

    @Test("each rule, in the kubelet's words", arguments: rules.indices)
    func rule(_ index: Int) {
        let rule = Self.rules[index]
        let verdict = rule.node.refusal(of: rule.pod, beside: rule.used, count: rule.count)
        #expect(verdict?.reason == rule.reason, "\(rule.what)")
        if let message = rule.message { #expect(verdict?.message == message, "\(rule.what)") }
    }

    @Test("what is asked for is the sum of what runs side by side, or the hungriest beginning")
    func requested() {
        func container(_ millicores: Int64, isSidecar: Bool = false) -> Container {
            Container(
                name: "c\(millicores)",
                image: "x",
                resources: .init(requests: ["cpu": Quantity(milli: millicores)]),
                restartPolicy: isSidecar ? .always : nil
            )
        }
        let table: [([Container], [Container], Int64)] = [
            ([], [container(100), container(200)], 300),
            ([container(500)], [container(100)], 500),
            ([container(50)], [container(100)], 100),
            // A sidecar runs beside what comes after it, and not beside what came before.
            ([container(50, isSidecar: true), container(500)], [container(100)], 550),
            ([container(500), container(50, isSidecar: true)], [container(100)], 500),
            ([container(300, isSidecar: true)], [container(400)], 700),
        ]
        for (inits, containers, sum) in table {
            let spec = PodSpec(containers: containers, initContainers: inits)
            #expect(spec.requested.processorMillicores == sum)
        }
    }

    @Test("a pod that does not fit has failed, is told of, and never runs")
    func refused() {
        var story = NodeStory(Self.node)
        story.want([.asking("a", ["cpu": "1500m"]), .asking("b", ["cpu": "1"])])
        #expect(story.look() == ["image a"])
        #expect(story.status("b")?.phase == .failed)
        #expect(story.status("b")?.reason == "OutOfcpu")
        #expect(story.status("b")?.condition("DisruptionTarget") == nil)
        #expect(story.notes.map(\.reason) == ["OutOfcpu"])
        #expect(story.node.requested.processorMillicores == 1_500)
        // Also not when there is room again: it has failed, and another uid is another pod.
        story.want([.asking("b", ["cpu": "1"])])
        story.runs("a")
        story.exits("a")
        story.want([.asking("b", ["cpu": "1"])])
        #expect(!story.look().contains("image b"))
        story.want([.asking("b2", ["cpu": "2"])])
        #expect(story.look().last == "image b2")
    }

    @Test("the more important and the machine's own come first to the room")
    func order() {
        var story = NodeStory(Self.node)
        story.want([
            .asking("a", ["cpu": "1"]), .asking("b", ["cpu": "1"], priority: 10),
            .asking("c", ["cpu": "1"], isStatic: true),
        ])
        #expect(story.look() == ["image c", "image b"])
        #expect(story.status("a")?.reason == "OutOfcpu")
    }

    @Test("a pod that has ended gives its room back; one that is ending does not yet")
    func ended() {
        var story = NodeStory(Self.node)
        story.want([.asking("a", ["cpu": "2"], policy: .never)])
        story.runs("a")
        #expect(story.node.activePodCount == 1)
        story.exits("a", 0)
        #expect(story.node.activePodCount == 0)
        #expect(story.node.requested == ResourceAmounts())
        story.want([.asking("a", ["cpu": "2"], policy: .never), .asking("b", ["cpu": "2"])])
        #expect(story.status("b")?.reason == nil)
    }

    @Test("a pod that waits for one of its name is judged when its turn comes")
    func held() {
        var story = NodeStory(Self.node)
        story.want([.asking("a", ["cpu": "2"])])
        story.runs("a")
        var next = Pod.asking("a", ["cpu": "2"])
        next.metadata.uid = "a-2"
        story.want([next])
        #expect(story.status("a-2")?.reason == nil)
        story.exits("a")
        #expect(story.status("a-2")?.reason == nil)
        #expect(story.look().suffix(2) == ["remove a", "image a-2"])
        #expect(story.node.requested.processorMillicores == 2_000)
    }

    @Test("what was taken keeps its place over a restart, and what was refused stays refused")
    func restart() throws {
        var story = NodeStory(Self.node)
        story.want([.asking("a", ["cpu": "1500m"]), .asking("b", ["cpu": "1"])])
        story.runs("a")
        var smaller = Self.node
        smaller.allocatable = ResourceAmounts(processorMillicores: 1_000)
        var later = NodeStory(smaller)
        for uid in ["a", "b"] {
            let pod = try #require(try story.restored(uid, bootID: "boot-1"))
            later.node.restore(pod)
        }
        later.want([
            .asking("a", ["cpu": "1500m"]), .asking("b", ["cpu": "1"]), .asking("c", ["cpu": "1"]),
        ])
        #expect(later.status("a")?.reason == nil)
        #expect(later.node.requested.processorMillicores == 1_500)
        #expect(later.status("b")?.reason == "OutOfcpu")
        #expect(later.status("c")?.reason == "OutOfcpu")
    }

    @Test("sums never overflow, and come back to nothing")
    func sums() {
        var story = NodeStory()
        let large = (0..<50).map {
            Pod.asking("p\($0)", ["memory": "9223372036854775807", "cpu": "1"])
        }
        story.want(large)
        #expect(story.node.activePodCount == 50)
        #expect(story.node.requested.memoryByteCount > 0)
        story.want([])
        #expect(story.node.activePodCount == 0)
        #expect(story.node.requested == ResourceAmounts())
    }
}
