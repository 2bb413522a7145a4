public import Documents

/// The complete inventory of what a controller wants on one node: the payload of `desired/manifest`.
///
/// Form: `{"node", "epoch", "generation", "issuedAt", "allowEmpty"?, "items": [{"kind", "namespace",
/// "name", "uid", "resourceVersion", "sha256"}]}`. Source: the MQTT contract, rules 2 and 3.
public struct DesiredManifest: Equatable, Sendable {
    /// The node it is for.
    public var node: String
    /// Which history the generation counts in: a controller restored from a backup begins a new one.
    public var epoch: String
    /// Counts up within the epoch.
    public var generation: Int64
    /// When it was made; orders epochs.
    public var issuedAt: Timestamp
    /// Whether it may list nothing: without it, an empty list is taken for an accident.
    public var allowsEmpty: Bool
    /// Everything that should be there.
    public var items: [Item]

    /// Bytes of a manifest (rule 8 of the contract).
    public static let payloadByteCountMax = 256 * 1024
    // Why: a text of a controller's own; it is kept and sent back.
    private static let epochByteCountMax = 128

    /// One object of the inventory.
    public struct Item: Equatable, Sendable {
        /// Which object.
        public var address: DesiredObject.Address
        /// Its uid; empty for one written by hand.
        public var uid: String
        /// Its version; empty for one written by hand.
        public var resourceVersion: String
        /// SHA-256 of its exact bytes on its topic.
        public var sha256: [UInt8]

        /// An item.
        public init(
            address: DesiredObject.Address,
            uid: String = "",
            resourceVersion: String = "",
            sha256: [UInt8]
        ) {
            self.address = address
            self.uid = uid
            self.resourceVersion = resourceVersion
            self.sha256 = sha256
        }

        /// Which object, with its uid.
        public var reference: ObjectReference {
            ObjectReference(
                kind: address.kind,
                namespace: address.name.namespace,
                name: address.name.name,
                uid: uid
            )
        }
    }

    /// A manifest made in code.
    public init(
        node: String,
        epoch: String,
        generation: Int64,
        issuedAt: Timestamp,
        allowsEmpty: Bool = false,
        items: [Item]
    ) {
        self.node = node
        self.epoch = epoch
        self.generation = generation
        self.issuedAt = issuedAt
        self.allowsEmpty = allowsEmpty
        self.items = items
    }
}

extension DesiredManifest {
    /// Reads a payload.
    ///
    /// One wrong item spoils the whole: what is misread would be deleted.
    ///
    /// - Parameter payload: JSON.
    /// - Throws: What is wrong with it.
    public init(payload: [UInt8]) throws(ManifestError) {
        guard payload.count <= Self.payloadByteCountMax else {
            throw .tooLarge(byteCount: payload.count, byteCountMax: Self.payloadByteCountMax)
        }
        let document: Document
        do { document = try Document(json: payload) } catch { throw .unreadable(error) }
        do throws(FieldError) { try self.init(DocumentReader(document)) } catch {
            throw .invalid(error)
        }
    }

    private init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: [
            "node", "epoch", "generation", "issuedAt", "allowEmpty", "items",
        ])
        node = try reader.required("node").string()
        let epoch = try reader.required("epoch")
        self.epoch = try epoch.string()
        guard (1...Self.epochByteCountMax).contains(self.epoch.utf8.count) else {
            throw epoch.error("must have 1 to \(Self.epochByteCountMax) bytes")
        }
        generation = try reader.required("generation").integer(in: 0...Int64.max)
        let issuedAt = try reader.required("issuedAt")
        guard let time = Timestamp(rfc3339: try issuedAt.string()) else {
            throw issuedAt.error("must be a time like 2026-11-23T08:00:00Z")
        }
        self.issuedAt = time
        allowsEmpty = try reader.optional("allowEmpty")?.bool() ?? false
        items = []
        var seen: Set<DesiredObject.Address> = []
        for element in try reader.required("items").elements() {
            let item = try Item(element)
            guard seen.insert(item.address).inserted else {
                throw element.error("is listed twice")
            }
            items.append(item)
        }
    }

    /// The bytes to publish; the same each time.
    public var payload: [UInt8] { document.json() }

    /// The manifest as JSON.
    public var document: Document {
        var body = ObjectBuilder()
        body.set("node", node)
        body.set("epoch", epoch)
        body.set("generation", generation)
        body.set("issuedAt", issuedAt.rfc3339)
        if allowsEmpty { body.set("allowEmpty", true) }
        body.set("items", .array(items.map(\.document)))
        return body.document
    }
}

extension DesiredManifest.Item {
    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: [
            "kind", "namespace", "name", "uid", "resourceVersion", "sha256",
        ])
        let place = try reader.required("kind")
        guard let kind = ObjectKind(rawValue: try place.string()),
            [.pod, .configMap, .secret].contains(kind)
        else { throw place.error("must be Pod, ConfigMap or Secret") }
        let name = try ObjectName(
            namespace: try reader.required("namespace").string(),
            name: try reader.required("name").string()
        )
        address = .init(kind: kind, name: name)
        uid = try reader.optional("uid")?.string() ?? ""
        resourceVersion = try reader.optional("resourceVersion")?.string() ?? ""
        let digest = try reader.required("sha256")
        guard let bytes = Hexadecimal.bytes(try digest.string()), bytes.count == 32 else {
            throw digest.error("must be 64 hexadecimal digits")
        }
        sha256 = bytes
    }

    fileprivate var document: Document {
        var body = ObjectBuilder()
        body.set("kind", address.kind.rawValue)
        body.set("namespace", address.name.namespace)
        body.set("name", address.name.name)
        body.set("uid", uid.isEmpty ? nil : uid)
        body.set("resourceVersion", resourceVersion.isEmpty ? nil : resourceVersion)
        body.set("sha256", Hexadecimal.text(sha256))
        return body.document
    }
}
