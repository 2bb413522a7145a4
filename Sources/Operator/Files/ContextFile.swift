import Documents
import Host

/// The file with the ways to reach nodes that have names, like a kubeconfig.
///
///     current-context: field
///     contexts:
///       - name: field
///         broker: mqtts://broker.example:8883
///         node: gw-1
///         username: ops
///         passwordFile: /home/ops/.config/swiftlet/password
///         caFile: /etc/ssl/certs/ca-certificates.crt
///       - name: here
///         socket: /run/swiftlet/swiftletd.sock
///
/// It holds no secret: passwords and keys stand in files of their own.
public struct ContextFile: Equatable, Sendable {
    /// One way to reach a node; what is `nil` is left to the command line.
    public struct Context: Equatable, Sendable {
        /// What it is called.
        public var name: String
        /// The daemon's socket.
        public var socket: String?
        /// The broker's address.
        public var broker: String?
        /// The node's name on the broker.
        public var node: String?
        /// What every topic begins with.
        public var prefix: String?
        /// The name told to the broker.
        public var username: String?
        /// The file with the password.
        public var passwordFile: String?
        /// Who may sign the broker's certificate.
        public var caFile: String?
        /// Our certificate.
        public var certificateFile: String?
        /// Its key.
        public var keyFile: String?

        /// A context that says nothing.
        public init(name: String = "") { self.name = name }
    }

    /// The context that counts where none is named.
    public var current: String?
    /// All of them, in the file's order.
    public var contexts: [Context]

    // Why: some hundred contexts; a longer file is another one.
    /// The longest file in bytes.
    public static let byteCountMax = 1 << 18

    /// A file without contexts: what counts where there is none.
    public init() { contexts = [] }

    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - bytes: YAML or JSON.
    ///   - path: The file, for errors.
    /// - Throws: ``OperatorError/file(path:message:)`` with field and line; an unknown key is one.
    public init(bytes: [UInt8], path: String) throws(OperatorError) {
        self.init()
        let documents: [Document]
        do throws(DocumentError) {
            documents = try Document.yaml(bytes).filter { !$0.isNull }
        } catch {
            throw .file(path: path, message: error.description)
        }
        guard documents.count <= 1 else {
            throw .file(path: path, message: "it holds several documents")
        }
        guard let document = documents.first else { return }
        do throws(FieldError) { try read(DocumentReader(document)) } catch {
            throw .file(path: path, message: error.description)
        }
        if let current, !contexts.contains(where: { $0.name == current }) {
            throw .file(path: path, message: "current-context: there is no context \"\(current)\"")
        }
    }

    /// The context of a name, or the current one.
    ///
    /// - Parameter name: What the command line says; `nil` for nothing.
    /// - Returns: The context; `nil` where none is named and none is current.
    /// - Throws: ``OperatorError/usage(_:)`` for a name that is not there.
    public func context(_ name: String?) throws(OperatorError) -> Context? {
        guard let name = name ?? current else { return nil }
        guard let context = contexts.first(where: { $0.name == name }) else {
            let known = contexts.map(\.name).joined(separator: ", ")
            throw .usage(
                "there is no context \"\(name)\"; known: \(known.isEmpty ? "none" : known)"
            )
        }
        return context
    }

    /// The file's text; comments of the old one are not kept.
    public var yaml: String {
        var file = ObjectBuilder()
        file.set("current-context", current)
        file.set("contexts", .array(contexts.map(\.document)))
        return file.document.yamlText()
    }
}

extension ContextFile {
    private mutating func read(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["apiVersion", "kind", "current-context", "contexts"])
        current = try reader.optional("current-context")?.string()
        for element in try reader.optional("contexts")?.elements() ?? [] {
            let context = try Context(element)
            guard !contexts.contains(where: { $0.name == context.name }) else {
                throw element.error("name", "\"\(context.name)\" is there twice")
            }
            contexts.append(context)
        }
    }
}

extension ContextFile.Context {
    private static let keys: [(String, any WritableKeyPath<Self, String?> & Sendable)] = [
        ("socket", \.socket), ("broker", \.broker), ("node", \.node), ("prefix", \.prefix),
        ("username", \.username), ("passwordFile", \.passwordFile), ("caFile", \.caFile),
        ("certificateFile", \.certificateFile), ("keyFile", \.keyFile),
    ]

    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: Set(Self.keys.map(\.0) + ["name"]))
        self.init(name: try reader.required("name").string())
        for (key, place) in Self.keys { self[keyPath: place] = try reader.optional(key)?.string() }
        guard socket == nil || broker == nil else {
            throw reader.error("broker", "socket and broker are two ways: leave one of them out")
        }
        guard socket != nil || broker != nil else {
            throw reader.error("broker", "Required value: or socket")
        }
    }

    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        for (key, place) in Self.keys { object.set(key, self[keyPath: place]) }
        return object.document
    }
}
