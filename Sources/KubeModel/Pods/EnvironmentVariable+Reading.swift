internal import Documents

extension EnvironmentVariable {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.environmentVariable, &context)
        _ = try reader.requiredString("name")
        name = try reader.required("name").string(checkedBy: NameRule.environmentNameProblem)
        let text = try reader.optional("value")?.string()
        guard let source = try reader.optional("valueFrom") else {
            value = .literal(text ?? "")
            return
        }
        guard text ?? "" == "" else {
            throw reader.error(
                "valueFrom",
                "Invalid value: \"\": may not be specified when `value` is not empty"
            )
        }
        try source.check(.environmentSource, &context)
        value = try Self.value(source, &context)
    }

    private static func value(
        _ source: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) -> Value {
        let members = (source.document.members ?? []).filter { !$0.value.isNull }
        guard let member = members.first else {
            throw source.error("Invalid value: \"\": must specify one of: `fieldRef`")
        }
        guard members.count == 1 else {
            throw source.error("Invalid value: \"\": may not have more than one field specified")
        }
        let reader = try source.required(member.name)
        switch member.name {
        case "configMapKeyRef": return .configMapKey(try ConfigKey(reader, &context))
        case "secretKeyRef": return .secretKey(try ConfigKey(reader, &context))
        case "fieldRef": return .field(try field(reader))
        case "resourceFieldRef": return .resource(try ResourceSelector(reader))
        default: throw reader.error("\(member.name) is not supported yet")
        }
    }

    static func field(_ reader: DocumentReader) throws(FieldError) -> DownwardField {
        try reader.refuseUnknown(known: ["apiVersion", "fieldPath"])
        guard try reader.string("apiVersion", absent: "v1") == "v1" else {
            throw reader.error("apiVersion", "must be v1")
        }
        let path = try reader.requiredString("fieldPath")
        guard let field = DownwardField(path: path) else {
            throw reader.error("fieldPath", "Unsupported value: \"\(path)\"")
        }
        return field
    }
}

extension ConfigKey {
    fileprivate init(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.configReference, &context)
        name = try reader.requiredString("name")
        _ = try reader.requiredString("key")
        key = try reader.required("key").string(checkedBy: NameRule.configKeyProblem)
        isOptional = try reader.bool("optional")
    }
}

extension EnvironmentFrom {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.environmentFrom, &context)
        prefix = try reader.string("prefix")
        let configMap = try reader.optional("configMapRef")
        let secret = try reader.optional("secretRef")
        guard let reference = configMap ?? secret, configMap == nil || secret == nil else {
            throw reader.error(
                "Invalid value: \"\": must specify one of: `configMapRef`, `secretRef`"
            )
        }
        try reference.check(.configReference, &context)
        let name = try reference.requiredString("name")
        source = configMap != nil ? .configMap(name) : .secret(name)
        isOptional = try reference.bool("optional")
    }
}
