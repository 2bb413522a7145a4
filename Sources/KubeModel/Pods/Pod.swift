public import Documents

/// A pod: what is wanted, and how it is.
public struct Pod: Equatable, Sendable {
    /// Name, uid, version, labels.
    public var metadata: ObjectMetadata
    /// What is wanted.
    public var spec: PodSpec
    /// How it is.
    public var status: PodStatus
    /// Fields of the spec that were taken and have no effect, each with its reason.
    public var remarks: [FieldError] = []
    /// The spec as it was sent, so that fields without meaning here are shown again.
    var source = PodSource()

    /// A pod made in code.
    public init(metadata: ObjectMetadata, spec: PodSpec, status: PodStatus = PodStatus()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// A spec as it was sent.
///
/// It takes no part in comparing pods.
struct PodSource: Equatable, Sendable {
    var spec: Document?

    static func == (left: PodSource, right: PodSource) -> Bool { true }
}

extension Pod {
    /// Reads a v1.Pod with Kubernetes' defaults and checks.
    ///
    /// Unknown fields and those whose meaning cannot be honoured are refused; a status is left unread.
    ///
    /// - Parameter document: The object.
    /// - Throws: The first field that is wrong, with its path and line.
    public init(_ document: Document) throws(FieldError) {
        var context = ReadingContext()
        try self.init(document, &context)
    }

    init(_ document: Document, _ context: inout ReadingContext) throws(FieldError) {
        let reader = DocumentReader(document)
        try reader.requireKind("Pod")
        try reader.check(.pod, &context)
        metadata = try ObjectMetadata(reader.required("metadata"), &context)
        spec = try PodSpec(reader.required("spec"), &context)
        try PodAnnotations.check(metadata.annotations, spec.restartPolicy, reader)
        status = PodStatus()
        remarks = context.remarks
        source = PodSource(spec: document["spec"])
    }

    /// The pod as Kubernetes writes it: metadata, spec with defaults, status.
    public var document: Document {
        [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata.document,
            "spec": spec.document.completed(from: source.spec), "status": status.document,
        ]
    }
}

extension DocumentReader {
    /// Refuses everything but a v1 object of `kind`.
    func requireKind(_ kind: String) throws(FieldError) {
        let version = try requiredString("apiVersion")
        let actual = try requiredString("kind")
        guard version == "v1", actual == kind else {
            throw error("kind", "\(version) \(actual) is not supported; send a v1 \(kind)")
        }
    }
}

extension Document {
    /// This document with what only `source` has, in objects at every depth; lists only when both
    /// have the same number of elements.
    func completed(from source: Document?) -> Document {
        guard let source else { return self }
        switch (content, source.content) {
        case (.object(let members), .object(let others)):
            let completed = members.map { member in
                Member(name: member.name, value: member.value.completed(from: source[member.name]))
            }
            let missing = others.filter { self[$0.name] == nil && !$0.value.isNull }
            return .object(completed + missing)
        case (.array(let elements), .array(let others)) where elements.count == others.count:
            return .array(zip(elements, others).map { $0.completed(from: $1) })
        default: return self
        }
    }
}
