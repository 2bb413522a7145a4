import Host
import KubeModel
import Lifecycle
import Testing

@testable import Supervisor

// Goal: a pod runs as whom it says, as Kubernetes means it, or is refused; and one that says nothing is
// nobody else. Method: tables.
@Suite("who a workload is")
struct IdentityTests {
    private static let root = KernelSupport(
        landlockVersion: 7,
        hasFilters: true,
        canChangeUser: true,
        canDropBoundingSet: true,
        canLowerOutOfMemoryScore: true
    )
    private static let plain = KernelSupport(
        landlockVersion: 7,
        hasFilters: true,
        canChangeUser: false,
        canDropBoundingSet: false,
        canLowerOutOfMemoryScore: false,
        ownUser: 1_000
    )

    private func pod(
        _ whole: (inout PodSecurityContext) -> Void = { _ in },
        _ own: (inout SecurityContext) -> Void = { _ in },
        volumes: [Volume] = []
    ) -> Pod {
        var container = Container(name: "a", image: "a:1")
        own(&container.securityContext)
        var spec = PodSpec(containers: [container], volumes: volumes)
        whole(&spec.securityContext)
        return Pod(metadata: ObjectMetadata(name: "p", namespace: "n", uid: "uid-1"), spec: spec)
    }

    private func identity(
        _ pod: Pod,
        _ kernel: KernelSupport = root
    ) throws(ContainerLifecycle.Problem) -> WorkloadIdentity {
        try WorkloadIdentity(pod, pod.spec.containers[0], kernel)
    }

    @Test("a pod that names no user has one of its own, always the same")
    func own() throws {
        let identity = try identity(pod())
        let id = WorkloadIdentity.user(ofPod: "uid-1")
        #expect(identity.user == .init(id: id, group: id))
        #expect(identity.isOwnUser)
        // Known numbers: volumes on disk belong to them after an upgrade too.
        #expect(WorkloadIdentity.user(ofPod: "") == 0x7000_0000 + 0x0BF2_9CE4)
    }

    @Test("users of pods lie where nobody else assigns users, and are spread")
    func spread() {
        let ids = (0..<20_000).map { WorkloadIdentity.user(ofPod: "pod-\($0)") }
        #expect(ids.allSatisfy { (0x7000_0000...0x7FFF_FFFF).contains($0) })
        #expect(Set(ids).count > 19_990)
    }

    @Test("a pod with folders of the host runs as Kubernetes has it: user 0")
    func hostFolders() throws {
        let volume = Volume(name: "v", source: .hostPath(HostPath(path: "/srv")))
        let identity = try identity(pod(volumes: [volume]))
        #expect(identity.user == .init(id: 0, group: 0))
        #expect(!identity.isOwnUser)
    }

