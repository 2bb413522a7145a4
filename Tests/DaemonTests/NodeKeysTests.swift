import KubeModel
import Lifecycle
import Supervisor
import Testing

@testable import Daemon

// Goal: what an operator writes about the node is what holds, and what is wrong is named. Method: tables.
@Suite("Keys about the node")
struct NodeKeysTests {
    private func read(_ text: String) throws(ConfigurationError) -> NodeSettings {
        try DaemonConfiguration(yaml: Array(("node: {name: gw-1}\n" + text).utf8)).node
    }

    private func threshold(
        _ settings: NodeSettings,
        _ signal: EvictionSignal,
        isHard: Bool = true
    ) -> EvictionThreshold? {
        settings.eviction.thresholds.first { $0.signal == signal && $0.isHard == isHard }
    }

    @Test("without a word, the kubelet's thresholds hold, and less memory on small machines")
    func defaults() throws {
        let settings = try read("")
        #expect(settings.podCountMax == 110)
        #expect(settings.shutdownGroups.map(\.graceSeconds) == [20, 10])
        #expect(threshold(settings, .imageDisk)?.amount == .percent(15))
        #expect(threshold(settings, .memory, isHard: false) == nil)
        #expect(settings.eviction.transitionSeconds == 300)
        for (bytes, most) in [(256 << 20, 16 << 20), (64 << 30, 100 << 20), (-1, 0)]
            as [(Int64, Int64)]
        {
            let standard = NodeSettings.standard(memoryByteCount: bytes)
            #expect(threshold(standard, .memory)?.amount == .count(most))
        }
    }

    @Test("everything that can be said is taken")
    func everything() throws {
        let configuration = try DaemonConfiguration(
            yaml: Array(
                """
                node:
                  name: gw-1
                  taints: [{key: lab, value: x, effect: NoExecute}, {key: bench, effect: NoSchedule}]
                  maxPods: 7
                  reserved: {cpu: 100m, memory: 48Mi, ephemeral-storage: 1048576}
                eviction:
                  hard: {memory.available: 5%, imagefs.available: 0, pid.available: 0%, nodefs.available: 1Gi}
                  soft: {memory.available: 50Mi}
                  softGraceSeconds: {memory.available: 90}
                  minimumReclaim: {memory.available: 10Mi}
                  transitionSeconds: 30
                  maxPodGraceSeconds: 20
                shutdown:
                  groups: [{priority: -5, graceSeconds: 3}, {priority: 100, graceSeconds: 4}]
                """.utf8
            )
        )
        let node = configuration.node
        #expect(
            node.taints == [
                Taint(key: "lab", value: "x", effect: "NoExecute"),
                Taint(key: "bench", effect: "NoSchedule"),
            ]
        )
        #expect(node.podCountMax == 7)
        #expect(
            node.reserved
                == ResourceAmounts(
                    processorMillicores: 100,
                    memoryByteCount: 48 << 20,
                    storageByteCount: 1 << 20
                )
        )
        let hard = threshold(node, .memory)
        #expect(hard?.amount == .percent(5))
        #expect(hard?.minimumReclaim == .count(10 << 20))
        #expect(threshold(node, .memory, isHard: false)?.graceSeconds == 90)
        #expect(threshold(node, .nodeDisk)?.amount == .count(1 << 30))
        #expect(threshold(node, .imageDisk) == nil)
        #expect(threshold(node, .processes) == nil)
        #expect(threshold(node, .nodeInodes)?.amount == .percent(5))
        #expect(node.eviction.transitionSeconds == 30)
        #expect(node.eviction.podGraceSecondsMax == 20)
        #expect(
            node.shutdownGroups == [
                .init(priority: -5, graceSeconds: 3), .init(priority: 100, graceSeconds: 4),
            ]
        )
    }

    @Test("the two groups share the time, and none is left to the service manager")
    func shutdown() throws {
        let both = try read("shutdown: {graceSeconds: 60, criticalGraceSeconds: 15}")
        #expect(both.shutdownGroups.map(\.graceSeconds) == [45, 15])
        #expect(
            try read("shutdown: {graceSeconds: 4}").shutdownGroups.map(\.graceSeconds) == [0, 4]
        )
        #expect(try read("shutdown: {graceSeconds: 0}").shutdownGroups.isEmpty)
    }

    @Test(
        "what is wrong is named with its key",
        arguments: [
            ("eviction: {hard: {memory.free: 1}}", "memory.free"),
            ("eviction: {hard: {memory.available: 101%}}", "101%"),
            ("eviction: {hard: {memory.available: 1.5%}}", "1.5%"),
            ("eviction: {hard: {memory.available: lots}}", "lots"),
            ("eviction: {hard: {memory.available: -1}}", "-1"),
            ("eviction: {soft: {memory.available: 1Mi}}", "softGraceSeconds"),
            ("eviction: {transitionSeconds: -1}", "transitionSeconds"),
            ("shutdown: {graceSeconds: 5, criticalGraceSeconds: 6}", "criticalGraceSeconds"),
            ("shutdown: {graceSeconds: 5, groups: []}", "exclude"),
            ("shutdown: {groups: [{priority: 1}]}", "graceSeconds"),
            ("shutdown: {patience: 5}", "patience"),
        ]
    )
    func wrong(_ text: String, _ named: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        #expect(error?.description.contains(named) == true, "\(String(describing: error))")
    }

    @Test(
        "so is what is wrong about the node itself",
        arguments: [
            ("taints: [{key: a, effect: Never}]", "effect"),
            ("taints: [{effect: NoExecute}]", "key"),
            ("taints: [{key: \"\", effect: NoExecute}]", "key"), ("maxPods: 0", "maxPods"),
            ("reserved: {cpu: fast}", "fast"), ("reserved: {disk: 1}", "disk"),
        ]
    )
    func wrongNode(_ text: String, _ named: String) {
        let yaml = "node: {name: gw-1, \(text)}\n"
        let error = #expect(throws: ConfigurationError.self) {
            try DaemonConfiguration(yaml: Array(yaml.utf8))
        }
        #expect(error?.description.contains(named) == true, "\(String(describing: error))")
    }
}
