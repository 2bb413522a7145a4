/// What modules may import: named values, by module name and name.
public struct Imports {
    private var entries: [Entry] = []
    private var index = HashIndex()

    private struct Entry {
        var module: ExactName
        var name: ExactName
        var value: ExternalValue
    }

    /// Nothing.
    public init() {}

    /// Makes `value` known; a later definition of the same name replaces an earlier one.
    public mutating func define(_ module: String, _ name: String, _ value: ExternalValue) {
        let (module, name) = (ExactName(module), ExactName(name))
        if let place = place(module, name) {
            entries[place].value = value
        } else {
            index.append(Self.hash(module, name))
            entries.append(Entry(module: module, name: name, value: value))
        }
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
        place(ExactName(module), ExactName(name)).map { entries[$0].value }
    }

    private static func hash(_ module: ExactName, _ name: ExactName) -> Int {
        var hasher = Hasher()
        module.combine(into: &hasher)
        name.combine(into: &hasher)
        return hasher.finalize()
    }

    private func place(_ module: ExactName, _ name: ExactName) -> Int? {
        index.first(Self.hash(module, name)) { place in
            entries[place].name == name && entries[place].module == module
        }
    }
}