    @Test("what the container says counts before what the pod says")
    func override() throws {
        let first = pod({
            $0.runAsUser = 1
            $0.runAsGroup = 2
            $0.fsGroup = 3
            $0.supplementalGroups = [4]
        })
        #expect(
            try identity(first).user == .init(id: 1, group: 2, supplementaryGroups: [4, 3])
        )
        #expect(try identity(first).volumeGroup == 3)
        let second = pod({ $0.runAsUser = 1 }, { $0.runAsUser = 7 })
        #expect(try identity(second).user == .init(id: 7, group: 0))
        let third = pod({ $0.runAsGroup = 2 }, { $0.runAsGroup = 8 })
        #expect(try identity(third).user?.group == 8)
    }

    @Test("runAsNonRoot refuses user 0 and nobody else")
    func nonRoot() throws {
        _ = try identity(pod({ $0.runAsNonRoot = true }))
        _ = try identity(pod({ $0.runAsNonRoot = true }, { $0.runAsUser = 5 }))
        _ = try identity(pod({ $0.runAsNonRoot = true }, { $0.runAsNonRoot = false }))
        let error = #expect(throws: ContainerLifecycle.Problem.self) {
            try identity(pod({ $0.runAsNonRoot = true }, { $0.runAsUser = 0 }))
        }
        #expect(error?.reason == "CreateContainerConfigError")
        let volume = Volume(name: "v", source: .hostPath(HostPath(path: "/srv")))
        #expect(throws: ContainerLifecycle.Problem.self) {
            try identity(pod({ $0.runAsNonRoot = true }, volumes: [volume]))
        }
    }

    @Test("a daemon that is not root refuses what it cannot do, and does the rest")
    func withoutRoot() throws {
        #expect(try identity(pod(), Self.plain).user == nil)
        #expect(try identity(pod({ $0.runAsUser = 1_000 }), Self.plain).user == nil)
        _ = try identity(pod({ $0.runAsNonRoot = true }), Self.plain)
        for change: (inout PodSecurityContext) -> Void in [
            { $0.runAsUser = 0 }, { $0.runAsGroup = 5 }, { $0.fsGroup = 5 },
            { $0.supplementalGroups = [5] },
        ] {
            let error = #expect(throws: ContainerLifecycle.Problem.self) {
                try identity(pod(change), Self.plain)
            }
            #expect(error?.message.contains("root") == true)
        }
    }

    @Test(
        "the kernel ends the less important first",
        arguments: [
            ([:], [:], 1_000), (["memory": 64], ["memory": 64], 936),
            (["cpu": 1, "memory": 64], ["cpu": 1, "memory": 64], -997),
            (["memory": 1], [:], 999), (["memory": 4_000], [:], 3), (["cpu": 1], [:], 999),
            ([:], ["memory": 500], 500),
        ] as [([String: Int64], [String: Int64], Int)]
    )
    func score(requests: [String: Int64], limits: [String: Int64], score: Int) {
        func amounts(_ numbers: [String: Int64]) -> [String: Quantity] {
            Dictionary(
                uniqueKeysWithValues: numbers.map { name, number in
                    (name, name == "cpu" ? Quantity(count: number) : Quantity(bytes: number))
                }
            )
        }
        let resources = ResourceRequirements(requests: amounts(requests), limits: amounts(limits))
        let container = Container(name: "a", image: "a:1", resources: resources)
        let pod = Pod(
            metadata: ObjectMetadata(name: "p", namespace: "n", uid: "u"),
            spec: PodSpec(containers: [container])
        )
        #expect(OutOfMemoryScore.of(container, in: pod, memoryBytes: 1_000) == score)
    }

    @Test("a runner reaches what its command names, and listens where its pod says")
    func confinement() throws {
        var pod = pod()
        pod.spec.containers[0].ports = [
            ContainerPort(containerPort: 80, hostPort: 8_080), ContainerPort(containerPort: 80),
            ContainerPort(containerPort: 53, transportProtocol: .udp),
        ]
        var command = RunnerCommand(modulePath: "/images/m.wasm")
        command.directories = [
            .init(host: "/root", guest: "/"), .init(host: "/ro", guest: "/c", isReadOnly: true),
        ]
        command.logFile = "/logs/a/0.log"
        command.exitRecordFile = "/ends/1.exit"
        func made() throws -> Confinement {
            ContainerConfinement(
                pod: pod,
                container: pod.spec.containers[0],
                identity: try identity(pod),
                memoryBytes: 1_000
            )
            .confinement(of: command)
        }
        let confinement = try made()
        #expect(
            confinement.places?.prefix(4) == [
                .init("/root", .write), .init("/ro", .read), .init("/logs/a", .files),
                .init("/ends", .files),
            ]
        )
        #expect(confinement.places?.contains { $0.path.hasPrefix("/images") } == false)
        #expect(confinement.listeningPorts == [80, 8_080])
        #expect(confinement.connectingPorts == nil)
        #expect(confinement.processesMax == 0)
        pod.spec.hostNetwork = true
        #expect(try made().listeningPorts == nil)
    }
}
