/// Replaces `$(NAME)` in texts of a container, as Kubernetes does.
///
/// A name that is not known stays as it is, `$$` is one `$`, and nothing that was put in is looked at
/// again.
public enum VariableExpansion {
    /// `text` with its references replaced.
    public static func expand(_ text: String, _ values: [String: String]) -> String {
        let bytes = Array(text.utf8)
        let dollar = UInt8(ascii: "$")
        guard bytes.contains(dollar) else { return text }
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            guard bytes[position] == dollar, position + 1 < bytes.count else {
                result.append(bytes[position])
                position += 1
                continue
            }
            let next = bytes[position + 1]
            let afterName = bytes[position...].firstIndex(of: UInt8(ascii: ")"))
            if next == dollar {
                result.append(dollar)
                position += 2
            } else if next == UInt8(ascii: "("), let end = afterName {
                let name = String(decoding: bytes[(position + 2)..<end], as: UTF8.self)
                result += Array((values[name] ?? "$(\(name))").utf8)
                position = end + 1
            } else {
                result += [dollar, next]
                position += 2
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension Container {
    /// Finds values that stand in ConfigMaps and Secrets; nil for a key that is missing.
    public typealias ConfigLookup = (EnvironmentVariable.Value) -> String?

    /// The environment that this container starts with, each name once, in the order of first mention.
    ///
    /// - Parameters:
    ///   - pod: The pod that it belongs to.
    ///   - facts: What is known about this start.
    ///   - lookup: Finds values of ConfigMaps and Secrets.
    /// - Returns: Names and values; variables without a value are left out.
    public func environment(
        in pod: Pod,
        facts: DownwardFacts,
        lookup: ConfigLookup = { _ in nil }
    ) -> [(name: String, value: String)] {
        var values: [String: String] = [:]
        var names: [String] = []
        for variable in env {
            let value: String? =
                switch variable.value {
                case .literal(let text): VariableExpansion.expand(text, values)
                case .field(let field): facts.value(of: field, for: pod)
                case .resource(let selector): facts.amount(of: selector, in: pod, for: name)
                case .configMapKey, .secretKey: lookup(variable.value)
                }
            guard let value else { continue }
            if values.updateValue(value, forKey: variable.name) == nil {
                names.append(variable.name)
            }
        }
        return names.map { (name: $0, value: values[$0] ?? "") }
    }

    /// `command` and `args` with their references replaced by values of `environment`.
    public func expandedCommand(
        _ environment: [(name: String, value: String)]
    ) -> (command: [String]?, args: [String]?) {
        let values = Dictionary(environment.map { ($0.name, $0.value) }) { $1 }
        let expand = { (texts: [String]) in texts.map { VariableExpansion.expand($0, values) } }
        return (command.map(expand), args.map(expand))
    }
}
