internal import Documents

extension ProjectedVolume {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.projected, &context)
        let mode = try reader.mode("defaultMode") ?? 0o644
        defaultMode = mode
        sources = try reader.list("sources") { (source) throws(FieldError) in
            try source.check(.projection, &context)
            let members = (source.document.members ?? []).filter { !$0.value.isNull }
            guard let member = members.first, members.count == 1 else {
                throw source.error("Forbidden: must specify exactly 1 volume type")
            }
            let inner = try source.required(member.name)
            switch member.name {
            case "configMap": return .configMap(try ConfigVolume(inner, "name", &context, mode))
            case "secret": return .secret(try ConfigVolume(inner, "name", &context, mode))
            case "downwardAPI":
                try inner.refuseUnknown(known: ["items"])
                return .downward(try DownwardFile.list(inner, &context))
            case "serviceAccountToken":
                try inner.refuseUnknown(known: ["audience", "expirationSeconds", "path"])
                return .serviceAccountToken
            default: throw inner.error("\(member.name) is not supported yet")
            }
        }
    }

    /// A `downwardAPI` volume, which is a projected one of a single source.
    init(downward reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.downwardVolume, &context)
        self.init(
            sources: [.downward(try DownwardFile.list(reader, &context))],
            defaultMode: try reader.mode("defaultMode") ?? 0o644
        )
    }
}

extension DownwardFile {
    fileprivate static func list(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) -> [DownwardFile] {
        try reader.list("items") { (item) throws(FieldError) in
            try item.check(.downwardFile, &context)
            let path = try item.requiredString("path")
            try item.required("path").checkBelow(path)
            return DownwardFile(
                path: path,
                content: try content(item),
                mode: try item.mode("mode")
            )
        }
    }

    private static func content(_ item: DocumentReader) throws(FieldError) -> Content {
        let field = try item.optional("fieldRef")
        let resource = try item.optional("resourceFieldRef")
        switch (field, resource) {
        case (let field?, nil):
            switch try field.requiredString("fieldPath") {
            case "metadata.labels": return .labels
            case "metadata.annotations": return .annotations
            case _: break
            }
            let value = try EnvironmentVariable.field(field)
            // Source: Kubernetes offers in files what does not change with the node.
            switch value {
            case .name, .namespace, .uid, .label, .annotation: return .field(value)
            case .nodeName, .serviceAccountName, .hostIP, .podIP:
                throw field.error("fieldPath", "Unsupported value: \"\(value.path)\"")
            }
        case (nil, let resource?):
            let selector = try ResourceSelector(resource)
            guard selector.containerName != nil else {
                throw resource.error("containerName", "Required value")
            }
            return .resource(selector)
        case (nil, nil), (.some, .some):
            throw item.error("Required value: one of fieldRef and resourceFieldRef is required")
        }
    }
}

extension ResourceSelector {
    /// What a divisor may be.
    ///
    /// Source: Kubernetes, validateContainerResourceDivisor.
    private static let divisors: [String: Set<String>] = [
        "cpu": ["1m", "1"],
        "memory": [
            "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
        ],
    ]

    init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["containerName", "resource", "divisor"])
        let text = try reader.requiredString("resource")
        let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let bound = Bound(rawValue: parts[0]),
            ["cpu", "memory", "ephemeral-storage"].contains(parts[1])
        else { throw reader.error("resource", "Unsupported value: \"\(text)\"") }
        let name = try reader.string("containerName")
        self.init(containerName: name.isEmpty ? nil : name, bound: bound, resource: parts[1])
        guard let divisor = try reader.optional("divisor")?.quantity(), divisor.nano != 0 else {
            return
        }
        let allowed = Self.divisors[parts[1]] ?? Self.divisors["memory"] ?? []
        guard allowed.contains(divisor.text) else {
            throw reader.error(
                "divisor",
                "Invalid value: \"\(divisor.text)\": must be one of \(allowed.sorted().joined(separator: ", "))"
            )
        }
        self.divisor = divisor
    }
}
