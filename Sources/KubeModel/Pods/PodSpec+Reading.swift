internal import Documents

extension PodSpec {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.podSpec, &context)
        self.init(containers: [])
        if let security = try reader.optional("securityContext") {
            securityContext = try PodSecurityContext(security, &context)
        }
        restartPolicy = try reader.choice("restartPolicy", absent: .always)
        terminationGracePeriodSeconds =
            try reader.integer(
                "terminationGracePeriodSeconds",
                in: 0...Self.gracePeriodSecondsMax
            ) ?? 30
        activeDeadlineSeconds = try reader.integer(
            "activeDeadlineSeconds",
            in: 1...Int64(Int32.max)
        )
        nodeName = try reader.string("nodeName")
        hostNetwork = try reader.bool("hostNetwork")
        hostname = try reader.optional("hostname")?.string(checkedBy: NameRule.labelProblem)
        nodeSelector = try reader.optional("nodeSelector")?.stringMap() ?? [:]
        priority = try PodPriority.read(reader)
        tolerations = try reader.list("tolerations") { (element) throws(FieldError) in
            try Toleration(element)
        }
        runtimeClassName = try reader.optional("runtimeClassName")?.string()
        serviceAccountName = try reader.string("serviceAccountName", absent: "default")
        imagePullSecrets = try reader.list("imagePullSecrets") { (secret) throws(FieldError) in
            try secret.refuseUnknown(known: ["name"])
            return try secret.string("name")
        }
        volumes = try Self.volumes(reader, &context)
        try readContainers(reader, &context)
    }

    private static func volumes(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) -> [Volume] {
        var names: Set<String> = []
        return try reader.list("volumes") { (element) throws(FieldError) in
            let volume = try Volume(element, &context)
            guard names.insert(volume.name).inserted else {
                throw element.error("name", "Duplicate value: \"\(volume.name)\"")
            }
            return volume
        }
    }

    private mutating func readContainers(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        var rules = ContainerRules(
            volumeNames: Set(volumes.map(\.name)),
            hostNetwork: hostNetwork
        )
        initContainers = try reader.list("initContainers") { (element) throws(FieldError) in
            try rules.read(element, isInit: true, &context)
        }
        containers = try reader.list("containers") { (element) throws(FieldError) in
            try rules.read(element, isInit: false, &context)
        }
        guard !containers.isEmpty else { throw reader.error("containers", "Required value") }
    }
}

/// What the containers of one pod must not have in common, and what they refer to.
private struct ContainerRules {
    let volumeNames: Set<String>
    let hostNetwork: Bool
    private var names: Set<String> = []
    private var hostPorts: Set<String> = []

    init(volumeNames: Set<String>, hostNetwork: Bool) {
        self.volumeNames = volumeNames
        self.hostNetwork = hostNetwork
    }

    mutating func read(
        _ reader: DocumentReader,
        isInit: Bool,
        _ context: inout ReadingContext
    ) throws(FieldError) -> Container {
        var container = try Container(reader, &context)
        guard names.insert(container.name).inserted else {
            throw reader.error("name", "Duplicate value: \"\(container.name)\"")
        }
        if let policy = container.restartPolicy, !isInit || policy != .always {
            throw reader.error(
                "restartPolicy",
                "only init containers have a policy of their own, and it must be Always"
            )
        }
        if isInit, container.restartPolicy == nil { try refuseChecks(container, reader) }
        try checkMounts(container, reader)
        for index in container.ports.indices {
            try checkPort(&container.ports[index], reader.child("ports", index), context)
        }
        return container
    }

    /// An init container runs to its end: there is nothing to ask, and nothing after its start.
    private func refuseChecks(
        _ container: Container,
        _ reader: DocumentReader
    ) throws(FieldError) {
        let fields: [(String, Bool)] = [
            ("lifecycle", container.hooks != ContainerHooks()),
            ("livenessProbe", container.livenessProbe != nil),
            ("readinessProbe", container.readinessProbe != nil),
            ("startupProbe", container.startupProbe != nil),
        ]
        for (name, isThere) in fields where isThere {
            throw reader.error(
                name,
                "Forbidden: may not be set for init containers without restartPolicy=Always"
            )
        }
    }

    private func checkMounts(
        _ container: Container,
        _ reader: DocumentReader
    ) throws(FieldError) {
        var paths: Set<String> = []
        for (index, mount) in container.volumeMounts.enumerated() {
            let place = reader.child("volumeMounts", index)
            guard volumeNames.contains(mount.name) else {
                throw place.error("name", "Not found: \"\(mount.name)\"")
            }
            guard paths.insert(mount.mountPath).inserted else {
                let message = "Invalid value: \"\(mount.mountPath)\": must be unique"
                throw place.error("mountPath", message)
            }
        }
    }

    private mutating func checkPort(
        _ port: inout ContainerPort,
        _ place: DocumentReader,
        _ context: ReadingContext
    ) throws(FieldError) {
        if hostNetwork {
            guard port.hostPort == nil || port.hostPort == port.containerPort else {
                throw place.error("hostPort", "must match containerPort when hostNetwork is true")
            }
            port.hostPort = port.containerPort
        }
        guard let hostPort = port.hostPort else { return }
        guard hostPorts.insert("\(port.transportProtocol.rawValue)/\(hostPort)").inserted else {
            throw place.error("hostPort", "Duplicate value: \(hostPort)")
        }
    }
}

extension DocumentReader {
    /// The element at `index` of the list `name`, or this place when there is none.
    func child(_ name: String, _ index: Int) -> DocumentReader {
        guard let element = document[name]?[index] else { return self }
        return DocumentReader(element, path: "\(path).\(name)[\(index)]")
    }
}
