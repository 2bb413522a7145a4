internal import Documents
internal import Host

extension DocumentReader {
    /// An absolute path without a slash at its end.
    func folder() throws(FieldError) -> String {
        let path = try string()
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw error("must be an absolute path, but is \"\(path)\"")
        }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// A number of bytes: `10Mi`, or a whole number.
    func byteCount() throws(FieldError) -> UInt64 {
        if let number = document.integer, number > 0 { return UInt64(number) }
        guard let count = ByteCount(try string()), count.bytes > 0 else {
            throw error("must be a number of bytes like 10Mi")
        }
        return count.bytes
    }

    /// A system user by name or number, and not root.
    func userName() throws(FieldError) -> String {
        if document.integer != nil { return "\(try integer(in: 1...Int64(UInt32.max) - 1))" }
        let name = try string()
        // Source: useradd(8): letters, digits, dashes and underscores, 32 of them at most.
        let isPlain = name.utf8.allSatisfy { byte in
            let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
            let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
            return letters.contains(byte | 0x20) || digits.contains(byte)
                || "-_".utf8.contains(byte)
        }
        guard isPlain, (1...32).contains(name.utf8.count), name != "root" else {
            throw error("must be the name or number of a user that is not root, but is \"\(name)\"")
        }
        return name
    }

    /// A numeric address and a port: `127.0.0.1:9100`, `[::1]:9100`.
    func address() throws(FieldError) -> DaemonConfiguration.Address {
        let text = try string()
        let problem = error("must be an address and a port, 127.0.0.1:9100, but is \"\(text)\"")
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { throw problem }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        // Why numeric: a name would have to be looked up, and the network may not be there.
        guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == "." || $0 == ":" }) else {
            throw problem
        }
        return .init(host: String(host), port: Int(port))
    }
}
