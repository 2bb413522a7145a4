@testable import ControlAPI
import Glibc
import TestKit
import Testing

// Goal: the socket's file is taken, kept and given back without surprise to anybody.
// Method: real files of every kind at the path.
@Suite("Control socket file")
struct ControlServerTests {
    @Test("the socket is for the owner and the group only, and gone afterwards")
    func mode() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("s")
            try await whileRunning(ControlServer(path: path, handler: EchoHandler())) {
                var facts = stat()
                #expect(lstat(path, &facts) == 0)
                #expect(facts.st_mode & 0o7777 == 0o660)
            }
            #expect(SystemFile.kind(of: path) == .nothing)
        }
    }

    @Test("a socket that a killed daemon left behind is replaced, and one half made too")
    func stale() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("s")
            _ = try RawListener(at: path)
            _ = try RawListener(at: path + ".new")
            #expect(SystemFile.kind(of: path) != .nothing)
            try await whileRunning(ControlServer(path: path, handler: EchoHandler())) {
                let reply = try await ControlClient(path: path).request(.get, ["x"])
                #expect(reply.status == 200)
            }
        }
    }

    @Test("a second daemon is told, and does not disturb the first")
    func second() async throws {
        try await withServer(EchoHandler()) { path in
            await #expect(throws: ControlError.alreadyRunning(path: path)) {
                try await ControlServer(path: path, handler: EchoHandler()).run()
            }
            let reply = try await ControlClient(path: path).request(.get, ["x"])
            #expect(reply.status == 200)
        }
    }

    @Test("a file that is not a socket is left alone")
    func occupied() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("s")
            try writeFile(path, "precious")
            await #expect(throws: ControlError.pathOccupied(path: path)) {
                try await ControlServer(path: path, handler: EchoHandler()).run()
            }
            #expect(try readFile(path) == "precious")
        }
    }

    @Test("a path that no address can hold is refused with its bound")
    func long() async {
        let path = "/tmp/" + String(repeating: "d", count: 99)
        await #expect(throws: ControlError.pathTooLong(path: path, byteCountMax: 103)) {
            try await ControlServer(path: path, handler: EchoHandler()).run()
        }
    }

    @Test("a missing directory is named with the system's own words")
    func missingDirectory() async throws {
        await #expect(throws: ControlError.self) {
            try await ControlServer(path: "/tmp/none/here/s", handler: EchoHandler()).run()
        }
    }

    @Test("a socket that somebody else has put in our place is not removed at the end")
    func replaced() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("s")
            try await whileRunning(ControlServer(path: path, handler: EchoHandler())) {
                try SystemFile.remove(path)
                try writeFile(path, "somebody else's")
            }
            #expect(try readFile(path) == "somebody else's")
        }
    }
}
