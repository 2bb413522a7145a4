import Glibc
import TestKit
import Testing

// Goal: programs that were built for WasmEdge's sockets run unchanged, and get no further than they may.
// Method: C programs with the same imports and the same order of calls, talked to by curl as people
// do; one program that checks every function between two ends of its own.
@Suite(
    "Sockets",
    .enabled(
        if: Requirement.clang.isMet && Requirement.programs.isMet,
        "\(Requirement.clang.comment); \(Requirement.programs.comment)"
    ),
    .timeLimit(.minutes(3))
)
struct SocketTests {
    @Test("every function in both forms, its quirks and its errors")
    func functions() throws {
        let result = try GuestProgram("sockets").run()
        #expect(result.standardOutput == "ok\n")
        #expect(result.standardError == "")
        #expect(result.exitCode == 0)
    }

    @Test("the first demo prints what the book says, and leaves no file")
    func demo() throws {
        try withScratchDirectory { folder in
            let program = try GuestProgram("demo")
            let result = try program.run(
                ["50000000"],
                flags: ["--dir", "\(folder)::/", "--env", "KEY=value"]
            )
            let lines = result.standardOutput.split(separator: "\n").map(String.init)
            try #require(lines.count == 10)
            #expect(lines[0].hasPrefix("Random number: "))
            let bytes = lines[1].dropFirst("Random bytes: [".count).dropLast().split(separator: ",")
            #expect(bytes.count == 128)
            #expect(
                lines[2...5] == [
                    "Printed from wasi: This is from a main function",
                    "This is from a main function", "The env vars are as follows.", "KEY: value",
                ]
            )
            #expect(lines[6] == "The args are as follows.")
            #expect(lines[8...] == ["50000000", "File content is This is in a file"])
            #expect(result.exitCode == 0)
            #expect(access(folder + "/tmp.txt", F_OK) != 0)
        }
    }

    @Test("the second demo answers a thousand posts, one after another, and keeps nothing open")
    func server() async throws {
        try await withServer(["--env", "REQUESTS=1004"]) { server in
            #expect(try server.post("name=WasmEdge") == "echo: name=WasmEdge")
            let before = server.descriptorCount
            // A probe connects and closes.
            let probe = try server.connect()
            close(probe)
            for number in 0..<1_000 {
                #expect(try server.post("name=\(number)") == "echo: name=\(number)")
            }
            // The last connection is closed after its answer was read.
            try await eventually("no more descriptors than before") {
                server.descriptorCount <= before
            }
            #expect(try server.post("last") == "echo: last")
            let code = try await server.process.waitForExit()
            #expect(code == 0)
            #expect(server.process.output == "new connection at \(server.port)\ndone\n")
        }
    }

    @Test(
        "curl posts as the book does",
        .enabled(if: Requirement.curl.isMet, "\(Requirement.curl.comment)")
    )
    func curl() async throws {
        try await withServer([]) { server in
            let result = try run(
                try Requirement.curl.path(),
                [
                    "-s", "-m", "20", "-d", "name=WasmEdge", "-X", "POST",
                    "http://127.0.0.1:\(server.port)",
                ]
            )
            #expect(result.standardOutput == "echo: name=WasmEdge")
        }
    }

    @Test("what is bound for all addresses is the pod's, and a port of the host leads there too")
    func podAddress() async throws {
        let hostPort = try freePort()
        try await withServer(
            ["--address", "127.64.3.7", "--listen", "tcp/PORT/\(hostPort)"],
            address: "127.64.3.7"
        ) { server in
            let answers = [
                try server.post("pod"), try server.post("host", to: ("127.0.0.1", hostPort)),
            ]
            #expect(answers == ["echo: pod", "echo: host"])
            // Nobody else's address is touched.
            #expect(throws: TestKitError.self) {
                try server.post("x", to: ("127.0.0.1", server.port))
            }
        }
    }

    @Test(
        "a port that was not declared, or no network at all, is refused",
        arguments: [["--listen", "tcp/1"], ["--listen", "udp/PORT"], ["--no-network"]]
    )
    func refused(flags: [String]) throws {
        let port = try freePort()
        let flags = flags.map { $0 == "udp/PORT" ? "udp/\(port)" : $0 }
        let result = try GuestProgram("echoserver").run(flags: flags + ["--env", "PORT=\(port)"])
        #expect(result.standardOutput == "new connection at \(port)\nbind: 2\n")
        #expect(result.exitCode == 2)
    }

    @Test("an address that is in use is told as that")
    func inUse() async throws {
        try await withServer([]) { server in
            let result = try GuestProgram("echoserver").run(flags: ["--env", "PORT=\(server.port)"])
            #expect(
                result.standardOutput.hasSuffix("bind: 3\n")
                    || result.standardOutput.hasSuffix("listen: 3\n")
            )
        }
    }

    @Test(
        "connecting out goes where the patterns lead, and nowhere else",
        arguments: [
            ([], 0), (["--connect", "127.0.0.1:PORT"], 0), (["--connect", "*:PORT"], 0),
            (["--connect", "127.0.0.0/8:*"], 0), (["--connect", "localhost:PORT"], 0),
            (["--connect", "127.0.0.2:PORT"], 2), (["--connect", "*:1"], 2),
            (["--connect", "other.example:PORT"], 2), (["--no-network"], 80),
        ] as [([String], Int)]
    )
    func connecting(flags: [String], error: Int) async throws {
        try await withServer([]) { server in
            let flags = flags.map {
                $0.hasSuffix(":PORT") ? "\($0.dropLast(4))\(server.port)" : $0
            }
            let result = try GuestProgram("client").run(
                ["localhost", "\(server.port)"],
                flags: flags
            )
            #expect(result.standardOutput == (error == 0 ? "echo: hi\n" : "error \(error)\n"))
        }
    }

    /// Runs the second demo while `body` talks to it.
    private func withServer(
        _ flags: [String],
        address: String = "127.0.0.1",
        _ body: (EchoServer) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let port = try freePort()
            let flags = flags.map { $0.replacing("PORT/", with: "\(port)/") }
            let process = try fixture.start(
                try GuestProgram.runner,
                flags + ["--env", "PORT=\(port)", try GuestProgram("echoserver").modulePath]
            )
            let server = EchoServer(process: process, address: address, port: port)
            try await eventually("listens") {
                guard let probe = try? server.connect() else { return false }
                close(probe)
                return true
            }
            try await body(server)
        }
    }
}
