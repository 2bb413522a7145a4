import TestKit
import Testing

@testable import Host

// Goal: only a machine that goes down is taken for one. Method: scripts in the place of systemctl.
@Suite("Asking the service manager")
struct ServiceManagerTests {
    @Test(
        "the machine goes down only where it says so",
        arguments: [
            ("echo stopping", true), ("echo running", false), ("echo degraded; exit 1", false),
            ("echo", false), ("exit 1", false),
            ("echo Failed to connect to bus >&2; exit 1", false),
            ("echo stopping; exit 1", true),
        ]
    )
    func answers(_ text: String, _ isStopping: Bool) async throws {
        try await Fixture.with { fixture in
            let program = fixture.path("systemctl")
            try script(program, "[ $1 = is-system-running ] || exit 9; \(text)")
            let manager = ServiceManager(
                program: program,
                mark: fixture.path(""),
                patience: .seconds(60)
            )
            #expect(await manager.isMachineStopping() == isStopping)
        }
    }

    // Why another process: as long as one of ours has the file open to write, it cannot be run.
    private func script(_ path: String, _ text: String) throws {
        _ = try run("sh", ["-c", "cat >\(path); chmod 700 \(path)"], input: "#!/bin/sh\n\(text)\n")
    }

    @Test("where it is not in charge, or not there, nothing goes down")
    func absent() async throws {
        try await Fixture.with { fixture in
            let program = fixture.path("systemctl")
            try script(program, "echo stopping")
            let elsewhere = ServiceManager(
                program: program,
                mark: fixture.path("none"),
                patience: .seconds(60)
            )
            #expect(await !elsewhere.isMachineStopping())
            let missing = ServiceManager(
                program: fixture.path("none"),
                mark: fixture.path(""),
                patience: .seconds(60)
            )
            #expect(await !missing.isMachineStopping())
        }
    }
}
