import Glibc
import Synchronization

/// A real broker of a test's own, on a free loopback port, with `config/mosquitto.conf`.
///
/// It can be stopped, killed, emptied and started again on the same port, as brokers are.
public final class Mosquitto {
    /// The port on 127.0.0.1.
    public let port: UInt16
    private let fixture: Fixture
    private let program: String
    private let configuration: String
    private let folder: String
    private var process: BackgroundProcess?

    /// Starts a broker that is killed at the end of the test.
    ///
    /// `extra` are lines that replace those of the same name in the configuration, or are added;
    /// `security` takes the lines of its second half, with their files in a folder of the test.
    public static func start(
        in fixture: Fixture,
        extra: [String] = [],
        security: Security = .none
    ) async throws -> Mosquitto {
        var problem: any Error = TestKitError(message: "no broker was started")
        // Why again: between our look at a port and mosquitto's bind another process may take it.
        for _ in 0..<portTriesMax {
            let broker = try Mosquitto(in: fixture, extra: extra, security: security)
            do {
                try await broker.start()
                return broker
            } catch {
                problem = error
            }
        }
        throw problem
    }

    private static let portTriesMax = 4

    /// How clients show who they are.
    public enum Security {
        /// They do not.
        case none
        /// By certificates; `ca.crt`, `broker.crt` and `broker.key` lie in this folder.
        case certificates(String)
        /// By shared secrets; `psk` lies in this folder.
        case sharedSecrets(String)
    }

    /// The configuration with the lines of its second half in place of the open door.
    private static func secured(_ text: String, _ security: Security) -> String {
        func half(_ mark: String) -> [String] {
            text.split(separator: "\n").filter { $0.hasPrefix(mark) }
                .map { String($0.dropFirst(mark.count)) }
        }
        let folder: String
        var lines: [String]
        switch security {
        case .none: return text
        case .certificates(let path):
            folder = path
            lines = half("#| ")
        case .sharedSecrets(let path):
            folder = path
            let ofCertificates = ["cafile", "certfile", "keyfile", "require_certificate"]
            let others = half("#| ").filter { line in
                !ofCertificates.contains { line.hasPrefix($0) }
                    && !line.hasPrefix("use_identity")
            }
            lines = others + half("#: ")
        }
        lines = lines.map { line in
            line.replacing(
                "/etc/mosquitto/swiftlet.acl",
                with: repositoryRoot + "/config/mosquitto.acl"
            )
            .replacing("/etc/mosquitto/certs", with: folder)
            .replacing("/etc/mosquitto", with: folder)
        }
        let open = text.split(separator: "\n").filter { line in
            !line.hasPrefix("#") && !line.hasPrefix("listener ")
                && !line.hasPrefix("allow_anonymous ")
        }
        return (lines + open.map(String.init)).joined(separator: "\n")
    }

    private init(in fixture: Fixture, extra: [String], security: Security) throws {
        program = try Requirement.mosquitto.path()
        self.fixture = fixture
        port = try portForRestarts()
        folder = fixture.path("broker-\(port)/")
        configuration = fixture.path("mosquitto-\(port).conf")
        guard mkdir(folder, 0o700) == 0 else {
            throw TestKitError(message: "cannot make \(folder): errno \(errno)")
        }
        let whole = try readFile(repositoryRoot + "/config/mosquitto.conf")
        let text = Self.secured(whole, security)
        let replaced = Set(extra.compactMap { $0.split(separator: " ").first })
            .subtracting(["listener"])
        let kept = text.split(separator: "\n")
            .filter { line in !replaced.contains(line.prefix { $0 != " " }) }
        let lines = kept.map { line in
            if line.hasPrefix("listener ") { return "listener \(port) 127.0.0.1" }
            if line.hasPrefix("persistence_location ") { return "persistence_location \(folder)" }
            // Why root: only a broker started by root looks at this, and it must write here.
            if line.hasPrefix("user ") { return "user root" }
            return String(line)
        }
        try writeFile(configuration, (lines + extra).joined(separator: "\n") + "\n")
    }

    /// Starts it again, after ``stop()`` or ``kill()``.
    public func start() async throws {
        let started = try fixture.start(program, ["-c", configuration], name: "mosquitto")
        process = started
        try await eventually("mosquitto listens on port \(port)") {
            if let code = started.exitCode {
                throw TestKitError(message: "mosquitto ended with \(code): \(started.output)")
            }
            return accepts(port: port)
        }
    }

    /// Ends it in good order: it writes its snapshot.
    public func stop() async throws {
        process?.signal(SIGTERM)
        _ = try await process?.waitForExit()
        process = nil
    }

    /// Ends it as a power cut would: what was not in a snapshot is lost.
    public func kill() {
        process?.kill()
        process = nil
    }

    /// Makes it forget everything; it must not be running.
    public func forget() { unlink(folder + "swiftlet.db") }

    /// Writes a snapshot now.
    public func saveSnapshot() { process?.signal(SIGUSR1) }

    /// The snapshot file.
    public var snapshotPath: String { folder + "swiftlet.db" }

    /// What it has written to its log.
    public var output: String { process?.output ?? "" }

    /// The process id, while it runs.
    public var processID: Int32? { process?.processID }
}

/// A free loopback port that no outgoing connection is given by the kernel.
///
/// While a broker is down its clients keep trying; a port from the ephemeral range could be taken
/// meanwhile, by a test beside this one or by a client that connects to itself.
public func portForRestarts() throws -> UInt16 {
    for _ in 0..<100 {
        let port = UInt16.random(in: 20_000..<32_000)
        let isNew = portsGivenOut.withLock { $0.insert(port).inserted }
        if isNew, canListen(port: port) { return port }
    }
    throw TestKitError(message: "no free port from 20000 to 32000")
}

// Why: tests run beside each other, and a broker that restarts must find its port free.
private let portsGivenOut = Mutex<Set<UInt16>>([])

private func canListen(port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withLoopback(port: port) { bind(descriptor, $0, $1) } == 0
}

/// Whether something listens on a loopback port.
public func accepts(port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return withLoopback(port: port) { connect(descriptor, $0, $1) } == 0
}

/// Calls `body` with the address of a port on 127.0.0.1, as `bind` and `connect` take it.
public func withLoopback(
    port: UInt16,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
