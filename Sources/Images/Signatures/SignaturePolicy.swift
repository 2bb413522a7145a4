internal import Documents

/// Which images must be signed, by whom.
public struct SignaturePolicy: Equatable, Sendable {
    /// How much a missing signature matters.
    public enum Mode: String, Equatable, Sendable, CaseIterable {
        /// Not at all; nothing is fetched for it.
        case none
        /// The image is used, and a warning says so.
        case warn
        /// The image is not used.
        case require
    }

    /// What holds for images whose names begin alike.
    public struct Rule: Equatable, Sendable {
        /// `HOST/REPOSITORY`, or `oci:/PATH`, up to a slash or the end; empty for all.
        public var prefix: String
        /// How much it matters.
        public var mode: Mode
        /// Any of these may have signed.
        public var keys: [PublicKey]
        /// The repository that signatures must name; `nil` for the one that the image is pulled from.
        public var signedAs: String?

        /// A rule.
        public init(prefix: String, mode: Mode, keys: [PublicKey], signedAs: String? = nil) {
            self.prefix = prefix
            self.mode = mode
            self.keys = keys
            self.signedAs = signedAs
        }
    }

    /// Rules that are read: a fleet has a few registries.
    public static let ruleCountMax = 64

    /// All rules.
    public var rules: [Rule]

    /// A policy; without rules nothing need be signed.
    public init(rules: [Rule] = []) { self.rules = rules }

    /// The rule for an image: that of the longest prefix.
    public func rule(for reference: ImageReference) -> Rule {
        let name = reference.nameWithoutTag
        let matching = rules.filter { Self.covers($0.prefix, name) }
        return matching.max { $0.prefix.utf8.count < $1.prefix.utf8.count }
            ?? Rule(prefix: "", mode: .none, keys: [])
    }

    private static func covers(_ prefix: String, _ name: String) -> Bool {
        let stem = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        return stem.isEmpty || name == stem || name.hasPrefix(stem + "/")
    }
}

extension ImageReference {
    /// `HOST/REPOSITORY`, or `oci:PATH`.
    public var nameWithoutTag: String {
        switch place {
        case .registry(let host, let repository): "\(host)/\(repository)"
        case .layout(let path): "oci:\(path)"
        }
    }

    /// Another tag at the same place.
    func tagged(_ tag: String) throws(ImageError) -> ImageReference {
        try ImageReference("\(nameWithoutTag):\(tag)")
    }
}

extension SignaturePolicy {
    /// The policy as a file of the store, for who pulls.
    var json: [UInt8] {
        let rules = rules.map { rule -> Document in
            var builder = ObjectBuilder()
            builder.set("prefix", rule.prefix)
            builder.set("mode", rule.mode.rawValue)
            builder.set("keys", rule.keys.map(\.pem))
            builder.set("signedAs", rule.signedAs)
            return builder.document
        }
        return (["rules": .array(rules)] as Document).json()
    }

    init(json: [UInt8], path: String) throws(ImageError) {
        let reader = DocumentReader(try parsedJSON(json, what: path))
        self.init()
        do {
            for element in try reader.required("rules").elements() {
                let modeReader = try element.required("mode")
                guard let mode = Mode(rawValue: try modeReader.string()) else {
                    throw modeReader.error("must be none, warn or require")
                }
                var keys: [PublicKey] = []
                for text in try element.required("keys").strings() {
                    keys.append(try PublicKey(pem: text))
                }
                rules.append(
                    Rule(
                        prefix: try element.required("prefix").string(),
                        mode: mode,
                        keys: keys,
                        signedAs: try element.optional("signedAs")?.string()
                    )
                )
            }
        } catch let error as ImageError {
            throw error
        } catch {
            throw .malformed(what: path, message: "\(error)")
        }
    }
}

extension ImageStore {
    private var policyPath: String { "\(directory)/signature-policy.json" }

    /// Writes down which images must be signed, for every pull into this store.
    public func setPolicy(_ policy: SignaturePolicy) throws(ImageError) {
        guard try self.policy() != policy else { return }
        try StoreFile.replace(policyPath, policy.json)
    }

    /// Which images must be signed; none without a file.
    ///
    /// One that cannot be read is an error, never a policy that demands nothing.
    public func policy() throws(ImageError) -> SignaturePolicy {
        guard StoreFile.exists(policyPath) else { return SignaturePolicy() }
        let json = try StoreFile.read(policyPath, byteCountMax: ImageLimits.manifestByteCountMax)
        return try SignaturePolicy(json: json, path: policyPath)
    }
}
