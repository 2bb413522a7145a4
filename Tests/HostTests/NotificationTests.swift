import Glibc
import Host
import TestKit
import Testing

// Goal: signals and the service manager are heard and told. Method: a real signal to this process, and
// a real datagram socket, in the file system and outside of it.
@Suite("Notifications", .serialized)
struct NotificationTests {
    @Test("a signal comes through the stream instead of ending the program")
    func signal() async throws {
        let stream = try SignalStream.install([.hangup])
        kill(getpid(), SIGHUP)
        var iterator = stream.makeAsyncIterator()
        #expect(await iterator.next() == .hangup)
    }

    @Test("the service manager hears us", arguments: [false, true])
    func notify(isAbstract: Bool) async throws {
        try await Fixture.with { fixture in
            let name = isAbstract ? "@swiftlet-test-\(getpid())" : fixture.path("notify")
            let receiver = try receiver(name)
            defer { close(receiver) }
            try ServiceNotifier(socketName: name).send(.ready, .status("running\nwell"))
            var buffer = [UInt8](repeating: 0, count: 100)
            let count = recv(receiver, &buffer, buffer.count, 0)
            let text = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
            #expect(text == "READY=1\nSTATUS=running")
        }
    }

    @Test("nobody listening is an error, and so is a name that is too long")
    func nobody() {
        #expect(throws: HostError.self) {
            try ServiceNotifier(socketName: "/no/socket").send(.ready)
        }
        let long = "/" + String(repeating: "x", count: 200)
        #expect(throws: HostError.self) { try ServiceNotifier(socketName: long).send(.ready) }
    }

    private func receiver(_ name: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 } else { bytes.append(0) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
            }
        }
        try #require(result == 0)
        return descriptor
    }
}
