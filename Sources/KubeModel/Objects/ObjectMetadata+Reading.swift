public import Documents

extension ObjectMetadata {
    /// Bytes of all annotations together, as in Kubernetes.
    private static let annotationByteCountMax = 256 * 1024

    /// Reads metadata leniently: what this node or a controller wrote about an object.
    ///
    /// - Parameter document: The object's `metadata`.
    /// - Throws: A field of the wrong type or shape.
    public init(_ document: Document) throws(FieldError) {
        var context = ReadingContext()
        try self.init(DocumentReader(document, path: "metadata"), &context)
    }

    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.objectMetadata, &context)
        guard let name = try reader.optional("name") else {
            throw reader.error("name", "Required value: name or generateName is required")
        }
        self.init(name: try name.string(checkedBy: NameRule.subdomainProblem))
        if let namespace = try reader.optional("namespace"), try namespace.string() != "" {
            self.namespace = try namespace.string(checkedBy: NameRule.labelProblem)
        }
        uid = try reader.string("uid")
        resourceVersion = try reader.string("resourceVersion")
        generation = try reader.integer("generation", in: 0...Int64.max)
        creationTimestamp = try reader.timestamp("creationTimestamp")
        deletionTimestamp = try reader.timestamp("deletionTimestamp")
        deletionGracePeriodSeconds = try reader.integer(
            "deletionGracePeriodSeconds",
            in: 0...PodSpec.gracePeriodSecondsMax
        )
        labels = try Self.labels(reader)
        annotations = try Self.annotations(reader)
        ownerReferences = try reader.list("ownerReferences") { (owner) throws(FieldError) in
            OwnerReference(
                apiVersion: try owner.requiredString("apiVersion"),
                kind: try owner.requiredString("kind"),
                name: try owner.requiredString("name"),
                uid: try owner.requiredString("uid"),
                isController: try owner.bool("controller")
            )
        }
    }

    private static func labels(_ reader: DocumentReader) throws(FieldError) -> [String: String] {
        guard let labels = try reader.optional("labels") else { return [:] }
        for (key, value) in try labels.entries() {
            if let problem = NameRule.qualifiedNameProblem(key) {
                throw labels.error("Invalid value: \"\(key)\": \(problem)")
            }
            _ = try value.string(checkedBy: NameRule.labelValueProblem)
        }
        return try labels.stringMap()
    }

    private static func annotations(
        _ reader: DocumentReader
    ) throws(FieldError) -> [String: String] {
        guard let annotations = try reader.optional("annotations") else { return [:] }
        var byteCount = 0
        for (key, value) in try annotations.entries() {
            // Why: Kubernetes checks the lower-cased name, so that capitals before the '/' pass.
            if let problem = NameRule.qualifiedNameProblem(key.lowercased()) {
                throw annotations.error("Invalid value: \"\(key)\": \(problem)")
            }
            byteCount += key.utf8.count + (try value.string()).utf8.count
        }
        guard byteCount <= annotationByteCountMax else {
            throw annotations.error(
                "Too long: may not be more than \(annotationByteCountMax) bytes"
            )
        }
        return try annotations.stringMap()
    }
}
