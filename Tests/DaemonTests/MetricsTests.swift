import Documents
import Host
import KubeModel
import Supervisor
import Testing

@testable import Daemon

// Goal: what Prometheus and readers of the kubelet's summary get is well-formed and true. Method:
// values in, text out; and the real machine, whose numbers can only be bounded.
@Suite("Metrics and summary")
struct MetricsTests {
    private func usage() -> Usage {
        let pod = ObjectReference(kind: .pod, namespace: "shop", name: "we\"b", uid: "u")
        func process(_ container: String, pid: Int32) -> WorkloadProcess {
            WorkloadProcess(
                pod: pod,
                container: container,
                processID: pid,
                startedAt: Timestamp(rfc3339: "2026-11-23T07:30:00Z"),
                restartCount: 2
            )
        }
        let own = ProcessFacts.ownProcessID
        return Usage(
            [process("a", pid: own), process("b", pid: own), process("gone", pid: .max)],
            state: "/"
        )
    }

    @Test("a process that has ended is left out; the rest is read")
    func reading() {
        let usage = usage()
        #expect(usage.containers.map(\.process.container) == ["a", "b"])
        #expect(usage.containers.allSatisfy { $0.usage.residentBytes > 0 })
        #expect(usage.machine.memoryBytes > usage.machine.availableBytes)
        #expect(usage.machine.processorNanoseconds > 0)
        #expect(usage.machine.disk != nil)
        #expect(usage.daemon != nil)
    }

    @Test("the summary has one pod with its two containers, as the kubelet spells it")
    func summary() {
        let document = StatsSummary.document(usage(), nodeName: "gw-1")
        #expect(document["node"]?["nodeName"] == "gw-1")
        #expect(document["pods"]?.array?.count == 1)
        let pod = document["pods"]?[0]
        #expect(pod?["podRef"]?["namespace"] == "shop")
        #expect(pod?["containers"]?.array?.compactMap { $0["name"]?.string } == ["a", "b"])
        let container = pod?["containers"]?[0]
        #expect((container?["memory"]?["workingSetBytes"]?.integer ?? 0) > 0)
        #expect(container?["cpu"]?["usageCoreNanoSeconds"]?.integer != nil)
        #expect(container?["startTime"] == "2026-11-23T07:30:00Z")
    }

    @Test("every line of the metrics is a comment or a sample of the family before it")
    func metrics() throws {
        let status: Document = [
            "version": "1.2.3", "link": ["state": "online"], "outbox": ["due": 4],
            "pods": ["desired": 3],
        ]
        let pods: [Document] = [
            [
                "metadata": ["namespace": "shop", "name": "web"],
                "status": [
                    "phase": "Running",
                    "containerStatuses": [["name": "a", "restartCount": 7, "ready": true]],
                ],
            ]
        ]
        let text = Metrics.text(usage(), status: status, pods: pods)
        var family = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                family = String(line.split(separator: " ")[2])
                continue
            }
            guard !line.hasPrefix("# HELP ") else { continue }
            let name = line.prefix { $0 != "{" && $0 != " " }
            #expect(String(name) == family, "\(line)")
            let value = try #require(line.split(separator: " ").last)
            #expect(Double(value) != nil, "\(line)")
        }
        for line in [
            #"swiftlet_build_info{version="1.2.3"} 1"#, "swiftlet_link_up 1",
            "swiftlet_outbox_messages 4", "swiftlet_desired_pods 3",
            #"swiftlet_pods{phase="Running"} 1"#, #"swiftlet_pods{phase="Failed"} 0"#,
            #"swiftlet_container_restarts_total{namespace="shop",pod="web",container="a"} 7"#,
            #"swiftlet_container_ready{namespace="shop",pod="web",container="a"} 1"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        // A quote in a name must not end the label.
        #expect(text.contains(#"pod="we\"b""#))
        #expect(Set(text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }).count >= 12)
    }

    @Test(
        "nanoseconds are written as seconds, exactly",
        arguments: [
            (UInt64(0), "0.000000000"), (1, "0.000000001"), (1_500_000_000, "1.500000000"),
            (.max, "18446744073.709551615"),
        ]
    )
    func seconds(nanoseconds: UInt64, text: String) {
        #expect(Metrics.seconds(nanoseconds) == text)
    }
}
