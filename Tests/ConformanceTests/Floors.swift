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
