/// A topic of the contract, as a value.
///
/// Everything stands below `PREFIX/NODE/`; ``path`` is the part after that, and what the outbox keeps.
public enum TopicName: Hashable, Sendable {
    /// An object the controller wants on the node.
    case desired(DesiredKind, namespace: String, name: String)
    /// The complete inventory.
    case manifest
    /// The inventory's signature.
    case manifestSignature
    /// A question to the node.
    case request(id: String)
    /// Whether the node is there.
    case connection
    /// What the node has stored.
    case desiredStatus
    /// The node itself.
    case nodeStatus
    /// A pod as it is.
    case podStatus(namespace: String, name: String)
    /// What happened.
    case events
    /// The answer to a question.
    case reply(id: String)

    /// The kinds a controller may send, as topics spell them.
    public enum DesiredKind: String, Hashable, Sendable, CaseIterable {
        /// v1.Pod.
        case pods
        /// v1.ConfigMap.
        case configMaps = "configmaps"
        /// v1.Secret.
        case secrets
    }

    /// Reads the part below `PREFIX/NODE/`; `nil` when the contract has no such topic, or a name in it
    /// is not one that Kubernetes would take.
    public init?(path: String) {
        guard path.utf8.count <= UplinkLimits.topicBytesMax else { return nil }
        let levels = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (levels.count, levels.first ?? "") {
        case (4, "desired"):
            guard let kind = DesiredKind(rawValue: levels[1]), Self.isNamespace(levels[2]),
                Self.isName(levels[3])
            else { return nil }
            self = .desired(kind, namespace: levels[2], name: levels[3])
        case (2, "desired") where levels[1] == "manifest": self = .manifest
        case (2, "desired") where levels[1] == "manifest.sig": self = .manifestSignature
        case (2, "requests") where Self.isIdentifier(levels[1]): self = .request(id: levels[1])
        case (2, "replies") where Self.isIdentifier(levels[1]): self = .reply(id: levels[1])
        case (2, "status") where levels[1] == "connection": self = .connection
        case (2, "status") where levels[1] == "desired": self = .desiredStatus
        case (2, "status") where levels[1] == "node": self = .nodeStatus
        case (4, "status") where levels[1] == "pods":
            guard Self.isNamespace(levels[2]), Self.isName(levels[3]) else { return nil }
            self = .podStatus(namespace: levels[2], name: levels[3])
        case (1, "events"): self = .events
        case (_, _): return nil
        }
    }

    /// The part below `PREFIX/NODE/`.
    public var path: String {
        switch self {
        case .desired(let kind, let namespace, let name):
            "desired/\(kind.rawValue)/\(namespace)/\(name)"
        case .manifest: "desired/manifest"
        case .manifestSignature: "desired/manifest.sig"
        case .request(let id): "requests/\(id)"
        case .connection: "status/connection"
        case .desiredStatus: "status/desired"
        case .nodeStatus: "status/node"
        case .podStatus(let namespace, let name): "status/pods/\(namespace)/\(name)"
        case .events: "events"
        case .reply(let id): "replies/\(id)"
        }
    }

    /// The whole topic.
    public func topic(prefix: String, nodeName: String) -> String {
        "\(prefix)/\(nodeName)/\(path)"
    }

    /// Splits a whole topic into the node and what stands below it; `nil` for one of another prefix.
    public static func split(_ topic: String, prefix: String) -> (nodeName: String, path: String)? {
        guard topic.utf8.count <= UplinkLimits.topicBytesMax, topic.hasPrefix(prefix + "/") else {
            return nil
        }
        let rest = topic.dropFirst(prefix.count + 1)
        guard let slash = rest.firstIndex(of: "/") else { return nil }
        return (String(rest[..<slash]), String(rest[rest.index(after: slash)...]))
    }

    /// Whether the text is an RFC 1123 label: what a node's or a namespace's name must be.
    public static func isNamespace(_ text: String) -> Bool {
        text.utf8.count <= 63 && !text.utf8.contains(UInt8(ascii: ".")) && isName(text)
    }

    /// Whether the text is an RFC 1123 subdomain: what an object's name must be.
    public static func isName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { part in
                guard let first = part.first, let last = part.last else { return false }
                return isLetterOrDigit(first) && isLetterOrDigit(last)
                    && part.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    // An id is the controller's own: letters, digits and `-_.:`, so that it is safe in a log.
    private static func isIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                isLetterOrDigit($0 | 0x20) || "-_.:".utf8.contains($0)
            }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
