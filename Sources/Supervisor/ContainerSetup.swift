internal import Host
internal import Images
internal import KubeModel
internal import Lifecycle

/// Makes the folders of one run and says what its runner is told.
///
/// Blocks; to be called in the ``Workshop``.
struct ContainerSetup: Sendable {
    let configuration: SupervisorConfiguration
    let pod: Pod
    let container: Container
    let instance: Instance
    let image: any LocalImage
    let network: PodNetwork
    /// Values of ConfigMaps and Secrets that the environment names.
    let configValues: ConfigValues

    private var layout: DirectoryLayout { configuration.layout }

    /// The command, with everything in place.
    func prepare() throws(ContainerLifecycle.Problem) -> RunnerCommand {
        let (common, identity) = try command(for: nil)
        var runner = common
        let logs = layout.podLogs(
            namespace: pod.metadata.namespace,
            name: pod.metadata.name,
            uid: instance.uid
        )
        runner.logFile = layout.log(logs, container.name, attempt: instance.attempt)
        runner.logFileBytesMax = configuration.logFileBytesMax
        runner.logFilesMax = configuration.logFilesMax
        runner.instanceFile = layout.instanceFile(instance)
        runner.exitRecordFile = layout.exitRecord(instance)
        try makeFolders(logs, identity)
        return confined(runner, identity)
    }

    /// The command of another program of the image, to be run beside the container that runs: it sees
    /// the same files, may do no more, writes no log and has nothing that tells of it afterwards.
    func prepare(
        beside words: [String],
        timeLimitNanoseconds: UInt64
    ) throws(ContainerLifecycle.Problem) -> RunnerCommand {
        let (common, identity) = try command(for: words)
        var runner = common
        runner.timeLimitNanoseconds = timeLimitNanoseconds
        // The ports are the container's own, which listens on them.
        runner.network.ports = []
        return confined(runner, identity)
    }

    private func confined(
        _ runner: RunnerCommand,
        _ identity: WorkloadIdentity?
    ) -> RunnerCommand {
        guard let identity else { return runner }
        var runner = runner
        runner.confinement =
            ContainerConfinement(
                pod: pod,
                container: container,
                identity: identity,
                memoryBytes: NodeFacts.memoryBytes()
            )
            .confinement(of: runner)
        return runner
    }

    /// What every program of the container is told; `words` are those of one beside it.
    private func command(
        for words: [String]?
    ) throws(ContainerLifecycle.Problem) -> (RunnerCommand, WorkloadIdentity?) {
        try refuseWithoutSandbox()
        let identity = try configuration.sandbox.map { sandbox throws(ContainerLifecycle.Problem) in
            try WorkloadIdentity(pod, container, sandbox.kernel)
        }
        let environment = try configValues.environment(
            of: container,
            in: pod,
            facts
        )
        let (command, arguments) = container.expandedCommand(environment)
        let entry = try inContext { () throws(ImageProblem) in
            try image.entry(
                command: words ?? command,
                arguments: words == nil ? arguments : nil,
                workingDirectory: container.workingDir
            )
        }
        try refuseOtherThanWebAssembly(entry.arguments.first ?? "")
        var runner = RunnerCommand(modulePath: entry.modulePath, arguments: entry.arguments)
        runner.invoke = entry.invoke
        runner.isAdmitted = entry.isAdmitted
        runner.environment = merged(environment)
        runner.network = network.guest
        runner.directories = try folders(identity, environment, isFresh: words == nil)
        runner.workingDirectory = workingDirectory
        runner.memoryLimitBytes = memoryLimitBytes
        let resources = container.resources
        runner.processorMillicoresMax = resources.limits["cpu"].map(Self.millicores)
        // Source: Kubernetes gives a container without a request the least weight.
        runner.processorMillicoresWanted = resources.requests["cpu"].map(Self.millicores) ?? 0
        return (runner, identity)
    }

