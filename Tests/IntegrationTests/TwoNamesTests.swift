import TestKit
import Testing

// Goal: the package's swiftletd, a link to swiftlet, is the same daemon. Method: what both answer.
@Suite(
    "One program under two names",
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct TwoNamesTests {
    @Test(
        "under the daemon's name swiftlet answers as the daemon does",
        arguments: [
            ["--version"], ["--help"], ["--nope"], ["get", "pods"], ["--check", "--config", "/"],
        ]
    )
    func names(arguments: [String]) async throws {
        let programs = try Requirement.programs.path()
        try await Fixture.with { fixture in
            let link = fixture.path("swiftletd")
            #expect(try run("ln", ["-s", "\(programs)/swiftlet", link]).exitCode == 0)
            let linked = try run(link, arguments)
            let own = try run("\(programs)/swiftletd", arguments)
            #expect(linked.exitCode == own.exitCode)
            #expect(linked.standardOutput == own.standardOutput)
            #expect(linked.standardError == own.standardError)
            #expect(!(own.standardOutput + own.standardError).isEmpty)
            // And under its own it is not.
            let operatorsOwn = try run("\(programs)/swiftlet", arguments)
            #expect(
                operatorsOwn.standardOutput + operatorsOwn.standardError
                    != own.standardOutput + own.standardError
            )
        }
    }
}
