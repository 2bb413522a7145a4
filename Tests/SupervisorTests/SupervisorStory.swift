import Documents
import Host
import KubeModel
import Lifecycle
import StateStore
import Synchronization
import TestKit

@testable import Supervisor

/// A supervisor with a real database and make-believe processes, images and time.
final class SupervisorStory: Sendable {
    let directory: String
    let host = StandInHost()
    let images = StandInImages()
    let gauge = StandInGauge()
    let settings = Mutex(NodeSettings())
    let bootID = Mutex("boot-1")
    let nanoseconds = Mutex<Int64>(0)
    /// How far the wall clock is off.
    let clockError = Mutex<Int64>(0)

    init(_ directory: String) {
        self.directory = directory
        images.world.withLock { $0.pullable = ["oci:app:1"] }
    }

    var layout: DirectoryLayout {
        DirectoryLayout(
            state: directory + "/state",
            run: directory + "/run",
            logs: directory + "/logs",
            layouts: directory + "/layouts"
        )
    }

    func now() -> Moment {
        let passed = nanoseconds.withLock { $0 }
        let error = clockError.withLock { $0 }
        let wall = Timestamp(nanosecondsSinceEpoch: 1_767_225_600_000_000_000 + passed + error)
        return Moment(monotonicNanoseconds: passed, wall: wall)
    }

    /// One life of the daemon, ended as by SIGKILL: nothing is told to anybody.
    func daemon<R: Sendable>(
        _ body: @Sendable (Life) async throws -> R
    ) async throws -> R {
        for folder in [layout.state, layout.run, layout.logs] { try FileTree.make(folder) }
        let store = try StateStore(path: layout.database)
        let configuration = SupervisorConfiguration(
            nodeName: "gw-1",
            layout: layout,
            hostPathRoots: [directory + "/shared"],
            persistentVolumes: [
                "default/data": directory + "/data", "default/gone": directory + "/gone",
            ],
            bootID: bootID.withLock { $0 },
            node: settings.withLock { $0 }
        )
        let supervisor = Supervisor(
            configuration: configuration,
            store: store,
            host: host,
            images: images,
            gauge: gauge,
            clock: { self.now() }
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await supervisor.run() }
            let life = Life(story: self, store: store, supervisor: supervisor)
            do {
                let result = try await body(life)
                supervisor.stop()
                try await group.waitForAll()
                return result
            } catch {
                supervisor.stop()
                throw error
            }
        }
    }
}

/// What a test can do while a daemon runs.
struct Life: Sendable {
    let story: SupervisorStory
    let store: StateStore
    let supervisor: Supervisor

    /// Sends a pod as a controller would, from its JSON.
    @discardableResult
    func apply(_ json: String, name: String = "web") async throws -> Acceptance {
        let object = try DesiredObject.identify(
            Array(json.utf8),
            as: .init(kind: .pod, name: ObjectName(namespace: "default", name: name)),
            node: "gw-1",
            digests: .system
        )
        return try await store.accept(object)
    }

    func delete(_ name: String = "web", grace: Int64? = nil) async throws {
        let reference = ObjectReference(kind: .pod, namespace: "default", name: name, uid: "")
        _ = try await store.requestDeletion(
            of: reference,
            at: story.now().wall,
            gracePeriodSeconds: grace
        )
    }

    func pass(seconds: Int64) {
        story.nanoseconds.withLock { $0 += seconds * 1_000_000_000 }
        supervisor.look()
    }

    func document(_ name: String = "web") async -> Document? {
        await supervisor.podDocument(namespace: "default", name: name)
    }

    func phase(_ name: String = "web") async -> String? {
        await document(name)?["status"]?["phase"]?.string
    }

    func container(_ name: String = "web") async -> Document? {
        await document(name)?["status"]?["containerStatuses"]?[0]
    }

    func waiting(_ name: String = "web") async -> String? {
        await container(name)?["state"]?["waiting"]?["reason"]?.string
    }

    /// The one message that waits on a topic.
    func due(_ topic: String) async throws -> Document? {
        let message = try await store.due(limit: 100).first { $0.topic == topic }
        return try message.map { try Document(json: $0.payload) }
    }

    func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        try await TestKit.eventually(what, within: 10, condition)
    }
}

extension Document {
    /// The status of a condition of a pod's document.
    func condition(_ type: String) -> Document? {
        self["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
    }
}

/// A pod of one container, as JSON.
func podJSON(
    image: String = "oci:app:1",
    uid: String = "uid-1",
    version: String = "1",
    name: String = "web",
    spec: String = "",
    container: String = ""
) -> String {
    """
    {"apiVersion":"v1","kind":"Pod",
     "metadata":{"name":"\(name)","namespace":"default","uid":"\(uid)","resourceVersion":"\(version)"},
     "spec":{\(spec)"containers":[{\(container)"name":"main","image":"\(image)"}]}}
    """
}
