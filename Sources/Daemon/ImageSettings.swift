internal import Documents
internal import Host
public import Images
public import Lifecycle
public import Supervisor

/// What an operator says about images, below `images:` of the configuration.
public struct ImageSettings: Equatable, Sendable {
    /// Folders below which `oci:/PATH` may lie, besides the folder of layouts.
    public var layoutRoots: [String] = []
    /// The user that pulls run as, by name or number, where this daemon is root.
    public var pullUser = ImageSettings.defaultPullUser
    /// How registries are reached.
    public var registries = RegistryRules()
    /// When images may be fetched over the network.
    public var pullWindows = PullWindows()
    /// Which images must be signed; the keys are files.
    public var signatures: [SignatureRule] = []
    /// When images are removed.
    public var collection = ImageCollection()

    /// The user that the package makes.
    public static let defaultPullUser = "swiftlet-pull"

    /// The defaults.
    public init() {}
}

extension ImageSettings {
    init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: [
            "plainHTTP", "layoutRoots", "highThresholdPercent", "lowThresholdPercent",
            "minimumAgeSeconds", "signatures", "registries", "credentialsFile", "maxBytesPerSecond",
            "pullWindows", "pullUser",
        ])
        if let user = try reader.optional("pullUser") { pullUser = try user.userName() }
        registries = try RegistryRules(reader)
        pullWindows = try PullWindows(reader)
        for root in try reader.optional("layoutRoots")?.elements() ?? [] {
            layoutRoots.append(try root.folder())
        }
        let rules = try reader.optional("signatures")
        let elements = try rules?.elements() ?? []
        if let rules, elements.count > SignaturePolicy.ruleCountMax {
            throw rules.error("at most \(SignaturePolicy.ruleCountMax) rules are taken")
        }
        for element in elements { signatures.append(try SignatureRule(element)) }
        let high = try reader.optional("highThresholdPercent")?.integer(in: 1...100) ?? 85
        let low = try reader.optional("lowThresholdPercent")
        let lowPercent = try low?.integer(in: 0...100) ?? min(80, high)
        if let low, lowPercent > high {
            throw low.error("must not be more than highThresholdPercent, which is \(high)")
        }
        let age = try reader.optional("minimumAgeSeconds")?.integer(in: 0...31_536_000)
        collection = ImageCollection(
            highThresholdPercent: high,
            lowThresholdPercent: lowPercent,
            minimumAgeSeconds: age ?? 120
        )
    }
}

/// A rule about signatures as an operator writes it: keys are named by their files.
public struct SignatureRule: Equatable, Sendable {
    /// `HOST/REPOSITORY`, or the beginning of one up to a slash; empty for all.
    public var prefix: String
    /// How much a missing signature matters.
    public var mode: SignaturePolicy.Mode
    /// PEM files of public keys.
    public var keyFiles: [String]
    /// The repository that signatures must name, where it is not the image's own.
    public var signedAs: String?
}

extension SignatureRule {
    init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["prefix", "policy", "keys", "signedAs"])
        prefix = try reader.required("prefix").string()
        let place = try reader.required("policy")
        let modes = SignaturePolicy.Mode.allCases.map(\.rawValue)
        guard let mode = SignaturePolicy.Mode(rawValue: try place.string()) else {
            throw place.error("must be \(modes.joined(separator: ", "))")
        }
        self.mode = mode
        keyFiles = []
        for key in try reader.optional("keys")?.elements() ?? [] {
            keyFiles.append(try key.folder())
        }
        guard mode == .none || !keyFiles.isEmpty else {
            throw reader.error(
                "keys",
                "Required value: with \(mode.rawValue) say whose signatures count"
            )
        }
        signedAs = try reader.optional("signedAs")?.string()
        guard mode == .none || !prefix.hasPrefix("oci:") || signedAs != nil else {
            throw reader.error(
                "signedAs",
                "Required value: a layout has no name of its own that a signature could have"
            )
        }
    }
}

extension ImageSettings {
    /// The rules with their keys read.
    ///
    /// - Throws: Which key cannot be used.
    public func signaturePolicy() throws(DaemonError) -> SignaturePolicy {
        var policy = SignaturePolicy()
        for rule in signatures {
            var keys: [PublicKey] = []
            for path in rule.keyFiles {
                do throws(HostError) {
                    let bytes = try FileBytes.read(path, byteCountMax: Int(PublicKey.byteCountMax))
                    keys.append(try Self.key(bytes, path))
                } catch {
                    throw .host(error)
                }
            }
            policy.rules.append(
                SignaturePolicy.Rule(
                    prefix: rule.prefix,
                    mode: rule.mode,
                    keys: keys,
                    signedAs: rule.signedAs
                )
            )
        }
        return policy
    }

    private static func key(_ bytes: [UInt8], _ path: String) throws(HostError) -> PublicKey {
        do throws(ImageError) {
            return try PublicKey(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw .malformed(path: path, reason: "\(error)")
        }
    }
}
