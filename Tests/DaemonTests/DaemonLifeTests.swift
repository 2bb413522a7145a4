import Daemon
import Glibc
import Host
import TestKit
import Testing

// Goal: the service manager's patience fits what a daemon has to do, from the first moment to the last.
// Method: a whole daemon without pods or broker in this process, and the manager's socket.
@Suite("The daemon and the service manager")
struct DaemonLifeTests {
    @Test("time is asked for before the database is opened, then it is ready, then it ends")
    func order() async throws {
        try await Fixture.with { fixture in
            let folder = fixture.directory
            let manager = try NotifySocket(fixture.path("notify"))
            let program = DaemonProgram(
                configuration: try DaemonConfiguration(
                    yaml: Array(
                        """
                        node: {name: gw-1}
                        directories: {state: \(folder)/s, run: \(folder)/r, logs: \(folder)/l,
                          manifests: \(folder)/m, layouts: \(folder)/o}
                        """.utf8
                    )
                ),
                programs: folder,
                notifier: ServiceNotifier(socketName: manager.path),
                reloadProblem: { nil }
            )
            let (signals, post) = AsyncStream.makeStream(of: SignalStream.Signal.self)
            async let isAnew = program.run(signals: signals)
            var told: [String] = []
            try await eventually("it is ready") {
                told += manager.received()
                return told.contains("READY=1")
            }
            post.yield(.terminate)
            #expect(try await isAnew == false)
            told += manager.received()
            let words = told.filter { !$0.hasPrefix("STATUS=") }
            #expect(
                words == [
                    "EXTEND_TIMEOUT_USEC=600000000", "EXTEND_TIMEOUT_USEC=600000000", "READY=1",
                    "STOPPING=1",
                ]
            )
            #expect(told.contains("STATUS=opens the database"))
            #expect(told.contains("STATUS=node gw-1"))
        }
    }
}

/// The service manager's end of sd_notify(3).
private final class NotifySocket: Sendable {
    let path: String
    private let descriptor: OwnedDescriptor

    init(_ path: String) throws {
        self.path = path
        descriptor = OwnedDescriptor(
            socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8) + [0]
        try #require(name.count <= MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let number = descriptor.number
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(2 + name.count))
            }
        }
        try #require(result == 0)
    }

    /// The lines that have come.
    func received() -> [String] {
        var lines: [String] = []
        var buffer = [UInt8](repeating: 0, count: 500)
        while true {
            let count = recv(descriptor.number, &buffer, buffer.count, 0)
            guard count > 0 else { return lines }
            lines += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
                .map(String.init)
        }
    }
}
