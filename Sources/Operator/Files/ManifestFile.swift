public import Documents
import KubeModel

/// One object of a manifest: something that somebody wants on a node.
public struct ManifestObject: Equatable, Sendable {
    /// The whole object, with its namespace filled in.
    public var document: Document
    /// What it is, and what it is called.
    public var key: ObjectKey
    /// What the operator calls the file that it stands in.
    public var source: String
}

/// The objects of one file, in its order.
///
/// YAML with several documents, JSON, and v1.List are taken; whatever no node can run is refused by
/// name, since leaving it out silently would be worse.
public struct ManifestFile {
    /// Longest file in bytes: some hundred objects.
    public static let byteCountMax = 4 << 20

    /// The objects, in the file's order.
    public let objects: [ManifestObject]

    /// Reads `bytes`; `path` is what errors call the file.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - path: Its name, for errors.
    ///   - namespace: Where objects go that name no namespace; one that names another is refused
    ///     when `isNamespaceGiven`.
    ///   - isNamespaceGiven: Whether the operator has asked for `namespace`.
    /// - Throws: ``OperatorError/file(path:message:)`` with the line.
    public init(
        bytes: [UInt8],
        path: String,
        namespace: String,
        isNamespaceGiven: Bool
    ) throws(OperatorError) {
        var objects: [ManifestObject] = []
        for document in try Self.documents(bytes, path) {
            for item in try Self.items(document, path) {
                do throws(FieldError) {
                    objects.append(try Self.object(item, path, namespace, isNamespaceGiven))
                } catch {
                    throw .file(path: path, message: error.description)
                }
            }
        }
        guard !objects.isEmpty else { throw .file(path: path, message: "it holds no object") }
        self.objects = objects
    }

    private static func documents(
        _ bytes: [UInt8],
        _ path: String
    ) throws(OperatorError) -> [Document] {
        guard bytes.count <= byteCountMax else {
            throw .file(path: path, message: "it is longer than \(byteCountMax) bytes: split it")
        }
        let limits = DocumentLimits(byteCountMax: byteCountMax)
        do throws(DocumentError) {
            return try Document.yaml(bytes, limits: limits).filter { !$0.isNull }
        } catch let yamlError {
            // Why second: nearly all JSON is YAML, and what is not (tabs, for one) is rare.
            if let json = try? Document(json: bytes, limits: limits) { return [json] }
            throw .file(path: path, message: yamlError.description)
        }
    }

    private static func items(
        _ document: Document,
        _ path: String
    ) throws(OperatorError) -> [Document] {
        guard document["kind"]?.string == "List" else { return [document] }
        guard let items = document["items"]?.array else {
            throw .file(
                path: path,
                message: "items: Required value: a List holds its objects there"
            )
        }
        return items
    }

    private static func object(
        _ document: Document,
        _ path: String,
        _ namespace: String,
        _ isNamespaceGiven: Bool
    ) throws(FieldError) -> ManifestObject {
        let reader = DocumentReader(document)
        let kind = try reader.required("kind").string()
        let version = try reader.required("apiVersion").string()
        guard version == "v1" else {
            throw reader.error("apiVersion", "must be \"v1\", but is \"\(version)\"")
        }
        guard let resource = ResourceKind(kind), resource.isDesired,
            resource.objectKind?.rawValue == kind
        else {
            throw reader.error("kind", "\(kind) cannot be applied: Pod, ConfigMap and Secret can")
        }
        let metadata = try reader.required("metadata")
        let name = try metadata.required("name").string()
        let own = try metadata.optional("namespace")?.string()
        // Why here: names become parts of topics, where a slash would mean another object.
        if let problem = NameRule.subdomainProblem(name) {
            throw metadata.error("name", "Invalid value: \"\(name)\": \(problem)")
        }
        if let problem = NameRule.labelProblem(own ?? namespace) {
            throw metadata.error("namespace", "Invalid value: \"\(own ?? namespace)\": \(problem)")
        }
        if isNamespaceGiven, let own, own != namespace {
            throw metadata.error(
                "namespace",
                "is \"\(own)\", but -n says \"\(namespace)\": leave one of them out"
            )
        }
        let object = document.setting(["metadata", "namespace"], to: .string(own ?? namespace))
        return ManifestObject(
            document: object,
            key: ObjectKey(kind: resource, namespace: own ?? namespace, name: name),
            source: path
        )
    }
}
