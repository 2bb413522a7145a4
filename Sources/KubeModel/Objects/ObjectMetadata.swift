public import Documents

/// What every object says about itself.
public struct ObjectMetadata: Equatable, Sendable {
    /// The name within the namespace.
    public var name: String
    /// The namespace; empty for nodes.
    public var namespace: String
    /// What tells the object from another of the same name; empty when nobody gave one yet.
    public var uid: String
    /// An opaque version; empty when nobody gave one yet.
    public var resourceVersion: String
    /// The sender's counter of changes to the spec.
    public var generation: Int64?
    /// Names for choosing objects.
    public var labels: [String: String]
    /// Notes of any kind.
    public var annotations: [String: String]
    /// When it was made.
    public var creationTimestamp: Timestamp?
    /// Since when it is to be gone; nil while it is wanted.
    public var deletionTimestamp: Timestamp?
    /// How long its end may take, in seconds, when it is to be gone.
    public var deletionGracePeriodSeconds: Int64?
    /// What it belongs to.
    public var ownerReferences: [OwnerReference]

    /// Metadata of a name, and what else is known.
    public init(
        name: String,
        namespace: String = "default",
        uid: String = "",
        resourceVersion: String = "",
        generation: Int64? = nil,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        creationTimestamp: Timestamp? = nil,
        deletionTimestamp: Timestamp? = nil,
        deletionGracePeriodSeconds: Int64? = nil,
        ownerReferences: [OwnerReference] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.generation = generation
        self.labels = labels
        self.annotations = annotations
        self.creationTimestamp = creationTimestamp
        self.deletionTimestamp = deletionTimestamp
        self.deletionGracePeriodSeconds = deletionGracePeriodSeconds
        self.ownerReferences = ownerReferences
    }
}

/// An object that another belongs to.
public struct OwnerReference: Equatable, Sendable {
    /// The version of its API.
    public var apiVersion: String
    /// Its kind, which need not be one of ours.
    public var kind: String
    /// Its name.
    public var name: String
    /// Its uid.
    public var uid: String
    /// Whether it is the one that manages the other.
    public var isController: Bool

    /// A reference to an owner.
    public init(
        apiVersion: String,
        kind: String,
        name: String,
        uid: String,
        isController: Bool = false
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
    }
}

extension ObjectMetadata {
    /// The metadata as Kubernetes writes it; what is not known is left out.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        object.set("namespace", namespace.isEmpty ? nil : namespace)
        object.set("uid", uid.isEmpty ? nil : uid)
        object.set("resourceVersion", resourceVersion.isEmpty ? nil : resourceVersion)
        object.set("generation", generation)
        object.set("creationTimestamp", creationTimestamp?.rfc3339)
        object.set("deletionTimestamp", deletionTimestamp?.rfc3339)
        object.set("deletionGracePeriodSeconds", deletionGracePeriodSeconds)
        object.set("labels", labels)
        object.set("annotations", annotations)
        object.set("ownerReferences", ownerReferences) { owner in
            var object = ObjectBuilder()
            object.set("apiVersion", owner.apiVersion)
            object.set("kind", owner.kind)
            object.set("name", owner.name)
            object.set("uid", owner.uid)
            object.set("controller", owner.isController ? true : nil)
            return object.document
        }
        return object.document
    }
}
