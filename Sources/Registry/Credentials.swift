public import Documents
internal import Images

/// Names and passwords by registry, as `docker login` and Kubernetes' `dockerconfigjson` keep them.
///
/// Source: Kubernetes, "Pull an Image from a Private Registry" and "Interpretation of config.json".
public struct Credentials: Equatable, Sendable {
    /// Bytes of such a file that are taken; a Secret has a million.
    public static let byteCountMax = 1_048_576

    struct Entry: Equatable, Sendable {
        var user: String
        var password: String
        /// A token that stands in place of a password, where the registry gave one.
        var identityToken: String?
    }

    private var entries: [String: Entry] = [:]

    /// Nobody's.
    public init() {}

    /// Reads `{"auths": {"HOST[/PATH]": {"username", "password"} or {"auth": BASE64} }}`.
    public init(json: [UInt8]) throws(FieldError) {
        let document: Document
        do { document = try Document(json: json) } catch {
            // Why so few words: the parser's would quote what may be a password.
            throw FieldError(path: "", message: "the credentials are no JSON")
        }
        let reader = DocumentReader(document)
        for (name, entry) in try reader.required("auths").entries() {
            entries[Self.place(name)] = try Entry(entry)
        }
    }

    /// Who we are for a repository: the entry with the longest matching path.
    func entry(host: String, repository: String) -> Entry? {
        let place = "\(Self.place(host))/\(repository)"
        return entries.filter { place == $0.key || place.hasPrefix($0.key + "/") }
            .max { $0.key.utf8.count < $1.key.utf8.count }?.value
    }

    /// A host and path without scheme, `/v1/` or `/v2/`, and with one name for Docker's registry.
    private static func place(_ text: String) -> String {
        var rest = text[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        while rest.last == "/" { rest = rest.dropLast() }
        for version in ["/v1", "/v2"] where rest.hasSuffix(version) { rest = rest.dropLast(3) }
        var parts = rest.split(separator: "/", maxSplits: 1).map(String.init)
        if ["index.docker.io", "registry-1.docker.io"].contains(parts.first) {
            parts[0] = "docker.io"
        }
        return parts.joined(separator: "/")
    }
}

extension Credentials.Entry {
    init(_ reader: DocumentReader) throws(FieldError) {
        identityToken = try reader.optional("identitytoken")?.string()
        user = try reader.optional("username")?.string() ?? ""
        password = try reader.optional("password")?.string() ?? ""
        guard user.isEmpty, let packed = try reader.optional("auth") else { return }
        guard let bytes = Base64.decode(try packed.string()) else {
            throw packed.error("is not base64")
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(
            separator: ":",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == 2 else { throw packed.error("must be NAME:PASSWORD in base64") }
        (user, password) = (String(parts[0]), String(parts[1]))
    }

    /// The header that shows them.
    var basic: String { "Authorization: Basic \(Base64.encode(Array("\(user):\(password)".utf8)))" }
}

/// Base64 with padding.
///
/// Source: RFC 4648, section 4.
enum Base64 {
    private static let digits = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) {
                $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0)
            }
            for place in 0..<4 {
                let digit = digits[bits >> (18 - 6 * place) & 63]
                text.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` when there is anything but digits and the padding at the end.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits = 0
        var bitCount = 0
        var digitsDone = text.utf8[...]
        while digitsDone.last == UInt8(ascii: "=") { digitsDone = digitsDone.dropLast() }
        guard text.utf8.count - digitsDone.count <= 2, digitsDone.count % 4 != 1 else { return nil }
        for character in digitsDone {
            guard let value = digits.firstIndex(of: character) else { return nil }
            bits = (bits << 6 | value) & 0xFFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(bits >> bitCount & 255))
            }
        }
        return bytes
    }
}
