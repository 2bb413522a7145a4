import Host
import KubeModel
import StateStore
import Supervisor
import TestKit

/// A host on which nothing can be started.
struct NoHost: WorkloadHost {
    func start(
        _ instance: Instance,
        _ command: RunnerCommand,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        throw .malformed(path: "runner", reason: "is not there")
    }
    func start(
        _ command: RunnerCommand,
        beside instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) throws(HostError) -> any Workload {
        throw .malformed(path: "runner", reason: "is not there")
    }
    func adopt(
        _ instance: Instance,
        ended: @escaping @Sendable (ProcessExit) -> Void
    ) async -> AdoptedWorkload? { nil }
    func attempts(ofContainer name: String, in uid: String) -> [Int64] { [] }
    func isAlive(_ instance: Instance) -> Bool { false }
    func exitRecord(_ instance: Instance) -> ExitRecord? { nil }
}

/// A source without images.
struct NoImages: ImageSource {
    func find(_ reference: String) async throws(ImageProblem) -> (any LocalImage)? { nil }
    func pull(_ reference: String) async throws(ImageProblem) -> any LocalImage {
        throw .unavailable("no layout")
    }
}

extension Supervisor {
    /// A supervisor in the fixture's folder that can start nothing.
    static func empty(
        in fixture: Fixture,
        store: StateStore,
        images: any ImageSource = NoImages()
    ) -> Supervisor {
        let folder = fixture.directory
        return Supervisor(
            configuration: SupervisorConfiguration(
                nodeName: "gw-1",
                layout: DirectoryLayout(
                    state: folder,
                    run: folder + "/run",
                    logs: folder + "/logs",
                    layouts: folder
                ),
                bootID: "b"
            ),
            store: store,
            host: NoHost(),
            images: images
        )
    }
}
