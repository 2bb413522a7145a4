import Documents
import KubeModel

/// Which labels objects must have, as kubectl's `-l` writes it.
///
/// Source: Kubernetes, "Labels and Selectors": `key`, `!key`, `key=value`, `key==value`,
/// `key!=value`, `key in (a,b)`, `key notin (a,b)`, with commas between them; all must hold.
public struct LabelSelector: Equatable, Sendable {
    /// What one label must say; where a label is missing, `notIn` and `isAbsent` hold.
    enum Rule: Equatable, Sendable {
        case exists
        case isAbsent
        case isIn([String])
        case notIn([String])
    }

    /// A label and its rule.
    struct Requirement: Equatable, Sendable {
        var key: String
        var rule: Rule
    }

    let requirements: [Requirement]

    /// Reads a selector.
    ///
    /// - Throws: ``OperatorError/usage(_:)`` with the part that is none.
    public init(_ text: String) throws(OperatorError) {
        var requirements: [Requirement] = []
        for part in try Self.parts(text) { requirements.append(try Self.requirement(part)) }
        self.requirements = requirements
    }

    /// Whether labels satisfy all requirements.
    func matches(_ labels: [Document.Member]) -> Bool {
        requirements.allSatisfy { requirement in
            let value = labels.first { $0.name == requirement.key }?.value.string
            return switch requirement.rule {
            case .exists: value != nil
            case .isAbsent: value == nil
            case .isIn(let values): value.map(values.contains) ?? false
            case .notIn(let values): !(value.map(values.contains) ?? false)
            }
        }
    }

    /// The text between the commas that stand in no parentheses.
    private static func parts(_ text: String) throws(OperatorError) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var isInside = false
        for index in text.indices {
            switch text[index] {
            case "(": isInside = true
            case ")": isInside = false
            case "," where !isInside:
                parts.append(text[start..<index])
                start = text.index(after: index)
            default: continue
            }
        }
        return parts + [text[start...]]
    }

    private static func requirement(_ part: Substring) throws(OperatorError) -> Requirement {
        let text = part.trimmed
        if let list = text.split(separator: "(", maxSplits: 1).dropFirst().first {
            return try setRequirement(text, list)
        }
        if text.hasPrefix("!") { return try checked(text.dropFirst().trimmed, .isAbsent, in: text) }
        guard let equals = text.firstIndex(of: "=") else {
            return try checked(text, .exists, in: text)
        }
        var key = text[..<equals]
        var value = text[text.index(after: equals)...]
        let isUnequal = key.last == "!"
        if isUnequal {
            key = key.dropLast()
        } else if value.first == "=" {
            value = value.dropFirst()
        }
        let values = [String(value.trimmed)]
        return try checked(key.trimmed, isUnequal ? .notIn(values) : .isIn(values), in: text)
    }

    /// `key in (a,b)` or `key notin (a,b)`.
    private static func setRequirement(
        _ text: Substring,
        _ list: Substring
    ) throws(OperatorError) -> Requirement {
        let words = text.prefix { $0 != "(" }.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, list.hasSuffix(")") else { throw problem(text) }
        let values = list.dropLast().split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.trimmed) }
        switch words[1] {
        case "in": return try checked(words[0], .isIn(values), in: text)
        case "notin": return try checked(words[0], .notIn(values), in: text)
        default: throw problem(text)
        }
    }

    private static func checked(
        _ key: Substring,
        _ rule: Rule,
        in text: Substring
    ) throws(OperatorError) -> Requirement {
        let values =
            switch rule {
            case .exists, .isAbsent: [String]()
            case .isIn(let values), .notIn(let values): values
            }
        guard NameRule.qualifiedNameProblem(String(key)) == nil,
            values.allSatisfy({ NameRule.labelValueProblem($0) == nil })
        else { throw problem(text) }
        return Requirement(key: String(key), rule: rule)
    }

    private static func problem(_ text: Substring) -> OperatorError {
        .usage(
            "-l \"\(text)\": write KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (A,B) or "
                + "KEY notin (A,B), with commas between them"
        )
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return start.prefix(0) }
        return start[...end]
    }
}
