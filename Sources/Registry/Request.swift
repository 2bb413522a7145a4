/// What is asked of a server.
struct Request: Equatable, Sendable {
    var url: String
    /// Whole lines.
    var headers: [String] = []
    /// The first and the last byte that are wanted.
    var range: ClosedRange<Int64>?
    /// Whether a body that comes packed is unpacked on the way; then no range may be asked for.
    var decodes = false
}

/// What a server answered, without the body.
struct Reply: Equatable, Sendable {
    /// The HTTP status; 0 before there is one.
    var status = 0
    private var fields: [String: String] = [:]
    /// Where a redirect leads to, as a whole URL.
    var location: String?

    /// The value of a header, by its lowercase name; several of one name are joined by commas.
    func header(_ name: String) -> String? { fields[name] }

    /// Takes one line of the head; a status line begins anew, after 100 and after a proxy's answer.
    mutating func add(line: String) {
        let text = line.trimmed
        if text.hasPrefix("HTTP/") {
            fields = [:]
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return
        }
        guard let colon = text.firstIndex(of: ":") else { return }
        let name = text[..<colon].lowercased()
        let value = String(text[text.index(after: colon)...]).trimmed
        fields[name] = fields[name].map { "\($0), \(value)" } ?? value
    }

    /// What `Content-Range: bytes FIRST-LAST/TOTAL` says; `nil` when it is missing or not that.
    ///
    /// Source: RFC 9110, section 14.4.
    var contentRange: (range: ClosedRange<Int64>, total: Int64?)? {
        guard let value = header("content-range"), value.lowercased().hasPrefix("bytes ") else {
            return nil
        }
        let parts = value.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int64(ends[0]), let last = Int64(ends[1]),
            first >= 0, first <= last
        else { return nil }
        return (first...last, Int64(parts[1]))
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}