    /// What the runner writes itself is its user's.
    private func makeFolders(
        _ logs: String,
        _ identity: WorkloadIdentity?
    ) throws(ContainerLifecycle.Problem) {
        try inContext { () throws(HostError) in
            try FileTree.make("\(logs)/\(container.name)", mode: 0o755)
            try FileTree.make(layout.runningPod(instance.uid))
            try FileTree.make(layout.exitRecords(instance.uid, container.name))
            try dropTraces(logs)
            if let user = identity?.user {
                for folder in [
                    "\(logs)/\(container.name)", layout.exitRecords(instance.uid, container.name),
                ] {
                    try FileTree.give(folder, user: user.id, group: user.group)
                }
            }
        }
    }

    private func refuseWithoutSandbox() throws(ContainerLifecycle.Problem) {
        guard let sandbox = configuration.sandbox, sandbox.isRequired, !sandbox.missing.isEmpty
        else { return }
        throw .init(
            reason: "SandboxUnavailable",
            message: "requireSandbox is set, and this node lacks "
                + sandbox.missing.joined(separator: ", ")
        )
    }

    /// Refuses what the annotations say is meant for another runtime; the file is a module.
    private func refuseOtherThanWebAssembly(
        _ name: String
    ) throws(ContainerLifecycle.Problem) {
        let kind = WorkloadKind(
            annotations: pod.metadata.annotations,
            name: name,
            content: .module
        )
        guard case .unsupported(let reason) = kind else { return }
        throw .init(reason: "UnsupportedWorkload", message: reason)
    }

    /// The image's variables, overridden by the container's.
    private func merged(_ environment: [(name: String, value: String)]) -> [String] {
        let names = Set(environment.map(\.name))
        let kept = image.environment.filter { variable in
            !names.contains(String(variable.prefix { $0 != "=" }))
        }
        return kept + environment.map { "\($0.name)=\($0.value)" }
    }

    private var workingDirectory: String {
        let wanted = container.workingDir ?? image.workingDirectory
        return wanted.isEmpty ? "/" : wanted
    }

    private static func millicores(_ amount: Quantity) -> UInt64 {
        UInt64(clamping: amount.nano / 1_000_000)
    }

    private var memoryLimitBytes: UInt64? {
        guard let limit = container.resources.limits["memory"] else { return nil }
        return UInt64(clamping: limit.nano / 1_000_000_000)
    }

    /// The root and the volumes as the guest sees them.
    private func folders(
        _ identity: WorkloadIdentity?,
        _ environment: [(name: String, value: String)],
        isFresh: Bool
    ) throws(ContainerLifecycle.Problem) -> [RunnerCommand.Directory] {
        let root = layout.root(instance.uid, container.name)
        if isFresh { try makeRoot(root, identity) }
        let isReadOnly = container.securityContext.readOnlyRootFilesystem
        var folders = [RunnerCommand.Directory(host: root, guest: "/", isReadOnly: isReadOnly)]
        for mount in container.volumeMounts {
            guard let volume = pod.spec.volumes.first(where: { $0.name == mount.name }) else {
                continue
            }
            let setup = VolumeSetup(
                configuration: configuration,
                pod: pod,
                volume: volume,
                configValues: configValues,
                facts: facts,
                identity: identity
            )
            let place = try setup.place(
                subPath: try subPath(of: mount, environment),
                isReadOnly: mount.readOnly
            )
            switch place {
            case .folder(let host):
                let isReadOnly = mount.readOnly || setup.isReadOnly
                folders.append(.init(host: host, guest: mount.mountPath, isReadOnly: isReadOnly))
            // A program beside the container finds the files that it began with.
            case .file(let host):
                if isFresh { try copy(host, to: mount.mountPath, below: root) }
            case .sharedFile(let host):
                if isFresh { try link(host, to: mount.mountPath, below: root) }
            }
        }
        return folders
    }

    private func makeRoot(
        _ root: String,
        _ identity: WorkloadIdentity?
    ) throws(ContainerLifecycle.Problem) {
        try inContext { () throws(HostError) in
            // Why: each run begins with the files of its image, as with any other runtime.
            try FileTree.remove(root)
            try FileTree.make(layout.container(instance.uid, container.name))
        }
        try inContext { () throws(ImageProblem) in try image.copyRoot(to: root) }
        if pod.limitsStorage {
            // What the image brought is not what the container wrote.
            let bytes = FileExtent(root).byteCount
            try inContext { () throws(HostError) in
                let path = layout.imageExtent(instance.uid, container.name)
                try AtomicFile.write(Array("\(bytes)".utf8), to: path, mode: 0o600)
            }
        }
        try inContext { () throws(HostError) in
            // Each run has files of its own, and so they can be its user's.
            guard let user = identity?.user else { return }
            try FileTree.giveTree(root, user: user.id, group: user.group)
        }
    }

