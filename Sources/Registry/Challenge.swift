/// One way in which a server wants to be told who asks.
///
/// Source: RFC 9110, section 11.6.1; distribution project, "Token Authentication Specification".
struct Challenge: Equatable, Sendable {
    /// In lowercase: `bearer` or `basic`.
    var scheme: String
    /// By lowercase names.
    var parameters: [String: String] = [:]

    /// All challenges of a `WWW-Authenticate` header, in its order.
    static func all(in header: String) -> [Challenge] {
        var scan = Scan(rest: Array(header.utf8)[...])
        var found: [Challenge] = []
        // Each turn takes a word, so this ends with the header, which has a bound.
        while let word = scan.word() {
            if scan.take("=") {
                guard !found.isEmpty, let value = scan.value() else { return found }
                found[found.count - 1].parameters[word.lowercased()] = value
            } else {
                found.append(Challenge(scheme: word.lowercased()))
            }
        }
        return found
    }

    private struct Scan {
        var rest: ArraySlice<UInt8>

        mutating func word() -> String? {
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
            let word = rest.prefix { !" \t,=\"".utf8.contains($0) }
            rest = rest.dropFirst(word.count)
            return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
        }

        mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: mark) else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// A quoted text, or a word.
        mutating func value() -> String? {
            guard take("\"") else { return word() }
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
                if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
                    bytes.append(next)
                } else {
                    bytes.append(byte)
                }
            }
            return nil
        }
    }
}
