import Documents
import Glibc
import TestKit
import Testing

// Goal: what an operator types on the machine itself works on the real daemon, also where no
// controller has ever sent anything. Method: real programs, files and processes.
@Suite(
    "An operator on a gateway",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct OperatorStoryTests {
    private static func pod(_ name: String, image: String = "ticker", more: String = "") -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name)}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
            - {name: main, image: "oci:tests:\(image)"\(more)}

        """
    }

    /// Runs a verb that must succeed.
    @discardableResult
    private func say(_ gateway: Gateway, _ words: String...) throws -> String {
        let result = try gateway.swiftlet(words)
        #expect(result.exitCode == 0, "\(words): \(result.standardError)")
        return result.standardOutput
    }

    @Test("a file in the folder of manifests becomes a pod, follows the file, and goes with it")
    func staticPod() async throws {
        try await Gateway.with { gateway in
            let file = gateway.fixture.path("manifests/web.yaml")
            try writeFile(file, Self.pod("web"))
            let name = "web-\(Gateway.nodeName)"
            try await eventually("it runs") {
                try gateway.localPod(name).map { PodView(document: $0).phase } == "Running"
            }
            let refused = try gateway.swiftlet(["delete", "pod", name])
            #expect(refused.exitCode == 1)
            #expect(refused.standardError.contains("web.yaml"))
            // It is there after a crash of the daemon too, and is still the same process.
            let uid = try #require(
                try gateway.localPod(name).map { PodView(document: $0).uid } ?? nil
            )
            let before = try #require(gateway.processID(ofPod: uid))
            gateway.killDaemon()
            try await gateway.startDaemon()
            #expect(gateway.processID(ofPod: uid) == before)
            unlink(file)
            try await eventually("it is gone") { try gateway.localPod(name) == nil }
            #expect(gateway.processID(ofPod: uid) == nil)
        }
    }

    @Test(
        "a ConfigMap and a pod that uses it are applied, waited for, compared, listed and deleted"
    )
    func verbs() async throws {
        try await Gateway.with { gateway in
            let file = gateway.fixture.path("all.yaml")
            let config =
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: red}\n"
            let more = ", envFrom: [{configMapRef: {name: settings}}]"
            try writeFile(file, config + "---\n" + Self.pod("web", more: more))
            #expect(
                try say(gateway, "apply", "-f", file)
                    == "configmap/settings created\npod/web created\n"
            )
            try say(gateway, "wait", "--for=condition=Ready", "pod/web", "--timeout", "20s")
            #expect(
                try say(gateway, "get", "pod", "web", "-o", "jsonpath={.status.phase}") == "Running"
            )
            #expect(try say(gateway, "get", "cm", "-o", "name") == "configmap/settings\n")
            #expect(
                try say(gateway, "get", "cm", "settings", "-o", "jsonpath={.data.colour}") == "red"
            )
            #expect(try say(gateway, "diff", "-f", file).isEmpty)
            try writeFile(file, config.replacing("red", with: "blue"))
            let difference = try gateway.swiftlet(["diff", "-f", file])
            #expect(difference.exitCode == 1)
            #expect(difference.standardOutput.contains("-  colour: red\n+  colour: blue\n"))
            #expect(try say(gateway, "apply", "-f", file) == "configmap/settings configured\n")
            #expect(try say(gateway, "events").contains("pod/web"))
            #expect(try say(gateway, "describe", "node", Gateway.nodeName).contains("Allocatable:"))
            let top = try say(gateway, "top", "pods")
            #expect(top.contains("web") && top.contains("Mi"))
            #expect(try say(gateway, "top", "node").contains(Gateway.nodeName))
            #expect(
                try say(gateway, "delete", "pod/web", "cm/settings")
                    == "pod/web deleted\nconfigmap/settings deleted\n"
            )
            #expect(try say(gateway, "get", "pods", "-o", "name").isEmpty)
        }
    }

    @Test("work that is done stays done, and other work under its name is done, chosen by labels")
    func work() async throws {
        try await Gateway.with { gateway in
            let file = gateway.fixture.path("work.yaml")
            func work(_ image: String) -> String {
                Self.pod("work", image: image)
                    .replacing("name: work", with: "name: work, labels: {app: batch}")
                    .replacing("spec:", with: "spec:\n  restartPolicy: Never")
            }
            func isAnswered(_ template: String, _ answer: String) async throws {
                try await eventually("\(template) is \(answer)") {
                    try say(gateway, "get", "pods", "-l", "app=batch", "-o", "jsonpath=\(template)")
                        == answer
                }
            }
            try writeFile(file, work("hello") + "---\n" + Self.pod("web"))
            #expect(
                try say(gateway, "apply", "-f", file) == "pod/work created\npod/web created\n"
            )
            try await isAnswered("{.items[*].status.phase}", "Succeeded")
            #expect(
                try say(gateway, "apply", "-f", file) == "pod/work unchanged\npod/web unchanged\n"
            )
            try writeFile(file, work("fails"))
            #expect(try say(gateway, "apply", "-f", file) == "pod/work replaced\n")
            try await isAnswered(
                "{.items[*].status.containerStatuses[*].state.terminated.exitCode}",
                "3"
            )
            #expect(
                try say(gateway, "get", "pods", "-o", "wide").contains(" \(Gateway.nodeName) ")
            )
            #expect(
                try say(gateway, "delete", "pods", "-l", "app in (batch)") == "pod/work deleted\n"
            )
            #expect(try say(gateway, "get", "all", "-o", "name") == "pod/web\n")
        }
    }

    @Test("what a Secret holds is in no answer, file or log of the operator's")
    func secret() async throws {
        try await Gateway.with { gateway in
            let file = gateway.fixture.path("secret.yaml")
            try writeFile(
                file,
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: token}
                stringData: {key: hunter2-is-secret}

                """
            )
            try say(gateway, "apply", "-f", file)
            let bundle = gateway.fixture.path("bundle.tar.gz")
            try say(gateway, "support-bundle", bundle, "--with-logs")
            let answers = [
                try say(gateway, "get", "secrets", "-o", "yaml"),
                try say(gateway, "describe", "secret", "token"),
                try run("/bin/tar", ["-xzOf", bundle]).standardOutput,
                gateway.daemon?.output ?? "",
            ]
            for answer in answers { #expect(!answer.contains("hunter2")) }
            #expect(answers[0].contains("<17 bytes>"))
        }
    }

    @Test("metrics and the kubelet's summary name the workload that runs")
    func metrics() async throws {
        try await Gateway.with { gateway in
            _ = try await gateway.runTicker("web")
            let curl = try Requirement.curl.path()
            func get(_ path: String) throws -> String {
                let socket = gateway.fixture.path("run/swiftletd.sock")
                let arguments = ["-sS", "--fail", "--unix-socket", socket, "http://x/\(path)"]
                return try run(curl, arguments).standardOutput
            }
            let metrics = try get("metrics")
            #expect(
                metrics.contains(
                    "container_memory_working_set_bytes{namespace=\"default\",pod=\"web\""
                )
            )
            #expect(metrics.contains("swiftlet_pods{phase=\"Running\"} 1\n"))
            #expect(metrics.contains("swiftlet_link_up 1\n"))
            let summary = try Document(jsonText: try get("stats/summary"))
            #expect(summary["pods"]?[0]?["podRef"]?["name"] == "web")
            #expect(try get("healthz") == "ok")
            #expect(try get("readyz") == "ok")
            #expect(try Document(jsonText: try get("pods"))["items"]?.array?.count == 1)
        }
    }

    @Test(
        "SIGHUP takes a new configuration without a new process, and refuses a bad one with its line"
    )
    func reload() async throws {
        try await Gateway.with { gateway in
            let (uid, process) = try await gateway.runTicker("web")
            let file = gateway.fixture.path("swiftletd.yaml")
            let good = try readFile(file)
            let daemon = try #require(gateway.daemon)
            try writeFile(file, good.replacing("name: gw-1", with: "name: gw-1, labls: {a: b}"))
            daemon.signal(SIGHUP)
            try await eventually("it says what is wrong") {
                daemon.output.contains("the configuration stays as it was")
            }
            #expect(daemon.output.contains("labls"))
            try writeFile(
                file,
                good.replacing("name: gw-1", with: "name: gw-1, labels: {site: north}")
            )
            daemon.signal(SIGHUP)
            try await eventually("the node has the label") {
                let words = ["get", "nodes", "-o", "jsonpath={.items[0].metadata.labels.site}"]
                return try gateway.swiftlet(words).standardOutput == "north"
            }
            // The same daemon process, and the workload never noticed.
            #expect(daemon.exitCode == nil)
            #expect(gateway.processID(ofPod: uid) == process)
        }
    }
}
