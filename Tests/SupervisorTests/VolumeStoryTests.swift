import Documents
import Host
import KubeModel
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: a guest finds in its volumes what the pod says, and sees changes whole. Method: the supervisor
// with real folders and make-believe processes; the folders that a runner is given are looked into.
@Suite("Volumes of values", .timeLimit(.minutes(2)))
struct VolumeStoryTests {
    private let first = Instance(uid: "uid-1", container: "main", attempt: 1)

    private func story(_ body: @Sendable (SupervisorStory, Life) async throws -> Void) async throws
    {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.directory)
            try await story.daemon { life in try await body(story, life) }
        }
    }

    private func pod(
        _ volume: String,
        mount: String = #"{"name":"v","mountPath":"/v"}"#,
        uid: String = "uid-1"
    ) -> String {
        podJSON(
            uid: uid,
            spec: #""volumes":[{"name":"v",\#(volume)}],"#,
            container: #""env":[{"name":"WHO","value":"me"}],"volumeMounts":[\#(mount)],"#
        )
    }

    /// The folder of the host that a guest sees at `path`.
    private func folder(_ story: SupervisorStory, at path: String) throws -> RunnerCommand.Directory
    {
        let command = try #require(story.host.world.withLock { $0.commands[first] })
        return try #require(command.directories.first { $0.guest == path })
    }

    private func runs(_ life: Life, _ json: String) async throws {
        try await life.apply(json)
        try await life.eventually("runs") { await life.phase() == "Running" }
    }

    @Test(
        "a ConfigMap's keys are files that change at once when it does, and links do not lead out"
    )
    func configMap() async throws {
        try await story { story, life in
            try await life.config(.configMap, "settings", #"{"a":"1","b":"2"}"#)
            try await runs(life, pod(#""configMap":{"name":"settings","defaultMode":256}"#))
            let volume = try folder(story, at: "/v")
            #expect(volume.isReadOnly)
            #expect(try readFile(volume.host + "/a") == "1")
            #expect(FileTree.permissions(volume.host + "/a") == 0o400)
            let inside = try #require(FileTree.resolved(volume.host))
            #expect(FileTree.resolved(volume.host + "/b")?.hasPrefix(inside + "/") == true)

            try await life.config(.configMap, "settings", #"{"a":"3"}"#, version: "2")
            try await life.eventually("changed") { (try? readFile(volume.host + "/a")) == "3" }
            try await life.eventually("gone") { !FileTree.isFile(volume.host + "/b") }
            #expect(await life.container()?["restartCount"]?.integer == 0)
        }
    }

    @Test("a Secret lies below the run folder, which is in memory, and goes with its pod")
    func secret() async throws {
        try await story { story, life in
            try await life.config(.secret, "key", #"{"password":"c2VzYW0="}"#)
            try await runs(life, pod(#""secret":{"secretName":"key"}"#))
            let host = try folder(story, at: "/v").host
            #expect(host.hasPrefix(story.layout.run + "/"))
            #expect(try readFile(host + "/password") == "sesam")
            try await life.delete(grace: 0)
            story.host.exit(first, code: 0)
            try await life.eventually("gone") { !FileTree.isDirectory(host) }
        }
    }

    @Test(
        "a projected volume has the files of all its sources, the later one's where two have a path"
    )
    func projected() async throws {
        try await story { story, life in
            try await life.config(.configMap, "settings", #"{"a":"1","b":"2"}"#)
            try await life.config(.secret, "key", #"{"password":"c2VzYW0="}"#)
            let sources = """
                {"configMap":{"name":"settings"}},
                {"secret":{"name":"key","items":[{"key":"password","path":"b","mode":256}]}},
                {"configMap":{"name":"none","optional":true}},
                {"serviceAccountToken":{"path":"token"}},
                {"downwardAPI":{"items":[{"path":"pod/name","fieldRef":{"fieldPath":"metadata.name"}}]}}
                """
            try await runs(life, pod(#""projected":{"sources":[\#(sources)]}"#))
            let host = try folder(story, at: "/v").host
            #expect(try readFile(host + "/a") == "1")
            #expect(try readFile(host + "/b") == "sesam")
            #expect(FileTree.permissions(host + "/b") == 0o400)
            #expect(try readFile(host + "/pod/name") == "web")
            #expect(!FileTree.isFile(host + "/token"))
        }
    }

    @Test(
        "what is missing keeps the container waiting and is named; once it is there, it starts",
        arguments: [
            (#""configMap":{"name":"settings"}"#, "configmap \"settings\" not found"),
            (
                #""projected":{"sources":[{"configMap":{"name":"settings"}}]}"#,
                "configmap \"settings\" not found"
            ),
        ]
    )
    func missing(volume: String, message: String) async throws {
        try await story { _, life in
            try await life.apply(pod(volume))
            try await life.eventually("waits") {
                await life.waiting() == "CreateContainerConfigError"
            }
            let waiting = await life.container()?["state"]?["waiting"]
            #expect(waiting?["message"]?.string?.contains(message) == true)
            try await life.config(.configMap, "settings", #"{"a":"1"}"#)
            try await life.eventually("runs") {
                life.pass(seconds: 20)
                return await life.phase() == "Running"
            }
        }
    }

    @Test("subPath of one key is a file in the run's own root, which later changes do not reach")
    func oneFile() async throws {
        try await story { story, life in
            try await life.config(.configMap, "settings", #"{"app.conf":"1"}"#)
            let mount = #"{"name":"v","mountPath":"/etc/app/app.conf","subPath":"app.conf"}"#
            try await runs(life, pod(#""configMap":{"name":"settings"}"#, mount: mount))
            let root = try folder(story, at: "/").host
            #expect(try readFile(root + "/etc/app/app.conf") == "1")
            try await life.config(.configMap, "settings", #"{"app.conf":"2"}"#, version: "2")
            let volume = story.layout.volume("uid-1", "v", isInMemory: true)
            try await life.eventually("changed") { (try? readFile(volume + "/app.conf")) == "2" }
            #expect(try readFile(root + "/etc/app/app.conf") == "1")
        }
    }

    @Test("subPathExpr takes the container's variables, and needs them")
    func expression() async throws {
        try await story { story, life in
            let mount = #"{"name":"v","mountPath":"/v","subPathExpr":"of-$(WHO)"}"#
            try await runs(life, pod(#""emptyDir":{}"#, mount: mount))
            #expect(try folder(story, at: "/v").host.hasSuffix("/v/of-me"))
            try await life.delete(grace: 0)
            story.host.exit(first, code: 0)
            try await life.eventually("gone") { await life.document() == nil }
            let unknown = #"{"name":"v","mountPath":"/v","subPathExpr":"of-$(WHOM)"}"#
            try await life.apply(pod(#""emptyDir":{}"#, mount: unknown, uid: "uid-2"))
            try await life.eventually("waits") {
                await life.waiting() == "CreateContainerConfigError"
            }
        }
    }

    @Test("a file of labels is there, and empty, for a pod that has none")
    func labels() async throws {
        try await story { story, life in
            let volume =
                #""downwardAPI":{"items":[{"path":"labels","fieldRef":{"fieldPath":"metadata.labels"}}]}"#
            let json = pod(volume)
            try await runs(life, json)
            let host = try folder(story, at: "/v").host
            #expect(try readFile(host + "/labels") == "")
        }
    }
}

extension Life {
    /// Stores a ConfigMap or a Secret with `data`, a JSON object.
    fileprivate func config(
        _ kind: ObjectKind,
        _ name: String,
        _ data: String,
        version: String = "1"
    ) async throws {
        let json = """
            {"apiVersion":"v1","kind":"\(kind.rawValue)","metadata":{"name":"\(name)",
             "namespace":"default","uid":"\(name)","resourceVersion":"\(version)"},"data":\(data)}
            """
        let object = try DesiredObject.identify(
            Array(json.utf8),
            as: .init(kind: kind, name: ObjectName(namespace: "default", name: name)),
            node: "gw-1",
            digests: .system
        )
        _ = try await store.accept(object)
    }
}
