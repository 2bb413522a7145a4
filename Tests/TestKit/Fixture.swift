import Glibc

/// What one integration test owns: a folder, ports, processes; all gone when the test ends.
///
/// Clean-ups run last in, first out, also when the test throws.
public final class Fixture {
    /// A folder of this test's own, removed at the end.
    public let directory: String
    private var cleanUps: [() async -> Void] = []

    private init() throws(TestKitError) {
        var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else {
            throw TestKitError(message: "no scratch folder: \(String(cString: strerror(errno)))")
        }
        directory = String(cString: path)
    }

    /// Runs a test with a fixture of its own.
    public static func with<R>(_ body: (Fixture) async throws -> R) async throws -> R {
        let fixture = try Fixture()
        do {
            let result = try await body(fixture)
            await fixture.finish()
            return result
        } catch {
            await fixture.finish()
            throw error
        }
    }

    /// Runs `action` at the end of the test, before what was registered earlier.
    public func atEnd(_ action: @escaping () async -> Void) { cleanUps.append(action) }

    /// Starts a program that is killed at the end of the test if it still runs.
    public func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        name: String? = nil
    ) throws(TestKitError) -> BackgroundProcess {
        let label = name ?? program.split(separator: "/").last.map(String.init) ?? "program"
        let process = try BackgroundProcess(
            program: program,
            arguments: arguments,
            environment: environment,
            output: "\(directory)/\(label)-\(cleanUps.count).output"
        )
        atEnd { process.kill() }
        return process
    }

    /// A path inside the fixture's folder.
    public func path(_ name: String) -> String { "\(directory)/\(name)" }

    private func finish() async {
        while let cleanUp = cleanUps.popLast() { await cleanUp() }
        removeTree(directory)
    }
}

/// Runs `body` with a folder that is removed afterwards.
public func withScratchDirectory<R>(_ body: (String) throws -> R) throws -> R {
    var template = Array("/tmp/swiftlet-test-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else {
        throw TestKitError(message: "no scratch folder: \(String(cString: strerror(errno)))")
    }
    let directory = String(cString: path)
    defer { removeTree(directory) }
    return try body(directory)
}

/// Removes a folder with all that is in it; links are removed, not followed.
public func removeTree(_ path: String) {
    if let folder = opendir(path) {
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let child = "\(path)/\(name)"
            var facts = stat()
            let isFolder = lstat(child, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
            if isFolder { removeTree(child) } else { unlink(child) }
        }
        closedir(folder)
    }
    rmdir(path)
}

/// A TCP port on loopback that was free a moment ago.
public func freePort() throws(TestKitError) -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw TestKitError(message: "no socket: errno \(errno)") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard bound else { throw TestKitError(message: "no free port: errno \(errno)") }
    return UInt16(bigEndian: address.sin_port)
}

/// Waits until `condition` holds, looking again every few milliseconds.
///
/// A machine that is so busy with other tests that it hardly comes to look is given longer.
///
/// - Throws: ``TestKitError`` naming `what` when it does not hold within `seconds` and 20 looks a second.
public func eventually(
    _ what: String,
    within seconds: Double = 60,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    var looksLeft = Int(seconds * 20)
    while true {
        if try await condition() { return }
        looksLeft -= 1
        guard clock.now < deadline || looksLeft > 0 else {
            throw TestKitError(message: "did not happen within \(seconds) s: \(what)")
        }
        try await clock.sleep(for: .milliseconds(5))
    }
}
