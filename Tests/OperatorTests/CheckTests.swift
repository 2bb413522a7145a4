import ControlAPI
import Documents
import Host
import TestKit
import Testing
import Uplink

@testable import Operator

// Goal: `check` says what is wrong and what to do, and nothing is called good that is not. Method:
// facts of machines that are made up, and this one.
@Suite("Check")
struct CheckTests {
    private func machine(_ change: (inout MachineFacts) -> Void = { _ in }) -> [Finding] {
        var facts = MachineFacts()
        facts.kernelRelease = "6.1.0-42-arm64"
        facts.controllers = ["cpuset", "cpu", "io", "memory", "pids"]
        facts.hasPressureStall = true
        facts.securityModules = ["lockdown", "capability", "landlock", "yama"]
        facts.now = Collector.now
        facts.disk = FreeSpace(freeBytes: 50, totalBytes: 100)
        facts.memory = (all: 100, available: 50)
        change(&facts)
        return facts.findings
    }

    private func daemon(
        link: String = "online",
        errors: [Document] = [],
        exit: ProcessExit = .exited(code: 0),
        conditions: [Document] = []
    ) -> [Finding] {
        DaemonFacts(
            configuration: ("/etc/swiftlet/swiftletd.yaml: node gw-1 can run\n", exit),
            status: .success([
                "version": "1.0.0", "link": ["state": .string(link), "message": "refused"],
                "pods": ["desired": 3, "running": 2], "lastErrors": .array(errors),
            ]),
            node: ["status": ["conditions": .array(conditions)]]
        ).findings
    }

    private func bad(_ findings: [Finding]) -> [String] {
        findings.filter { $0.verdict != .good }.map { "\($0.area) \($0.verdict.rawValue)" }
    }

    @Test("a good gateway has nothing but good findings, without advice")
    func good() {
        let findings = machine() + daemon()
        #expect(bad(findings).isEmpty)
        #expect(findings.count == 11)
        #expect(findings.allSatisfy { $0.advice == nil && !$0.text.isEmpty })
    }

    @Test("each thing that a machine lacks is one finding with advice")
    func machines() {
        func check(_ expected: String?, _ change: (inout MachineFacts) -> Void) {
            let findings = machine(change)
            #expect(bad(findings) == (expected.map { [$0] } ?? []))
            #expect(findings.allSatisfy { ($0.verdict == .good) == ($0.advice == nil) })
        }
        check("kernel FAILED") { $0.kernelRelease = "5.4.0" }
        check("kernel FAILED") { $0.kernelRelease = "" }
        check(nil) { $0.kernelRelease = "5.6.1" }
        check("sandbox warning") { $0.securityModules = [] }
        check("sandbox warning") { ($0.kernelRelease, $0.securityModules) = ("5.10.0", []) }
        check("limits warning") { $0.controllers = nil }
        check("limits warning") { $0.controllers = ["cpu", "pids"] }
        check("pressure warning") { $0.hasPressureStall = false }
        check("clock warning") { $0.now = 1_000 }
        check("disk FAILED") { $0.disk = nil }
        check("disk FAILED") { $0.disk = FreeSpace(freeBytes: 0, totalBytes: 0) }
        check("disk FAILED") { $0.disk = FreeSpace(freeBytes: 4, totalBytes: 100) }
        check("disk warning") { $0.disk = FreeSpace(freeBytes: 14, totalBytes: 100) }
        check(nil) { $0.disk = FreeSpace(freeBytes: .max, totalBytes: .max) }
        check("memory warning") { $0.memory = (all: 100, available: 4) }
        check("memory warning") { $0.memory = (all: 0, available: 0) }
    }

    @Test("a missing controller is named, with the way to get it")
    func controller() {
        let finding = machine { $0.controllers = ["cpu", "pids"] }.first { $0.area == "limits" }
        #expect(finding?.text == "cgroup v2 lacks memory")
        #expect(finding?.advice?.contains("cgroup_enable=memory") == true)
    }

    @Test("the daemon's link, errors, configuration and conditions are judged")
    func daemons() {
        #expect(bad(daemon(link: "connecting")) == ["broker FAILED"])
        #expect(bad(daemon(link: "not configured")) == ["broker warning"])
        #expect(bad(daemon(errors: [["message": "no"]])) == ["errors warning"])
        #expect(bad(daemon(exit: .exited(code: 78))) == ["configuration FAILED"])
        #expect(bad(daemon(exit: .unknown)) == ["configuration FAILED"])
        let conditions: [Document] = [
            ["type": "Ready", "status": "True"], ["type": "DiskPressure", "status": "False"],
            ["type": "MemoryPressure", "status": "True", "message": "short"],
            ["type": "swiftlet.dev/Sandboxed", "status": "False"],
        ]
        #expect(bad(daemon(conditions: conditions)) == ["node warning", "node warning"])
    }

