import Documents

/// How objects are written.
public enum OutputFormat: Equatable, Sendable {
    /// Columns for people.
    case table
    /// More columns.
    case wide
    /// The v1 object, or a v1 List.
    case json
    /// The same in YAML.
    case yaml
    /// `KIND/NAME`, for scripts.
    case name
    /// What a template makes of the object, or of the v1 List.
    case jsonPath(JSONPath)

    /// Reads the word after `-o`.
    ///
    /// - Parameter word: `table`, `wide`, `json`, `yaml`, `name` or `jsonpath=TEMPLATE`.
    /// - Throws: ``OperatorError/usage(_:)``.
    public init(_ word: String) throws(OperatorError) {
        switch word {
        case "table": self = .table
        case "wide": self = .wide
        case "json": self = .json
        case "yaml": self = .yaml
        case "name": self = .name
        default:
            guard word.hasPrefix("jsonpath=") else {
                throw .usage("-o \(word): table, wide, json, yaml, name or jsonpath=TEMPLATE")
            }
            self = .jsonPath(try JSONPath(String(word.dropFirst("jsonpath=".count))))
        }
    }

    /// Whether it is for people, who are told when there is nothing.
    var isTable: Bool { self == .table || self == .wide }
}
