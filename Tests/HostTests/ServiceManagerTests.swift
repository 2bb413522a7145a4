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
    func answers(_ script: String, _ isStopping: Bool) async throws {
        try await Fixture.with { fixture in
            let program = fixture.path("systemctl")
            try AtomicFile.write(
                Array("#!/bin/sh\n[ $1 = is-system-running ] || exit 9\n\(script)\n".utf8),
                to: program,
                mode: 0o700
            )
            let manager = ServiceManager(program: program, mark: fixture.path(""))
            #expect(await manager.isMachineStopping() == isStopping)
        }
    }

    @Test("where it is not in charge, or not there, nothing goes down")
    func absent() async throws {
        try await Fixture.with { fixture in
            let program = fixture.path("systemctl")
            try AtomicFile.write(Array("#!/bin/sh\necho stopping\n".utf8), to: program, mode: 0o700)
            let elsewhere = ServiceManager(program: program, mark: fixture.path("none"))
            #expect(await !elsewhere.isMachineStopping())
            let missing = ServiceManager(program: fixture.path("none"), mark: fixture.path(""))
            #expect(await !missing.isMachineStopping())
        }
    }
}