    @Test("a daemon that is not running is a failure that says how to start it")
    func notRunning() {
        let facts = DaemonFacts(
            configuration: nil,
            status: .failure(.control(.notRunning(path: "/s"))),
            node: nil
        )
        #expect(bad(facts.findings) == ["configuration warning", "daemon FAILED"])
        #expect(facts.findings.last?.advice?.contains("systemctl start") == true)
    }

    @Test("the report has one line a finding, the advice below it, and nothing that moves a cursor")
    func text() {
        let text = Finding.text([
            .good("disk", "fine"), .failure("broker", "gone\u{1B}[2J", "look"),
        ])
        #expect(
            text == "disk    ok       fine\nbroker  FAILED   gone?[2J\n                 -> look\n"
        )
    }

    @Test("this machine can be asked")
    func here() {
        let facts = MachineFacts(stateDirectory: "/", now: Collector.now)
        #expect(facts.kernelVersion.major >= 4)
        #expect(facts.memory.all > facts.memory.available && facts.memory.available > 0)
        #expect(facts.disk != nil)
        #expect(facts.findings.count == 7)
    }
}

// Goal: a support bundle helps and tells no secret. Method: values; the whole from a stand-in daemon.
@Suite("Support bundle")
struct SupportBundleTests {
    @Test("values of environments and configurations are replaced by their length, names stay")
    func harmless() {
        let pod = json(
            """
            {"spec":{"containers":[{"name":"a","env":[{"name":"TOKEN","value":"hunter2"},
             {"name":"HOST","valueFrom":{"fieldRef":{"fieldPath":"status.hostIP"}}}]}],
             "initContainers":[{"name":"i","env":[{"name":"X","value":""}]}]}}
            """
        )
        let shown = SupportBundle.harmless(pod)
        #expect(shown["spec"]?["containers"]?[0]?["env"]?[0]?["value"] == "<7 bytes>")
        #expect(shown["spec"]?["containers"]?[0]?["env"]?[0]?["name"] == "TOKEN")
        #expect(shown["spec"]?["containers"]?[0]?["env"]?[1]?["valueFrom"] != nil)
        #expect(shown["spec"]?["initContainers"]?[0]?["env"]?[0]?["value"] == "<0 bytes>")
        let config = json(
            #"{"data":{"a":"hunter2"},"binaryData":{"b":"aHVudGVyMg=="},"stringData":{"c":"hunter2"}}"#
        )
        #expect(!SupportBundle.harmless(config).jsonText(pretty: false).contains("hunter2"))
        #expect(!SupportBundle.harmless(config).jsonText(pretty: false).contains("aHVudGVyMg"))
        #expect(SupportBundle.harmless(["kind": "Node"]) == ["kind": "Node"])
    }

    @Test("the archive holds the parts as text, and what cannot be read is there with its reason")
    func archive() async throws {
        try await withDaemon { path in
            let screen = Collector()
            var reach = Reach()
            reach.socketPath = path
            let session = Session(reach: reach, console: screen.console)
            let file = try ManifestFile(
                bytes: Array(
                    """
                    {apiVersion: v1, kind: Pod, metadata: {name: web},
                     spec: {containers: [{name: a, image: i, env: [{name: T, value: hunter2}]}]}}
                    """.utf8
                ),
                path: "f.yaml",
                namespace: "default",
                isNamespaceGiven: false
            )
            try await session.apply(file, timeoutSeconds: 5)
            try await Fixture.with { fixture in
                let archive = fixture.path("bundle.tar.gz")
                try await session.supportBundle(
                    path: archive,
                    configurationPath: "/none",
                    withLogs: true
                )
                let listing = try run("/bin/tar", ["-tzf", archive])
                for part in [
                    "version.txt", "check.txt", "status.yaml", "pods.yaml", "nodes.yaml",
                    "events.yaml",
                    "configmaps.yaml", "secrets.yaml", "logs-default_web_a.log",
                ] {
                    #expect(listing.standardOutput.contains("./\(part)"), "\(part)")
                }
                let all = try run("/bin/tar", ["-xzOf", archive])
                #expect(all.standardOutput.contains("<7 bytes>"))
                #expect(!all.standardOutput.contains("hunter2"))
                // The stand-in's events fail; the reason stands in their place.
                #expect(all.standardOutput.contains("the store is busy"))
                #expect(!FileTree.isDirectory(archive + ".parts"))
            }
            #expect(screen.output.contains("no values of secrets or environments"))
        }
    }

    @Test("over a broker it is refused: what is packed is this machine")
    func broker() async throws {
        var reach = Reach()
        reach.isForAllNodes = true
        reach.broker = UplinkConfiguration(
            url: try BrokerURL("mqtt://127.0.0.1:1"),
            nodeName: "all"
        )
        let session = Session(reach: reach, console: Collector().console)
        await #expect(throws: OperatorError.self) {
            try await session.supportBundle(path: "/x", configurationPath: "/none", withLogs: false)
        }
        await #expect(throws: OperatorError.self) {
            try await session.check(configurationPath: "/none")
        }
    }
}
