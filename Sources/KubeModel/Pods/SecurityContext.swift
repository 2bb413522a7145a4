internal import Documents

/// Who a container runs as, and what it may change of itself.
public struct SecurityContext: Equatable, Sendable {
    /// The user; nil for the pod's.
    public var runAsUser: UInt32?
    /// The group; nil for the pod's.
    public var runAsGroup: UInt32?
    /// Whether it may not run as user 0; nil for what the pod says.
    public var runAsNonRoot: Bool?
    /// Whether the guest may only read the files of its image.
    public var readOnlyRootFilesystem = false

    /// One that asks for nothing.
    public init() {}
}

/// Who all containers of a pod run as unless they say otherwise.
public struct PodSecurityContext: Equatable, Sendable {
    /// The user; nil for the node's choice.
    public var runAsUser: UInt32?
    /// The group; nil for the node's choice.
    public var runAsGroup: UInt32?
    /// Whether none of them may run as user 0.
    public var runAsNonRoot: Bool?
    /// The group that the pod's own volumes belong to, and that every container is a member of.
    public var fsGroup: UInt32?
    /// More groups that every container is a member of.
    public var supplementalGroups: [UInt32] = []

    /// One that asks for nothing.
    public init() {}
}

extension SecurityContext {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.securityContext, &context)
        runAsUser = try reader.userID("runAsUser")
        runAsGroup = try reader.userID("runAsGroup")
        runAsNonRoot = try reader.optional("runAsNonRoot")?.bool()
        readOnlyRootFilesystem = try reader.bool("readOnlyRootFilesystem")
        guard let capabilities = try reader.optional("capabilities") else { return }
        try capabilities.refuseUnknown(known: ["add", "drop"])
        guard try capabilities.strings("add") ?? [] == [] else {
            throw capabilities.error("add", "a guest has no capabilities to add to")
        }
    }

    /// As Kubernetes writes it; nil when it asks for nothing.
    var document: Document? {
        var object = ObjectBuilder()
        object.set("runAsUser", runAsUser.map(Int64.init))
        object.set("runAsGroup", runAsGroup.map(Int64.init))
        object.set("runAsNonRoot", runAsNonRoot)
        object.set("readOnlyRootFilesystem", readOnlyRootFilesystem ? true : nil)
        return self == SecurityContext() ? Optional<Document>.none : object.document
    }
}

extension PodSecurityContext {
    // Source: Linux, NGROUPS_MAX is 65,536; more than some tens is a mistake.
    private static let groupsMax = 64

    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.podSecurityContext, &context)
        runAsUser = try reader.userID("runAsUser")
        runAsGroup = try reader.userID("runAsGroup")
        runAsNonRoot = try reader.optional("runAsNonRoot")?.bool()
        fsGroup = try reader.userID("fsGroup")
        supplementalGroups =
            try reader.list("supplementalGroups") { (element) throws(FieldError) in
                try element.userID()
            }
        guard supplementalGroups.count <= Self.groupsMax else {
            throw reader.error("supplementalGroups", "must have at most \(Self.groupsMax) items")
        }
    }

    /// As Kubernetes writes it; nil when it asks for nothing.
    var document: Document? {
        var object = ObjectBuilder()
        object.set("runAsUser", runAsUser.map(Int64.init))
        object.set("runAsGroup", runAsGroup.map(Int64.init))
        object.set("runAsNonRoot", runAsNonRoot)
        object.set("fsGroup", fsGroup.map(Int64.init))
        object.set("supplementalGroups", supplementalGroups) { .integer(Int64($0)) }
        return self == PodSecurityContext() ? Optional<Document>.none : object.document
    }
}

extension DocumentReader {
    fileprivate func userID(_ name: String) throws(FieldError) -> UInt32? {
        try optional(name)?.userID()
    }

    // Source: Kubernetes: 0 to 2^31 - 1.
    fileprivate func userID() throws(FieldError) -> UInt32 {
        UInt32(truncatingIfNeeded: try integer(in: 0...Int64(Int32.max)))
    }
}
