internal import Documents

extension DesiredObject {
    /// Bytes of one object; more is refused (rule 8 of the MQTT contract).
    public static let payloadByteCountMax = 256 * 1024

    /// What a topic or a command says an object is called.
    public struct Address: Hashable, Sendable {
        /// The kind.
        public var kind: ObjectKind
        /// The name.
        public var name: ObjectName

        /// An address.
        public init(kind: ObjectKind, name: ObjectName) {
            self.kind = kind
            self.name = name
        }
    }

    /// Checks what arrived, and gives it a uid and a version where it has none.
    ///
    /// - Parameters:
    ///   - payload: The object as JSON.
    ///   - address: What the topic says it is.
    ///   - node: This node's name.
    ///   - digests: Where digests come from.
    /// - Returns: The object, ready to be stored.
    /// - Throws: Why it is refused.
    public static func identify(
        _ payload: [UInt8],
        as address: Address,
        node: String,
        digests: Digests
    ) throws(ObjectError) -> DesiredObject {
        guard payload.count <= payloadByteCountMax else {
            throw .tooLarge(byteCount: payload.count, byteCountMax: payloadByteCountMax)
        }
        let document: Document
        do { document = try Document(json: payload) } catch { throw .unreadable(error) }
        let metadata = try checkedMetadata(document, address.kind)
        let nodeName = document["spec"]?["nodeName"]?.string ?? ""
        guard nodeName.isEmpty || nodeName == node else { throw .otherNode(nodeName) }
        try checkName(metadata, document, address.name)
        return DesiredObject(
            kind: address.kind,
            namespace: address.name.namespace,
            name: address.name.name,
            version: version(metadata, address, node, digests, payload),
            payload: payload,
            deletionRequestedAt: metadata.deletionTimestamp,
            deletionGracePeriodSeconds: metadata.deletionGracePeriodSeconds
        )
    }

    /// The metadata of an object whose other fields are right too, unless it is to be gone.
    private static func checkedMetadata(
        _ document: Document,
        _ kind: ObjectKind
    ) throws(ObjectError) -> ObjectMetadata {
        do {
            let reader = DocumentReader(document)
            switch kind {
            case .pod, .configMap, .secret: try reader.requireKind(kind.rawValue)
            case .node, .event: throw ObjectError.unsupportedKind(kind)
            }
            let metadata = try ObjectMetadata(reader.required("metadata").document)
            // Why: what an older version took and this one would refuse must still be deletable.
            guard metadata.deletionTimestamp == nil else { return metadata }
            switch kind {
            case .pod: _ = try Pod(document)
            case .configMap: _ = try ConfigMap(document)
            case .secret: _ = try Secret(document)
            case .node, .event: break
            }
            return metadata
        } catch let error as FieldError {
            throw .invalid(error)
        } catch {
            throw .unsupportedKind(kind)
        }
    }

    private static func checkName(
        _ metadata: ObjectMetadata,
        _ document: Document,
        _ expected: ObjectName
    ) throws(ObjectError) {
        let written = document["metadata"]?["namespace"]?.string ?? ""
        let namespace = written.isEmpty ? expected.namespace : written
        guard metadata.name == expected.name, namespace == expected.namespace else {
            throw .otherName(found: "\(namespace)/\(metadata.name)", expected: "\(expected)")
        }
    }

    private static func version(
        _ metadata: ObjectMetadata,
        _ address: Address,
        _ node: String,
        _ digests: Digests,
        _ payload: [UInt8]
    ) -> ObjectVersion {
        let isDerived = metadata.resourceVersion.isEmpty
        let uid =
            metadata.uid.isEmpty
            ? NameUUID.ofObject(
                node: node,
                kind: address.kind,
                namespace: address.name.namespace,
                name: address.name.name,
                digests: digests
            ) : metadata.uid
        return ObjectVersion(
            uid: uid,
            resourceVersion: isDerived
                ? Hexadecimal.text(digests.sha256(payload).prefix(8)) : metadata.resourceVersion,
            isDerived: isDerived,
            generation: metadata.generation
        )
    }
}
