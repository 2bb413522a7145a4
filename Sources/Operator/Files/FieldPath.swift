import Documents

/// Finds the line of a field that somebody else has complained about.
///
/// A node names a field by its path and knows nothing of the file that the object came from; the
/// file's tree still has its lines.
enum FieldPath {
    /// Names on the way to a field; deeper paths are not ours.
    private static let stepCountMax = 64

    /// The line of the field that `message` begins with, `spec.containers[1].image: …`.
    ///
    /// Where the field itself is missing, the line of what should hold it; `nil` when the message
    /// begins with no path, or nothing of it is in the document.
    static func line(of message: String, in document: Document) -> Int? {
        guard let end = endOfPath(message) else { return nil }
        var here = document
        var line: Int?
        for step in steps(message[..<end]) {
            guard let next = step.index.map({ here[$0] }) ?? here[step.name] else { return line }
            here = next
            line = next.line ?? line
        }
        return line
    }

    /// What follows the message's first word and its colon; the message where there is none.
    static func withoutReason(_ message: String) -> String {
        endOfPath(message).map { String(message[$0...].dropFirst(2)) } ?? message
    }

    private static func endOfPath(_ message: String) -> String.Index? {
        message.indices.first { message[$0...].hasPrefix(": ") }
    }

    /// The message without the line that a node has found in what it was sent, which is another
    /// text than the operator's file.
    static func withoutLine(_ message: String) -> String {
        let opening = " (line "
        guard message.hasSuffix(")"),
            let start = message.indices.last(where: { message[$0...].hasPrefix(opening) })
        else { return message }
        let digits = message[start...].dropFirst(opening.count).dropLast()
        let isNumber = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
        return isNumber ? String(message[..<start]) : message
    }

    private struct Step {
        var name = ""
        var index: Int?
    }

    private static func steps(_ path: Substring) -> [Step] {
        guard !path.contains(" ") else { return [] }
        var steps: [Step] = []
        for part in path.split(separator: ".").prefix(stepCountMax) {
            let pieces = part.split(whereSeparator: { $0 == "[" || $0 == "]" })
            guard let name = pieces.first else { return steps }
            steps.append(Step(name: String(name)))
            for index in pieces.dropFirst() {
                // A key of a map stands in brackets too.
                steps.append(Step(name: String(index), index: Int(index)))
            }
        }
        return steps
    }
}
