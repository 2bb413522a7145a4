import ControlAPI
import Documents
import Host
import KubeModel
import Logging
import StateStore
import Supervisor
import TestKit
import Testing

@testable import Daemon

// Goal: the folder of manifests is read as a kubelet reads it, and a slip in one file spoils
// nothing. Method: files as values.
@Suite("Folder of manifests")
struct StaticFolderTests {
    private func folder(_ files: [String: String]) -> StaticFolder {
        StaticFolder(files.map { ($0.key, .success(Array($0.value.utf8))) }, nodeName: "gw-1")
    }

    private static let web = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, uid: mine, resourceVersion: "7", labels: {a: b}, annotations: {x: z}}
        spec: {containers: [{name: c, image: "oci:a:1"}]}
        status: {phase: Running}
        """

    @Test(
        "a pod gets the node's name and a static one's marks; uid, version and status go"
    )
    func pod() throws {
        let folder = folder(["web.yaml": Self.web])
        #expect(folder.complaints.isEmpty && folder.unreadable.isEmpty)
        let entry = try #require(folder.entries.first)
        #expect("\(entry.address.name)" == "default/web-gw-1")
        let object = try Document(json: entry.payload)
        #expect(object["status"] == nil)
        let metadata = object["metadata"]
        #expect(metadata?["uid"] == nil && metadata?["resourceVersion"] == nil)
        #expect(metadata?["labels"]?["a"] == "b")
        #expect(metadata?["annotations"]?["x"] == "z")
        #expect(metadata?["annotations"]?["kubernetes.io/config.source"] == "file")
        #expect(StaticOrigin.file(of: object) == "web.yaml")
    }

    @Test("several documents, lists, JSON, ConfigMaps and Secrets are taken")
    func kinds() {
        let folder = folder([
            "a.yaml":
                """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}}
            """,
            "b.json":
                """
            {"kind":"List","items":[
             {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"}}]}
            """,
        ])
        #expect(
            folder.entries.map { "\($0.address.kind.rawValue) \($0.address.name)" } == [
                "ConfigMap default/c", "Secret shop/s", "ConfigMap default/d",
            ]
        )
    }

    @Test(
        "a slip is said with its field, and the file's objects stay as they are",
        arguments: [
            ("kind: [", "line"),
            ("kind: Deployment\nmetadata: {name: a}", "Deployment cannot stand here"),
            ("kind: Pod", "metadata"), ("kind: Pod\nmetadata: {name: A_B}", "A_B"),
            ("[]", "object"),
            ("7", "object"),
        ]
    )
    func slips(text: String, part: String) {
        let folder = folder(["bad.yaml": text, "web.yaml": Self.web])
        #expect(folder.entries.count == 1)
        #expect(folder.unreadable == ["bad.yaml"])
        #expect(folder.complaints.count == 1)
        #expect(folder.complaints.first?.message.contains(part) == true, "\(folder.complaints)")
    }

    @Test("of two objects with one name the first file's counts, and the other is named")
    func duplicates() {
        let folder = folder(["b.yaml": Self.web, "a.yaml": Self.web])
        #expect(folder.entries.map(\.file) == ["a.yaml"])
        #expect(
            folder.complaints == [
                .init(file: "b.yaml", message: "default/web-gw-1 stands in a.yaml already")
            ]
        )
    }

    @Test("what stands there no more goes, but not what an unreadable file may still hold")
    func gone() {
        let folder = folder(["bad.yaml": "kind: [", "web.yaml": Self.web])
        func reference(_ name: String) -> ObjectReference {
            ObjectReference(kind: .pod, namespace: "default", name: name, uid: "u")
        }
        let gone = folder.gone(from: [
            (reference("web-gw-1"), "web.yaml"), (reference("old-gw-1"), "old.yaml"),
            (reference("kept-gw-1"), "bad.yaml"),
        ])
        #expect(gone.map(\.name) == ["old-gw-1"])
    }

    @Test(
        "only manifests are read; what editors leave beside them is not",
        arguments: [
            ("a.yaml", true), ("a.yml", true), ("a.json", true), (".a.yaml", false),
            ("a.yaml~", false),
            ("a.yaml.swp", false), ("README", false), ("", false),
        ]
    )
    func names(name: String, isManifest: Bool) {
        #expect(StaticFolder.isManifest(name) == isManifest)
    }
}

// Goal: what is stored follows the folder, and nobody else touches it. Method: a real folder and a
// real database, looked at by hand.
@Suite("Static objects")
struct StaticManifestTests {
    private static let web = StaticManifestTests.pod("web", image: "oci:a:1")

    private static func pod(_ name: String, image: String) -> String {
        """
        {apiVersion: v1, kind: Pod, metadata: {name: \(name)},
         spec: {containers: [{name: c, image: "\(image)"}]}}
        """
    }

    private struct Place {
        var fixture: Fixture
        var store: StateStore
        var manifests: StaticManifests
        var inbox: Inbox
        var routes: ControlRoutes
        var supervisor: Supervisor

        func write(_ name: String, _ text: String) throws {
            try writeFile(fixture.path("manifests/\(name)"), text)
        }

        func pods() async throws -> [String] {
            try await store.desired(.pod).filter { $0.deletionRequestedAt == nil }.map(\.name)
        }
    }

    private func with(_ body: (Place) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            try FileTree.make(fixture.path("manifests"))
            let store = try StateStore(path: fixture.path("state.db"))
            let supervisor = Supervisor.empty(in: fixture, store: store)
            let inbox = Inbox(store: store, nodeName: "gw-1")
            try await body(
                Place(
                    fixture: fixture,
                    store: store,
                    manifests: StaticManifests(
                        folder: fixture.path("manifests"),
                        store: store,
                        nodeName: "gw-1",
                        supervisor: supervisor,
                        logger: Logger(label: "test")
                    ),
                    inbox: inbox,
                    routes: ControlRoutes(
                        supervisor: supervisor,
                        store: store,
                        inbox: inbox,
                        nodeName: "gw-1"
                    ),
                    supervisor: supervisor
                )
            )
        }
    }

    @Test(
        "a file that comes is stored, one that changes is stored anew, one that goes ends its pod"
    )
    func story() async throws {
        try await with { place in
            var said: [StaticFolder.Complaint] = []
            try place.write("web.yaml", Self.web)
            await place.manifests.look(&said)
            let first = try #require(try await place.store.desired(.pod).first)
            #expect(first.name == "web-gw-1" && first.staticFile == "web.yaml")
            await place.manifests.look(&said)
            #expect(try await place.store.desired(.pod) == [first])
            try place.write("web.yaml", Self.pod("web", image: "oci:a:2"))
            await place.manifests.look(&said)
            let second = try #require(try await place.store.desired(.pod).first)
            #expect(second.uid == first.uid && second.resourceVersion != first.resourceVersion)
            try FileTree.remove(place.fixture.path("manifests/web.yaml"))
            await place.manifests.look(&said)
            #expect(try await place.pods().isEmpty)
            #expect(said.isEmpty)
        }
    }

    @Test("a file that is being written keeps its pod, and is complained about once")
    func halfWritten() async throws {
        try await with { place in
            var said: [StaticFolder.Complaint] = []
            try place.write("web.yaml", Self.web)
            await place.manifests.look(&said)
            try place.write("web.yaml", "{apiVersion: v1, kind: Pod, metad")
            await place.manifests.look(&said)
            await place.manifests.look(&said)
            #expect(try await place.pods() == ["web-gw-1"])
            #expect(said.map(\.file) == ["web.yaml"])
            let errors = await place.supervisor.statusDocument()["lastErrors"]?.array ?? []
            #expect(errors.count == 1)
            // A spec that the node refuses is no reason to end what it runs either.
            try place.write(
                "web.yaml",
                "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: []}}"
            )
            await place.manifests.look(&said)
            #expect(try await place.pods() == ["web-gw-1"])
            #expect(said.first?.message.contains("containers") == true)
        }
    }

    @Test("neither a controller nor an operator changes or ends it, and each is told whose it is")
    func protection() async throws {
        try await with { place in
            var said: [StaticFolder.Complaint] = []
            try place.write("web.yaml", Self.web)
            await place.manifests.look(&said)
            let stored = try await place.store.desired(.pod)
            let path = "api/v1/namespaces/default/pods/web-gw-1"
            let other = Array(
                Self.pod("web-gw-1", image: "oci:evil:1").replacing(
                    "{apiVersion",
                    with: "{\"apiVersion\""
                ).utf8
            )
            let put = await Answer(place.routes.handle(.made(.put, path, other)))
            #expect(put.status == 422)
            #expect(put.json["message"]?.string?.contains("web.yaml") == true)
            let delete = await Answer(place.routes.handle(.made(.delete, path, [])))
            #expect(delete.status == 409)
            let name = try ObjectName(namespace: "default", name: "web-gw-1")
            let address = DesiredObject.Address(kind: .pod, name: name)
            #expect(try await !place.inbox.end(address, at: Timestamp(nanosecondsSinceEpoch: 1)))
            #expect(try await place.store.desired(.pod) == stored)
        }
    }

    @Test("an object from elsewhere that wears the mark is refused")
    func impostor() async throws {
        try await with { place in
            let text = """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","annotations":
                 {"kubernetes.io/config.source":"file","swiftlet.dev/config.file":"x.yaml"}}}
                """
            let name = try ObjectName(namespace: "default", name: "c")
            let outcome = try await place.inbox.take(
                Array(text.utf8),
                as: .init(kind: .configMap, name: name)
            )
            guard case .refused(let refusal) = outcome else {
                Issue.record("it was taken")
                return
            }
            #expect(refusal.message.contains("only the node sets this"))
        }
    }

    @Test(
        "a controller's empty manifest ends what it sent, and not what stands in the folder"
    )
    func manifest() async throws {
        try await with { place in
            var said: [StaticFolder.Complaint] = []
            try place.write("web.yaml", Self.web)
            await place.manifests.look(&said)
            let sent =
                """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"sent"},
                 "spec":{"containers":[{"name":"c","image":"oci:a:1"}]}}
                """
            let name = try ObjectName(namespace: "default", name: "sent")
            _ = try await place.inbox.take(Array(sent.utf8), as: .init(kind: .pod, name: name))
            #expect(try await place.pods() == ["sent", "web-gw-1"])
            let manifest =
                """
                {"node":"gw-1","epoch":"e","generation":1,"issuedAt":"2026-11-23T07:30:00Z",
                 "allowEmpty":true,"items":[]}
                """
            _ = try await place.inbox.takeManifest(Array(manifest.utf8), isRetained: false)
            #expect(try await place.pods() == ["web-gw-1"])
            // And the folder is still served.
            try place.write("two.yaml", Self.pod("two", image: "oci:a:1"))
            await place.manifests.look(&said)
            #expect(try await place.pods() == ["two-gw-1", "web-gw-1"])
        }
    }
}
