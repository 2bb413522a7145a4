import Documents
import Testing

@testable import Operator

// Goal: `top` shows shares of processors and memory that follow from two summaries. Method: values.
@Suite("What top shows")
struct UsageTableTests {
    private func summary(second: Int, cpu: Int64, memory: Int64, uid: String = "u") -> Document {
        let time: Document = .string("2026-11-23T07:30:0\(second)Z")
        return [
            "node": [
                "nodeName": "gw-1", "cpu": ["time": time, "usageCoreNanoSeconds": .integer(cpu)],
                "memory": ["usageBytes": 104_857_600, "availableBytes": 314_572_800],
                "fs": ["usedBytes": 1_048_576, "capacityBytes": 0],
            ],
            "pods": [
                [
                    "podRef": ["name": "web", "namespace": "shop", "uid": .string(uid)],
                    "containers": [
                        [
                            "name": "a",
                            "cpu": ["time": time, "usageCoreNanoSeconds": .integer(cpu)],
                            "memory": ["workingSetBytes": .integer(memory), "rssBytes": 8_388_608],
                        ]
                    ],
                ],
                [
                    "podRef": ["name": "big", "namespace": "default", "uid": "v"],
                    "containers": [["name": "a", "memory": ["workingSetBytes": 209_715_200]]],
                ],
            ],
        ]
    }

    @Test("pods come with the most memory first; a quarter of a core is 250m")
    func pods() {
        let first = summary(second: 1, cpu: 1_000_000_000, memory: 1)
        let second = summary(second: 3, cpu: 1_500_000_000, memory: 1_572_864)
        let all = UsageTable.pods(first, second, namespace: nil)
        #expect(
            all == [
                ["default", "big", "0m", "200Mi", "0.0Mi"],
                ["shop", "web", "250m", "1.5Mi", "8.0Mi"],
            ]
        )
        #expect(
            UsageTable.pods(first, second, namespace: "shop") == [
                ["web", "250m", "1.5Mi", "8.0Mi"]
            ]
        )
        #expect(UsageTable.pods(first, second, namespace: "none").isEmpty)
    }

    @Test("the node's shares are of what it has; an unknown whole has none")
    func node() {
        let first = summary(second: 1, cpu: 0, memory: 1)
        let second = summary(second: 2, cpu: 2_000_000_000, memory: 1)
        #expect(
            UsageTable.node(first, second) == [
                "gw-1", "2000m", "100Mi", "25%", "1.0Mi", "<unknown>",
            ]
        )
    }

    @Test("readings that do not belong together give no rate, and trap nothing")
    func rates() {
        func reading(_ time: String, _ value: Int64) -> Document {
            ["time": .string(time), "usageCoreNanoSeconds": .integer(value)]
        }
        let early = reading("2026-11-23T07:30:01Z", 5)
        let late = reading("2026-11-23T07:30:02Z", 9)
        #expect(UsageTable.rate(early, late) == 4)
        #expect(UsageTable.rate(late, early) == nil)
        #expect(UsageTable.rate(early, early) == nil)
        #expect(UsageTable.rate(nil, late) == nil)
        // Another process under the same name has used less.
        #expect(UsageTable.rate(early, reading("2026-11-23T07:30:02Z", 4)) == nil)
        #expect(UsageTable.rate(early, reading("2026-11-23T07:30:01.000000001Z", .max)) == nil)
    }
}
