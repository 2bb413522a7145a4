import Documents
import Glibc
import TestKit

/// One script of the specification's test suite: commands in order, read from JSON.
package struct Script: Sendable {
    /// The folder of the suite that it belongs to, such as `core`.
    package let set: String
    package let name: String
    let directory: String

    /// The scripts of all sets below `root`, by set and name.
    package static func discover(below root: String) -> [Script] {
        folders(in: root).flatMap { set in
            folders(in: "\(root)/\(set)").map { name in
                Script(set: set, name: name, directory: "\(root)/\(set)/\(name)")
            }
        }
    }

    func commands() throws -> [Command] {
        // Why: our JSON refuses the character NUL, which one script has in the names of exports.
        let text = try readFile("\(directory)/\(name).json").replacing("\\u0000", with: nulMark)
        let document = try Document(jsonText: text, limits: .file)
        let list = try required(document["commands"]?.array, "commands")
        return try list.map { try Command($0) }
    }

    func bytes(_ file: String) throws -> [UInt8] {
        try readBytes("\(directory)/\(file)")
    }

    private static func folders(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            guard Int32(entry.pointee.d_type) == Int32(DT_DIR) else { continue }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

/// Stands for the character NUL in a script's strings.
let nulMark = "<NUL>"

/// `value`, or an error that names what the script lacks.
func required<T>(_ value: T?, _ what: String) throws -> T {
    guard let value else { throw TestKitError(message: "the script lacks: \(what)") }
    return value
}
