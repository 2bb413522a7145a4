internal import Documents

extension Volume {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.volume, &context)
        _ = try reader.requiredString("name")
        name = try reader.required("name").string(checkedBy: NameRule.labelProblem)
        let types = (reader.document.members ?? []).filter {
            $0.name != "name" && !$0.value.isNull
        }
        guard types.count <= 1 else {
            throw reader.error(types[1].name, "Forbidden: may not specify more than 1 volume type")
        }
        // Why: a volume of no type is an emptyDir by Kubernetes' defaults.
        guard let type = types.first else {
            source = .emptyDirectory(EmptyDirectory())
            return
        }
        source = try VolumeSource(type.name, try reader.required(type.name), name, &context)
    }
}

extension VolumeSource {
    fileprivate init(
        _ type: String,
        _ reader: DocumentReader,
        _ volumeName: String,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        switch type {
        case "emptyDir": self = .emptyDirectory(try EmptyDirectory(reader, &context))
        case "hostPath": self = .hostPath(try HostPath(reader, &context))
        case "persistentVolumeClaim":
            self = .persistentClaim(try PersistentClaim(reader, &context))
        case "configMap": self = .configMap(try ConfigVolume(reader, "name", &context))
        case "secret": self = .secret(try ConfigVolume(reader, "secretName", &context))
        case "projected":
            // Why: an API server adds this volume to every pod that it sends.
            let sources = reader.document["sources"]?.array ?? []
            let isToken = sources.contains { $0["serviceAccountToken"] != nil }
            if isToken, volumeName.hasPrefix("kube-api-access-") {
                self = .serviceAccountToken
            } else {
                self = .projected(try ProjectedVolume(reader, &context))
            }
        case "downwardAPI": self = .downwardAPI(try ProjectedVolume(downward: reader, &context))
        default: throw reader.error("\(type) is not supported yet")
        }
    }
}

extension EmptyDirectory {
    fileprivate init(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.emptyDir, &context)
        let medium = try reader.string("medium")
        guard ["", "Memory"].contains(medium) else {
            throw reader.error(
                "medium",
                "Unsupported value: \"\(medium)\": supported values: \"\", \"Memory\""
            )
        }
        let sizeLimit = try reader.optional("sizeLimit")
        let quantity = try sizeLimit?.quantity()
        if let sizeLimit, let quantity, quantity.nano < 0 {
            throw sizeLimit.invalid(
                quantity.text,
                "SizeLimit field must be a valid resource quantity"
            )
        }
        self.init(isInMemory: medium == "Memory", sizeLimit: quantity)
    }
}

extension HostPath {
    fileprivate init(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.hostPath, &context)
        path = try reader.requiredString("path")
        kind = try reader.choice("type", absent: .unchecked)
        try reader.required("path").checkAbsolute(path)
    }
}

extension PersistentClaim {
    fileprivate init(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.persistentClaim, &context)
        let name = try reader.requiredString("claimName")
        // Why: it names an entry of the configuration, as NAMESPACE/NAME.
        _ = try reader.required("claimName").string(checkedBy: NameRule.subdomainProblem)
        self.init(name: name, isReadOnly: try reader.bool("readOnly"))
    }
}

extension ConfigVolume {
    /// Reads one; as a part of a projected volume, `mode` is that of its files.
    init(
        _ reader: DocumentReader,
        _ nameField: String,
        _ context: inout ReadingContext,
        _ mode: UInt16? = nil
    ) throws(FieldError) {
        try reader.check(.configVolume, &context)
        self.init(name: try reader.requiredString(nameField))
        defaultMode = try reader.mode("defaultMode") ?? mode ?? 0o644
        isOptional = try reader.bool("optional")
        items = try reader.list("items") { (item) throws(FieldError) in
            try item.check(.keyToPath, &context)
            let path = try item.requiredString("path")
            try item.required("path").checkBelow(path)
            return Item(
                key: try item.requiredString("key"),
                path: path,
                mode: try item.mode("mode")
            )
        }
    }
}

extension VolumeMount {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.volumeMount, &context)
        self.init(
            name: try reader.requiredString("name"),
            mountPath: try reader.requiredString("mountPath"),
            readOnly: try reader.bool("readOnly")
        )
        try reader.required("mountPath").checkAbsolute(mountPath)
        if let subPath = try reader.optional("subPath"), try subPath.string() != "" {
            self.subPath = try subPath.string()
            try subPath.checkBelow(try subPath.string())
        }
        if let expression = try reader.optional("subPathExpr"), try expression.string() != "" {
            guard subPath == nil else {
                throw reader.error(
                    "subPathExpr",
                    "Invalid value: subPathExpr and subPath are mutually exclusive"
                )
            }
            subPathExpression = try expression.string()
            try expression.checkBelow(try expression.string())
        }
    }
}

extension DocumentReader {
    /// Permissions of a file, 0 to 0777.
    func mode(_ name: String) throws(FieldError) -> UInt16? {
        try integer(name, in: 0...0o777).map { UInt16(truncatingIfNeeded: $0) }
    }

    fileprivate func checkAbsolute(_ path: String) throws(FieldError) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw invalid(path, "must be an absolute path")
        }
        guard !path.split(separator: "/").contains("..") else {
            throw invalid(path, "must not contain '..'")
        }
    }

    func checkBelow(_ path: String) throws(FieldError) {
        guard path.utf8.first != UInt8(ascii: "/") else {
            throw invalid(path, "must be a relative path")
        }
        guard !path.split(separator: "/").contains("..") else {
            throw invalid(path, "must not contain '..'")
        }
    }
}