    private var facts: DownwardFacts {
        DownwardFacts(
            nodeName: configuration.nodeName,
            hostIP: network.hostIP,
            podIP: network.podIP,
            allocatable: NodeFacts.limitless
        )
    }

    private func subPath(
        of mount: VolumeMount,
        _ environment: [(name: String, value: String)]
    ) throws(ContainerLifecycle.Problem) -> String? {
        guard let expression = mount.subPathExpression else { return mount.subPath }
        let values = Dictionary(environment.map { ($0.name, $0.value) }) { $1 }
        let path = VariableExpansion.expand(expression, values)
        guard !path.contains("$"), path.first != "/", !path.split(separator: "/").contains("..")
        else {
            throw ConfigValues.problem(
                "subPathExpr \(expression) of mount \(mount.name): a variable is missing, "
                    + "or \(path) leads out of the volume"
            )
        }
        return path
    }

    /// Puts a file of a volume into this run's own root.
    private func copy(
        _ file: String,
        to guestPath: String,
        below root: String
    ) throws(ContainerLifecycle.Problem) {
        try inContext { () throws(HostError) in
            let path = try guestPlace(guestPath, below: root)
            let bytes = try FileBytes.read(file, byteCountMax: Self.copiedBytesMax)
            let mode = FileTree.permissions(file) ?? 0o644
            try AtomicFile.write(bytes, to: path, mode: mode)
            try FileTree.setMode(path, mode)
        }
    }

    /// Lets a file of the host be one of this run's root too: what either side writes, both see.
    ///
    /// A second name of the file does that, where a runner knows folders only.
    private func link(
        _ file: String,
        to guestPath: String,
        below root: String
    ) throws(ContainerLifecycle.Problem) {
        let place = try inContext { () throws(HostError) in
            let place = try guestPlace(guestPath, below: root)
            try FileTree.remove(place)
            return place
        }
        do throws(HostError) {
            try FileTree.makeName(place, for: file)
        } catch {
            throw .init(
                reason: "CreateContainerError",
                message: "\(file) cannot be shared with the guest: \(error); mount it with "
                    + "readOnly, or mount its folder"
            )
        }
    }

    /// Where a path of the guest lies in its root, with its folder made.
    private func guestPlace(
        _ guestPath: String,
        below root: String
    ) throws(HostError) -> String {
        let path = root + guestPath
        let folder = AtomicFile.folder(of: path)
        try FileTree.make(folder, mode: 0o755)
        // An image may hold links to anywhere.
        guard let resolved = FileTree.resolved(folder), let inside = FileTree.resolved(root),
            resolved == inside || resolved.hasPrefix(inside + "/")
        else { throw .malformed(path: guestPath, reason: "leads out of the image's root") }
        return "\(resolved)/\(AtomicFile.name(of: path))"
    }

    // Source: a ConfigMap and a Secret hold 1 MiB at most.
    private static let copiedBytesMax = 2 << 20

    /// Removes what earlier runs left, but for the log of the last one.
    private func dropTraces(_ logs: String) throws(HostError) {
        var earlier = instance
        earlier.attempt -= 1
        guard earlier.attempt > 0 else { return }
        try FileTree.remove(layout.instanceFile(earlier))
        try FileTree.remove(layout.exitRecord(earlier))
        guard earlier.attempt > 1 else { return }
        let last = layout.log(logs, container.name, attempt: earlier.attempt - 1)
        try FileTree.remove(last)
        for number in 1..<max(2, min(configuration.logFilesMax, 1_000)) {
            try FileTree.remove("\(last).\(number)")
        }
    }
}

/// Turns what went wrong with files or the image into what the status shows.
func inContext<Success, Failure: Error & CustomStringConvertible>(
    _ work: () throws(Failure) -> Success
) throws(ContainerLifecycle.Problem) -> Success {
    do throws(Failure) {
        return try work()
    } catch {
        throw .init(reason: "CreateContainerError", message: error.description)
    }
}
