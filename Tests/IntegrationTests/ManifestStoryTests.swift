import Documents
import KubeModel
import StateStore
import TestKit
import Testing

// Goal: a manifest decides what runs, and the operator's program keeps it true. Method: real broker,
// daemon and command line.
@Suite(
    "A gateway under a manifest",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct ManifestStoryTests {
    @Test(
        "rule 3: only what the manifest lists runs; apply and delete over the broker keep it true"
    )
    func story() async throws {
        try await Gateway.with { gateway in
            try await gateway.publish("desired/manifest", manifest(1, [:]).payload)
            try await gateway.report("generation 1") { $0["generation"] == 1 }
            // Not listed: nobody runs it, and nothing else is disturbed.
            try await gateway.publishPod("thief", image: "ticker")
            let file = gateway.fixture.path("web.json")
            let pod = PodChange().pod("web", "uid-web", image: "ticker")
            try writeFile(file, pod.jsonText())
            let applied = try gateway.remotely(["apply", "-f", file])
            #expect(applied.exitCode == 0, "\(applied.standardError)")
            try await gateway.upstream("web", "running") { $0.phase == "Running" }
            let report = try await gateway.report("generation 2") { $0["generation"] == 2 }
            #expect(report["stored"] == true && report["objects"]?.array?.count == 1)
            #expect(try gateway.localPod("thief") == nil)
            #expect(try gateway.swiftlet(["apply", "-f", file]).standardError.contains("manifest"))

            let deleted = try gateway.remotely(["delete", "pod", "web"])
            #expect(deleted.exitCode == 0, "\(deleted.standardError)")
            #expect(try gateway.localPod("web") == nil)
            try await gateway.report("generation 3, and nothing stored") {
                $0["generation"] == 3 && $0["objects"]?.array?.isEmpty == true
            }
        }
    }

    @Test("rule 2: a ConfigMap goes when its topic is cleared, and when its manifest drops it")
    func configMaps() async throws {
        try await Gateway.with { gateway in
            let map: Document = [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "m"],
                "data": ["k": "v"],
            ]
            func count(_ count: Int) async throws {
                try await gateway.report("\(count) objects") {
                    $0["objects"]?.array?.count == count
                }
            }
            try await gateway.publish("desired/configmaps/default/m", map.json())
            try await count(1)
            try await gateway.publish("desired/configmaps/default/m", [])
            try await count(0)
            try await gateway.publish("desired/configmaps/default/m", map.json())
            try await count(1)
            try await gateway.publish("desired/manifest", manifest(1, [:]).payload)
            try await count(0)
            let stone = Digests.system.sha256(map.json())
            try await gateway.publish("desired/manifest", manifest(2, ["m": stone]).payload)
            let report = try await gateway.report("asked again") { $0["generation"] == 2 }
            #expect(report["missing"]?[0]?["name"] == "m" && report["stored"] == false)
            try await gateway.publish("desired/configmaps/default/m", map.json())
            try await count(1)
        }
    }

    @Test("rule 3: with trust.keys only what swiftlet signs runs, for apply, sign, delete and logs")
    func signed() async throws {
        try await withScratchFolder { folder in
            let swiftlet = try Requirement.programs.path() + "/swiftlet"
            let made = try run(swiftlet, ["keygen", "\(folder)/controller"])
            #expect(made.exitCode == 0, "\(made.standardError)")
            #expect(try run(swiftlet, ["keygen", "\(folder)/controller"]).exitCode == 1)
            let mode = try run("stat", ["-c", "%a", "\(folder)/controller.key"])
            #expect(mode.standardOutput == "600\n")
            let trust = "trust: {keys: [\(folder)/controller.pub]}"
            try await Gateway.with(configuration: trust) { gateway in
                try await signedStory(gateway, ["--signing-key", "\(folder)/controller.key"])
            }
        }
    }

    private func signedStory(_ gateway: Gateway, _ key: [String]) async throws {
        // The thief: an object, and a manifest that lists it.
        try await gateway.publishPod("thief", image: "ticker")
        try await gateway.publish("desired/manifest", manifest(9, [:]).payload)
        try await gateway.report("not trusted") {
            $0["errors"]?[0]?["reason"] == "NotTrusted" && $0["generation"] == nil
        }
        #expect(try gateway.remotely(["logs", "web"]).standardError.contains("NotTrusted"))
        try await gateway.publish("desired/pods/default/thief", [])
        try await gateway.publish("desired/manifest", [])

        try await gateway.publishPod("web", image: "ticker")
        let signed = try gateway.remotely(["sign", "--all"] + key)
        #expect(signed.exitCode == 0, "\(signed.standardError)")
        #expect(signed.standardOutput.contains("pod/default/web\n"))
        try await gateway.upstream("web", "running") { $0.phase == "Running" }
        #expect(try gateway.remotely(["logs", "web", "--tail", "1"] + key).exitCode == 0)

        // By hand without the key nothing goes, neither politely nor by force.
        let refused = try gateway.remotely(["delete", "pod", "web"])
        #expect(refused.exitCode == 64 && refused.standardError.contains("--signing-key"))
        try await gateway.publish("desired/pods/default/web", [])
        try await gateway.publish("desired/manifest", manifest(99, [:]).payload)
        try await gateway.report("not trusted") { $0["errors"]?[0]?["reason"] == "NotTrusted" }
        #expect(try gateway.localPod("web") != nil)

        // The controller puts it right, and ends the pod.
        try await gateway.publishPod("web", image: "ticker")
        #expect(try gateway.remotely(["delete", "pod", "web"] + key).exitCode == 1, "not its list")
        let again = try gateway.remotely(["sign", "--all"] + key)
        #expect(again.exitCode == 0, "\(again.standardError)")
        let deleted = try gateway.remotely(["delete", "pod", "web"] + key)
        #expect(deleted.exitCode == 0, "\(deleted.standardError)")
        #expect(try gateway.localPod("web") == nil)
    }

    private func withScratchFolder(_ body: (String) async throws -> Void) async throws {
        try await Fixture.with { try await body($0.directory) }
    }

    private func manifest(
        _ generation: Int64,
        _ maps: [String: [UInt8]]
    ) throws -> DesiredManifest {
        DesiredManifest(
            node: Gateway.nodeName,
            epoch: "tests",
            generation: generation,
            issuedAt: Timestamp(nanosecondsSinceEpoch: 1_790_000_000_000_000_000),
            allowsEmpty: true,
            items: try maps.map { name, digest in
                let name = try ObjectName(namespace: "default", name: name)
                return .init(address: .init(kind: .configMap, name: name), sha256: digest)
            }
        )
    }
}

extension Gateway {
    /// Waits for what `status/desired` says.
    @discardableResult
    func report(_ what: String, _ holds: (Document) -> Bool) async throws -> Document {
        var last = Document.null
        try await eventually("status/desired: \(what)") {
            guard let payload = try await retained("status/desired") else { return false }
            last = try Document(json: payload)
            return holds(last)
        }
        return last
    }
}
