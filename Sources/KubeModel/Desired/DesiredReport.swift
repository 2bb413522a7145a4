public import Documents

/// What the node has stored of what is wanted: the payload of `status/desired`, names and versions only.
public struct DesiredReport: Equatable, Sendable {
    /// The manifest that counts; nil without one.
    public var manifest: ManifestHead?
    /// All that is stored.
    public var objects: [Entry]
    /// What the manifest lists and has not arrived.
    public var missing: [Entry]
    /// What was refused.
    public var errors: [Problem]
    /// Manifests that were older than the stored one, since the database was made.
    public var ignoredManifestCount: Int64

    /// An object's name and version.
    public struct Entry: Equatable, Sendable {
        /// Which object.
        public var reference: ObjectReference
        /// Its version.
        public var resourceVersion: String

        /// An entry.
        public init(reference: ObjectReference, resourceVersion: String) {
            self.reference = reference
            self.resourceVersion = resourceVersion
        }
    }

    /// Why something is not stored.
    public struct Problem: Equatable, Sendable {
        /// Its kind: an object's, or `Manifest`.
        public var kind: String
        /// Its namespace; empty for a manifest.
        public var namespace: String
        /// Its name.
        public var name: String
        /// Its uid, where it is known.
        public var uid: String
        /// One word.
        public var reason: String
        /// One sentence.
        public var message: String

        /// A problem.
        public init(
            kind: String,
            namespace: String,
            name: String,
            uid: String,
            reason: String,
            message: String
        ) {
            self.kind = kind
            self.namespace = namespace
            self.name = name
            self.uid = uid
            self.reason = reason
            self.message = message
        }
    }

    /// A report made in code.
    public init(
        manifest: ManifestHead?,
        objects: [Entry],
        missing: [Entry],
        errors: [Problem],
        ignoredManifestCount: Int64 = 0
    ) {
        self.manifest = manifest
        self.objects = objects
        self.missing = missing
        self.errors = errors
        self.ignoredManifestCount = ignoredManifestCount
    }

    /// Whether everything that the manifest lists is stored; true without a manifest.
    public var isStored: Bool {
        guard manifest != nil else { return true }
        return missing.isEmpty && !errors.contains { ObjectKind(rawValue: $0.kind) != nil }
    }

    /// The report as JSON.
    public var document: Document {
        var body = ObjectBuilder()
        body.set("epoch", manifest?.epoch)
        body.set("generation", manifest?.generation)
        body.set("stored", isStored)
        body.set("objects", .array(objects.map(\.document)))
        body.set("missing", .array(missing.map(\.document)))
        body.set("errors", .array(errors.map(\.document)))
        if ignoredManifestCount > 0 { body.set("ignoredManifests", ignoredManifestCount) }
        return body.document
    }
}

extension DesiredReport.Entry {
    fileprivate var document: Document {
        [
            "kind": .string(reference.kind.rawValue), "namespace": .string(reference.namespace),
            "name": .string(reference.name), "uid": .string(reference.uid),
            "resourceVersion": .string(resourceVersion),
        ]
    }
}

extension DesiredReport.Problem {
    fileprivate var document: Document {
        [
            "kind": .string(kind), "namespace": .string(namespace), "name": .string(name),
            "uid": .string(uid), "reason": .string(reason), "message": .string(message),
        ]
    }
}
