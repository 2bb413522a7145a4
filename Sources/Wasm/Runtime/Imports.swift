/// What modules may import: named values, by module name and name.
public struct Imports {
    private var values: [Key: ExternalValue] = [:]

    private struct Key: Hashable {
        var module: ExactName
        var name: ExactName
    }

    /// Nothing.
    public init() {}

    /// Makes `value` known; a later definition of the same name replaces an earlier one.
    public mutating func define(_ module: String, _ name: String, _ value: ExternalValue) {
        values[Key(module: ExactName(module), name: ExactName(name))] = value
    }

    /// Makes all exports of `instance` known as `module`.
    public mutating func define(_ module: String, _ instance: Instance) {
        for export in instance.module.exports {
            guard let value = instance.export(export.name) else { continue }
            define(module, export.name, value)
        }
    }

    /// What is known by this name.
    func value(_ module: String, _ name: String) -> ExternalValue? {
        values[Key(module: ExactName(module), name: ExactName(name))]
    }
}
