import CLinux
import Dispatch
import Glibc

/// How a program ended, and what it wrote.
public struct ProgramResult: Sendable {
    /// The exit status, or 128 + n after signal n, as a shell says it.
    public let exitCode: Int32
    /// All of standard output.
    public let standardOutput: String
    /// All of standard error.
    public let standardError: String
}

/// Runs a program to its end.
///
/// `environment` is added to this process's own. Throws ``TestKitError`` when the program cannot be
/// started, or runs longer than `timeoutSeconds`; it is killed then.
@discardableResult
public func run(
    _ program: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    input: String = "",
    directory: String? = nil,
    timeoutSeconds: Int = 120
) throws -> ProgramResult {
    try withScratchDirectory { scratch in
        let files = (scratch + "/in", scratch + "/out", scratch + "/err")
        try writeFile(files.0, input)
        let process = try spawnProcess(
            program,
            arguments,
            environment: environment,
            input: files.0,
            output: files.1,
            error: files.2,
            directory: directory
        )
        guard let status = waitForExit(process, timeoutSeconds: timeoutSeconds) else {
            kill(process, SIGKILL)
            _ = waitForExit(process, timeoutSeconds: 10)
            throw TestKitError(message: "\(program) ran longer than \(timeoutSeconds) s")
        }
        return ProgramResult(
            exitCode: exitCode(status),
            standardOutput: (try? readFile(files.1)) ?? "",
            standardError: (try? readFile(files.2)) ?? ""
        )
    }
}

/// Runs a program to its end, as ``run(_:_:environment:input:directory:timeoutSeconds:)`` does, without
/// holding up the few threads that all tests share.
@discardableResult
public func runAside(
    _ program: String,
    _ arguments: [String] = [],
    environment: [String: String] = [:],
    input: String = "",
    timeoutSeconds: Int = 120
) async throws -> ProgramResult {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global()
            .async {
                continuation.resume(
                    with: Result {
                        try run(
                            program,
                            arguments,
                            environment: environment,
                            input: input,
                            timeoutSeconds: timeoutSeconds
                        )
                    }
                )
            }
    }
}

/// A program that runs while a test goes on.
///
/// Its output goes to one file.
public final class BackgroundProcess: @unchecked Sendable {
    // Safety: the mutable state is touched only under `lock`.
    /// The process id.
    public let processID: pid_t
    /// The file that receives standard output and standard error.
    public let outputPath: String
    private var lock = pthread_mutex_t()
    private var status: Int32?

    init(
        program: String,
        arguments: [String],
        environment: [String: String],
        output: String
    ) throws(TestKitError) {
        pthread_mutex_init(&lock, nil)
        outputPath = output
        processID = try spawnProcess(
            program,
            arguments,
            environment: environment,
            input: "/dev/null",
            output: output,
            error: output,
            directory: nil
        )
    }

    /// What it has written so far.
    public var output: String { (try? readFile(outputPath)) ?? "" }

    /// The exit status as a shell says it, or `nil` while it runs.
    public var exitCode: Int32? { poll().map(TestKit.exitCode) }

    /// Sends a signal, unless the process has been waited for already.
    public func signal(_ number: Int32) {
        if poll() == nil { Glibc.kill(processID, number) }
    }

    /// Waits for the end.
    public func waitForExit(within seconds: Double = 20) async throws -> Int32 {
        try await eventually("the end of process \(processID)", within: seconds) { exitCode != nil }
        return exitCode ?? -1
    }

    /// Kills it and waits until it is gone.
    public func kill() {
        signal(SIGKILL)
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        if status == nil { status = TestKit.waitForExit(processID, timeoutSeconds: 10) }
    }

    private func poll() -> Int32? {
        pthread_mutex_lock(&lock)
        defer { pthread_mutex_unlock(&lock) }
        if status != nil { return status }
        var value: Int32 = 0
        if waitpid(processID, &value, WNOHANG) == processID { status = value }
        return status
    }
}

/// The whole text of a file.
public func readFile(_ path: String) throws(TestKitError) -> String {
    String(decoding: try readBytes(path), as: UTF8.self)
}

/// The whole content of a file.
public func readBytes(_ path: String) throws(TestKitError) -> [UInt8] {
    guard let file = fopen(path, "r") else {
        throw TestKitError(message: "cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return bytes }
        bytes.append(contentsOf: buffer[..<count])
    }
}

/// Writes a text file, replacing what was there.
public func writeFile(_ path: String, _ text: String) throws(TestKitError) {
    try writeFile(path, Array(text.utf8))
}

/// Writes a file, replacing what was there.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws(TestKitError) {
    guard let file = fopen(path, "w") else {
        throw TestKitError(message: "cannot write \(path): \(String(cString: strerror(errno)))")
    }
    let count = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, count == bytes.count else {
        throw TestKitError(message: "cannot write all of \(path)")
    }
}

private func exitCode(_ status: Int32) -> Int32 {
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
}

private func waitForExit(_ process: pid_t, timeoutSeconds: Int) -> Int32? {
    let descriptor = swiftlet_pidfd_open(process)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Int32(timeoutSeconds) * 1_000) == 1 else { return nil }
    var status: Int32 = 0
    return waitpid(process, &status, 0) == process ? status : nil
}

private func spawnProcess(
    _ program: String,
    _ arguments: [String],
    environment: [String: String],
    input: String,
    output: String,
    error: String,
    directory: String?
) throws(TestKitError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    if error == output {
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
    } else {
        posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1)
        if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    variables.merge(environment) { $1 }
    var words = [program] + arguments
    if let directory {
        words = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory] + words
    }
    let argv = words.map { strdup($0) } + [nil]
    let envp = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process: pid_t = 0
    let result = posix_spawnp(&process, words[0], &actions, &attributes, argv, envp)
    guard result == 0 else {
        throw TestKitError(message: "\(program): \(String(cString: strerror(result)))")
    }
    return process
}
