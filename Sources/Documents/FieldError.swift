/// What is wrong with one field of a document that is otherwise well-formed.
public struct FieldError: Error, Equatable, Sendable {
    /// The field as Kubernetes writes it: `spec.containers[1].image`; empty for the document itself.
    public var path: String
    /// The 1-based line of the field, or of the object that should hold it; nil when it is not known.
    public var line: Int?
    /// What is wrong and what to do, without the field's value where that may be a secret.
    public var message: String

    /// An error of the field at `path`.
    public init(path: String, line: Int? = nil, message: String) {
        self.path = path
        self.line = line
        self.message = message
    }
}

extension FieldError: CustomStringConvertible {
    /// `PATH: MESSAGE (line N)`, with what is known.
    public var description: String {
        let place = line.map { " (line \($0))" } ?? ""
        return path.isEmpty ? message + place : "\(path): \(message)\(place)"
    }
}
