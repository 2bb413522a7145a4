/// Where a broker listens: `mqtt://HOST[:PORT]` or `mqtts://HOST[:PORT]`.
///
/// Nothing else is taken: a user name or password here would end up in process lists and logs.
public struct BrokerURL: Hashable, Sendable, CustomStringConvertible {
    /// A name, an IPv4 address, or an IPv6 address without its brackets.
    public let host: String
    /// 1883, or 8883 with TLS, unless the URL says otherwise.
    public let port: UInt16
    /// Whether the connection is encrypted (`mqtts`).
    public let usesTLS: Bool

    /// Reads a URL.
    ///
    /// - Throws: ``UplinkError/malformedURL(_:reason:)`` with what is wrong about it.
    public init(_ text: String) throws(UplinkError) {
        func malformed(_ reason: String) -> UplinkError {
            // Why: what stands before an `@` may be a password, and errors are logged.
            let shown = text.contains("@") ? "mqtt://…@…" : String(text.prefix(200))
            return .malformedURL(shown, reason: reason)
        }
        var rest: Substring
        if text.hasPrefix("mqtt://") {
            usesTLS = false
            rest = text.dropFirst("mqtt://".count)
        } else if text.hasPrefix("mqtts://") {
            usesTLS = true
            rest = text.dropFirst("mqtts://".count)
        } else if ["ws", "wss"].contains(text.prefix { $0 != ":" }) {
            throw malformed("MQTT over WebSockets is not spoken; use mqtts://, on 443 with alpn")
        } else if ["http", "https"].contains(text.prefix { $0 != ":" }) {
            throw malformed("that is the URL of a web server or a proxy; use mqtt:// or mqtts://")
        } else {
            throw malformed("it must begin with mqtt:// or mqtts://")
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains("@") else {
            throw malformed("it must hold no user name; use username and passwordFile")
        }
        guard !rest.contains(where: { "/?# ".contains($0) || $0.asciiValue == nil }) else {
            throw malformed("only a host and a port may follow the scheme")
        }
        let (host, port) = Self.split(rest)
        guard let host, !host.isEmpty, host.utf8.count <= 255, !host.utf8.contains(0) else {
            throw malformed("the host is missing or unreadable")
        }
        self.host = String(host)
        guard let port else {
            self.port = usesTLS ? 8_883 : 1_883
            return
        }
        guard port.utf8.count <= 5, let number = UInt16(port), number > 0 else {
            throw malformed("the port must be a number from 1 to 65535")
        }
        self.port = number
    }

    /// The URL with its port.
    public var description: String {
        let scheme = usesTLS ? "mqtts" : "mqtt"
        return host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)"
    }

    private static func split(_ text: Substring) -> (host: Substring?, port: Substring?) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return (nil, nil) }
            let host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            return rest.hasPrefix(":") ? (host, rest.dropFirst()) : (nil, nil)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return (parts[0], nil)
        case 2: return (parts[0], parts[1])
        case _: return (nil, nil)
        }
    }
}
