internal import Host
internal import KubeModel

/// What a container's runner gives up: all that is not named in its pod.
struct ContainerConfinement {
    let pod: Pod
    let container: Container
    let identity: WorkloadIdentity
    /// Memory of the machine.
    let memoryBytes: Int64

    // Why: the guest's own table has 1,024; the rest is for what the runner holds itself.
    private static let openFilesMax: UInt64 = 1_280

    /// The confinement for a command that is otherwise complete.
    func confinement(of command: RunnerCommand) -> Confinement {
        var confinement = Confinement()
        confinement.user = identity.user
        confinement.dropsBoundingSet = true
        confinement.isScoped = true
        confinement.leavesStandardError = true
        confinement.openFilesMax = Self.openFilesMax
        // Why not for user 0: the kernel does not count it, and a shared user counts others' too.
        if identity.isOwnUser { confinement.processesMax = 0 }
        confinement.outOfMemoryScore = OutOfMemoryScore.of(
            container,
            in: pod,
            memoryBytes: memoryBytes
        )
        confinement.places = places(of: command)
        confinement.allowNameResolution()
        if !pod.spec.hostNetwork { confinement.listeningPorts = listeningPorts }
        return confinement
    }

    private func places(of command: RunnerCommand) -> [Confinement.Place] {
        // The module is mapped before, and so is not among them.
        var places = command.directories.map {
            Confinement.Place($0.host, $0.isReadOnly ? .read : .write)
        }
        for file in [command.logFile, command.exitRecordFile] {
            guard let file else { continue }
            places.append(.init(AtomicFile.folder(of: file), .files))
        }
        return places
    }

    private var listeningPorts: [UInt16] {
        let ports = container.ports.filter { $0.transportProtocol == .tcp }
        return Set(ports.map(\.containerPort) + ports.compactMap(\.hostPort)).sorted()
    }
}
