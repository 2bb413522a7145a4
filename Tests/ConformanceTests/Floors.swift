import Documents
import TestKit

@testable import Conformance

/// How many assertions of each set must pass: `Tests/Limits/conformance-floor.json`.
enum ConformanceFloor {
    static let file = "Tests/Limits/conformance-floor.json"

    static func load() throws -> [String: Int] {
        let document = try Document(json: try readBytes("\(repositoryRoot)/\(file)"))
        let members = try required(document.members, "an object")
        var floors: [String: Int] = [:]
        for member in members {
            floors[member.name] = Int(try required(member.value.integer, member.name))
        }
        return floors
    }
}

/// The scripts that need not pass whole yet, each with its reason: a list that may only shrink.
enum Unfinished {
    static let file = "Tests/Limits/conformance-unfinished.txt"

    static func load() throws -> Set<String> {
        let text = try readFile("\(repositoryRoot)/\(file)")
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Set(
            try lines.map { line in
                let end = try required(line.firstIndex(of: ":"), "a reason in \"\(line)\"")
                return String(line[..<end])
            }
        )
    }
}
