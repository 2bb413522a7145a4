public import Images

/// How one registry, or a part of it, is reached.
public struct RegistryRule: Equatable, Sendable {
    /// Mirrors of one registry that are taken, as `swiftlet-pull` takes them.
    public static let mirrorCountMax = 8

    /// `HOST[:PORT]`, or that and the beginning of a repository up to a slash.
    public var prefix: String
    /// Who is asked first, in order.
    public var mirrors: [MirrorAddress] = []
    /// Whether the registry itself is spoken to without TLS.
    public var usesPlainHTTP = false
    /// A PEM file of certificates to trust in place of the system's.
    public var authorityFile: String?
    /// A PEM file of the certificate to show.
    public var certificateFile: String?
    /// A PEM file of its key.
    public var keyFile: String?

    /// A registry that is reached as any other.
    public init(prefix: String) { self.prefix = prefix }

    /// The flags of `swiftlet-pull`.
    var flags: [String] {
        var flags = mirrors.flatMap { ["--mirror", $0.text] }
        if usesPlainHTTP { flags.append("--plain-http") }
        if let authorityFile { flags += ["--ca-file", authorityFile] }
        if let certificateFile { flags += ["--cert-file", certificateFile] }
        if let keyFile { flags += ["--key-file", keyFile] }
        return flags
    }
}

/// How registries are reached: by the rule with the longest matching prefix.
public struct RegistryRules: Equatable, Sendable {
    /// Rules that an operator may write.
    public static let ruleCountMax = 64

    /// The rules, in any order.
    public var rules: [RegistryRule] = []
    /// Bytes a second that one pull takes at most; nil for all there are.
    public var byteCountPerSecondMax: Int64?

    /// A file of names and passwords for the node as a whole, as `docker login` writes it.
    public var credentialsFile: String?

    /// Every registry over TLS with the system's certificates.
    public init() {}

    /// The flags of `swiftlet-pull` for an image.
    func flags(for reference: ImageReference) -> [String] {
        guard case .registry = reference.place else { return [] }
        let speed = byteCountPerSecondMax.map { ["--max-bytes-per-second", "\($0)"] } ?? []
        return (rule(for: reference)?.flags ?? []) + speed
    }

    /// The folders that a pull of an image reads outside of the store once it is confined; certificates and
    /// their keys were read before.
    func files(for reference: ImageReference) -> [String] {
        switch reference.place {
        case .layout(let path): [path]
        case .registry: []
        }
    }

    private func rule(for reference: ImageReference) -> RegistryRule? {
        guard case .registry(let host, let repository) = reference.place else { return nil }
        let place = "\(host)/\(repository)"
        return rules.filter { place == $0.prefix || place.hasPrefix($0.prefix + "/") }
            .max { $0.prefix.utf8.count < $1.prefix.utf8.count }
    }
}
