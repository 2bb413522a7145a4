/// Where a mirror of a registry is: `https://HOST[:PORT]` or `http://HOST[:PORT]`.
public struct MirrorAddress: Equatable, Sendable {
    /// Whether it is spoken to without TLS.
    public let usesPlainHTTP: Bool
    /// `HOST[:PORT]`.
    public let host: String

    /// Reads an address; `nil` when it is none, or has a path or a user.
    public init?(_ text: String) {
        let isPlain = text.hasPrefix("http://")
        guard isPlain || text.hasPrefix("https://") else { return nil }
        var rest = text.dropFirst(isPlain ? 7 : 8)
        if rest.last == "/" { rest = rest.dropLast() }
        let isName = rest.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            case _: false
            }
        }
        guard !rest.isEmpty, isName else { return nil }
        usesPlainHTTP = isPlain
        host = String(rest)
    }

    /// The address as it is written.
    public var text: String { "\(usesPlainHTTP ? "http" : "https")://\(host)" }
}
