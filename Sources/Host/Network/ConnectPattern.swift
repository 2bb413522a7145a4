/// Where a guest may connect to: `HOST:PORT`.
///
/// HOST is a name, `*.NAME`, an address, a range `10.0.0.0/8`, `[fd00::/8]`, or `*`; PORT is a number
/// or `*`.
public struct ConnectPattern: Equatable, Sendable {
    private enum Place: Equatable {
        case any
        case name(String)
        /// With the dot in front.
        case nameEnding(String)
        case range(InternetAddress, bitCount: Int)
    }

    private let place: Place
    /// nil: any.
    private let port: UInt16?

    /// Reads one pattern; nil for what is none.
    public init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let portText = text[text.index(after: colon)...]
        if portText == "*" {
            port = nil
        } else {
            guard !portText.isEmpty, portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt16(portText), number > 0
            else { return nil }
            port = number
        }
        var host = text[..<colon]
        let isLong = host.hasPrefix("[")
        if isLong {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
        }
        guard let place = Self.place(String(host), isLong: isLong) else { return nil }
        self.place = place
    }

    /// Reads patterns that stand between commas or blanks.
    ///
    /// - Throws: ``HostError/malformed(path:reason:)`` that names the one that is none.
    public static func list(_ text: String, path: String) throws(HostError) -> [ConnectPattern] {
        var patterns: [ConnectPattern] = []
        for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            guard let pattern = ConnectPattern(word) else {
                throw .malformed(path: path, reason: "\(word) is not HOST:PORT")
            }
            patterns.append(pattern)
        }
        return patterns
    }

    /// Whether this lets a guest connect.
    ///
    /// - Parameters:
    ///   - address: Where to.
    ///   - names: Under which names the guest has asked for this address.
    ///   - port: The port there.
    /// - Returns: Whether one of the ways to say it fits.
    public func allows(
        _ address: InternetAddress,
        names: some Sequence<String>,
        port: UInt16
    )
        -> Bool
    {
        guard self.port == nil || self.port == port else { return false }
        switch place {
        case .any: return true
        case .name(let name): return names.contains { Self.plain($0) == name }
        case .nameEnding(let ending): return names.contains { Self.plain($0).hasSuffix(ending) }
        case .range(let base, let bitCount):
            return address.unmapped.agrees(with: base, bitCount: bitCount)
        }
    }

    private static func place(_ host: String, isLong: Bool) -> Place? {
        if host == "*" { return .any }
        let parts = host.split(separator: "/", omittingEmptySubsequences: false)
        if let first = parts.first, let address = InternetAddress(first) {
            guard isLong == (address.bytes.count == 16) else { return nil }
            guard parts.count > 1 else { return .range(address, bitCount: address.bytes.count * 8) }
            guard parts.count == 2, let bits = UInt8(parts[1]),
                Int(bits) <= address.bytes.count * 8
            else { return nil }
            return .range(address, bitCount: Int(bits))
        }
        let isEnding = host.hasPrefix("*.")
        let name = plain(isEnding ? String(host.dropFirst(2)) : host)
        // Source: RFC 1123, section 2.1.
        let isName = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                || byte == 0x2E || byte == 0x5F
        }
        guard !isLong, !name.isEmpty, isName, name.utf8.count <= 253 else { return nil }
        // What ends in a number is an address that was misspelt.
        guard
            name.split(separator: ".").last?.utf8.allSatisfy({ (0x30...0x39).contains($0) })
                == false
        else { return nil }
        return isEnding ? .nameEnding("." + name) : .name(name)
    }

    /// Without the dot that ends a full name, in lower case.
    private static func plain(_ name: String) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
