internal import Documents

/// An object that the controller wants here, as it is stored: checked, with uid and version.
public struct DesiredObject: Equatable, Sendable {
    /// Its kind: a pod, a ConfigMap or a Secret.
    public var kind: ObjectKind
    /// Its namespace.
    public var namespace: String
    /// Its name.
    public var name: String
    /// Its uid and version; made here where the sender gave none.
    public var version: ObjectVersion
    /// The bytes that arrived.
    public var payload: [UInt8]
    /// When it was asked to go; nil while it is wanted.
    public var deletionRequestedAt: Timestamp?
    /// How long its end may take, in seconds, if the request says so.
    public var deletionGracePeriodSeconds: Int64?

    /// An object made in code.
    public init(
        kind: ObjectKind,
        namespace: String,
        name: String,
        version: ObjectVersion,
        payload: [UInt8],
        deletionRequestedAt: Timestamp? = nil,
        deletionGracePeriodSeconds: Int64? = nil
    ) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.version = version
        self.payload = payload
        self.deletionRequestedAt = deletionRequestedAt
        self.deletionGracePeriodSeconds = deletionGracePeriodSeconds
    }

    /// What tells it from another of its name.
    public var uid: String { version.uid }
    /// Its version.
    public var resourceVersion: String { version.resourceVersion }
    /// The sender's counter.
    public var generation: Int64? { version.generation }
    /// Which object it is.
    public var reference: ObjectReference {
        ObjectReference(kind: kind, namespace: namespace, name: name, uid: uid)
    }

    /// Reads the pod again.
    ///
    /// - Returns: The pod, with the uid and the version it is stored under.
    /// - Throws: What is wrong; for what ``identify(_:as:node:digests:)`` made with this version, only
    ///   where it is a request to end, whose spec nobody looks at.
    public func pod() throws(ObjectError) -> Pod {
        let document: Document
        do { document = try Document(json: payload) } catch { throw .unreadable(error) }
        do {
            var pod = try Pod(document)
            pod.metadata.uid = uid
            pod.metadata.resourceVersion = resourceVersion
            pod.metadata.namespace = namespace
            pod.metadata.deletionTimestamp = deletionRequestedAt ?? pod.metadata.deletionTimestamp
            return pod
        } catch {
            throw .invalid(error)
        }
    }
}
