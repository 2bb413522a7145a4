internal import Documents

extension Container {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.container, &context)
        guard let name = try reader.optional("name"), try name.string() != "" else {
            throw reader.error("name", "Required value")
        }
        self.init(
            name: try name.string(checkedBy: NameRule.labelProblem),
            image: try reader.requiredString("image")
        )
        try reader.required("image").refuseBlanks(image)
        if let security = try reader.optional("securityContext") {
            securityContext = try SecurityContext(security, &context)
        }
        command = try reader.strings("command")
        args = try reader.strings("args")
        workingDir = try reader.optional("workingDir")?.string()
        if workingDir == "" { workingDir = nil }
        imagePullPolicy = try reader.choice("imagePullPolicy", absent: .absent(for: image))
        env = try reader.list("env") { (element) throws(FieldError) in
            try EnvironmentVariable(element, &context)
        }
        envFrom = try reader.list("envFrom") { (element) throws(FieldError) in
            try EnvironmentFrom(element, &context)
        }
        ports = try Self.ports(reader, &context)
        volumeMounts = try reader.list("volumeMounts") { (element) throws(FieldError) in
            try VolumeMount(element, &context)
        }
        if let resources = try reader.optional("resources") {
            self.resources = try ResourceRequirements(resources, &context)
        }
        if try reader.optional("restartPolicy") != nil {
            restartPolicy = try reader.choice("restartPolicy", absent: .always)
        }
        if let lifecycle = try reader.optional("lifecycle") {
            hooks = try ContainerHooks(lifecycle, &context)
        }
        livenessProbe = try Self.probe("livenessProbe", reader, &context)
        readinessProbe = try Self.probe("readinessProbe", reader, &context)
        startupProbe = try Self.probe("startupProbe", reader, &context)
    }

    private static func probe(
        _ name: String,
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) -> Probe? {
        guard let probe = try reader.optional(name) else { return nil }
        return try Probe(probe, isReadiness: name == "readinessProbe", &context)
    }

    private static func ports(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) -> [ContainerPort] {
        var names: Set<String> = []
        return try reader.list("ports") { (element) throws(FieldError) in
            let port = try ContainerPort(element, &context)
            if let name = port.name, !names.insert(name).inserted {
                throw element.error("name", "Duplicate value: \"\(name)\"")
            }
            return port
        }
    }
}

extension DocumentReader {
    fileprivate func refuseBlanks(_ text: String) throws(FieldError) {
        guard text.utf8.first != 0x20, text.utf8.last != 0x20 else {
            throw invalid(text, "must not have leading or trailing whitespace")
        }
    }
}

extension ContainerPort {
    fileprivate init(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.containerPort, &context)
        guard let port = try reader.integer("containerPort", in: 1...65_535) else {
            throw reader.error("containerPort", "Required value")
        }
        self.init(containerPort: UInt16(truncatingIfNeeded: port))
        if let name = try reader.optional("name"), try name.string() != "" {
            self.name = try name.string(checkedBy: NameRule.portNameProblem)
        }
        // Why: 0 is what Go leaves out, and means none.
        if let port = try reader.integer("hostPort", in: 0...65_535), port > 0 {
            hostPort = UInt16(truncatingIfNeeded: port)
        }
        transportProtocol = try reader.choice("protocol", absent: .tcp)
    }
}

extension ResourceRequirements {
    fileprivate init(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.resources, &context)
        self.init()
        limits = try Self.amounts("limits", reader)
        requests = try Self.amounts("requests", reader)
        for (name, limit) in limits {
            guard let request = requests[name] else {
                requests[name] = limit
                continue
            }
            guard request <= limit else {
                throw reader.error(
                    "requests",
                    "Invalid value: \"\(request.text)\": must be less than or equal to \(name) "
                        + "limit of \(limit.text)"
                )
            }
        }
    }

    private static func amounts(
        _ name: String,
        _ reader: DocumentReader
    ) throws(FieldError) -> [String: Quantity] {
        guard let entries = try reader.optional(name)?.entries() else { return [:] }
        var amounts: [String: Quantity] = [:]
        for (resource, amount) in entries {
            guard ["cpu", "memory", "ephemeral-storage"].contains(resource) else {
                throw amount.error("this node has no resource of this name")
            }
            let quantity = try amount.quantity()
            guard quantity.nano >= 0 else {
                throw amount.invalid(quantity.text, "must be greater than or equal to 0")
            }
            amounts[resource] = quantity
        }
        return amounts
    }
}
