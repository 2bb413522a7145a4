/// The path and query of a request line, taken apart and checked.
///
/// Source: RFC 3986 sections 2.1 (percent-encoding) and 3.4; a `+` is a plus sign.
struct RequestTarget: Equatable {
    var path: [String]
    var query: [String: String]

    /// Why a target is refused, as a sentence for the peer.
    struct Refusal: Error, Equatable {
        var message: String
    }

    init(_ text: String, limits: ControlLimits) throws(Refusal) {
        guard text.utf8.count <= limits.targetByteCountMax else {
            throw Refusal(message: "the path is longer than \(limits.targetByteCountMax) bytes")
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw Refusal(message: "the path must begin with a slash")
        }
        let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = try Self.segments(halves.first ?? "")
        query = try Self.parameters(
            halves.count > 1 ? halves[1] : "",
            countMax: limits.queryParameterCountMax
        )
    }

    private static func segments(_ text: Substring) throws(Refusal) -> [String] {
        var segments: [String] = []
        for part in text.split(separator: "/") {
            let segment = try decoded(part)
            guard segment != ".", segment != "..", !segment.utf8.contains(UInt8(ascii: "/")) else {
                throw Refusal(message: "the path holds a segment that names no object")
            }
            segments.append(segment)
        }
        return segments
    }

    private static func parameters(
        _ text: Substring,
        countMax: Int
    ) throws(Refusal) -> [String: String] {
        var parameters: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try decoded(sides.first ?? "")
            let value = try decoded(sides.count > 1 ? sides[1] : "")
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw Refusal(message: "the query names \(name) twice")
            }
            guard parameters.count <= countMax else {
                throw Refusal(message: "the query has more than \(countMax) parameters")
            }
        }
        return parameters
    }

    private static func decoded(_ text: Substring) throws(Refusal) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit),
                let low = rest.popFirst().flatMap(digit)
            else { throw Refusal(message: "a percent sign is not followed by two hex digits") }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0), let string = String(validating: bytes, as: UTF8.self) else {
            throw Refusal(message: "the path or query is not UTF-8 text")
        }
        return string
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
