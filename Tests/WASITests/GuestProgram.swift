import Glibc
import Synchronization
import TestKit
import Testing

/// A program of `Programs/`, compiled to WebAssembly, and run by the real `swiftlet-run`.
struct GuestProgram {
    let modulePath: String

    /// Compiles `Programs/NAME.c`; the result is kept for the other tests of this run.
    init(_ name: String, flags: [String] = []) throws {
        let clang = try Requirement.clang.path()
        let source = "\(repositoryRoot)/Tests/WASITests/Programs/\(name).c"
        let path = "\(Self.folder)/\(name).wasm"
        modulePath = path
        try Self.lock.withLock { _ in
            guard access(path, R_OK) != 0 else { return }
            let result = try TestKit.run(
                clang,
                [
                    "--target=wasm32-wasi", "-O2", "-fuse-ld=\(Self.linker)", "-Wall", "-Wextra",
                    "-Werror", "-o", path, source,
                ] + flags
            )
            guard result.exitCode == 0 else {
                throw TestKitError(message: "\(name).c: \(result.standardError)")
            }
        }
    }

    /// The path of `swiftlet-run`.
    static var runner: String {
        get throws { try Requirement.programs.path() + "/swiftlet-run" }
    }

    /// Runs it to its end, with `flags` before the module and `arguments` behind it.
    func run(
        _ arguments: [String] = [],
        flags: [String] = [],
        input: String = ""
    ) throws -> ProgramResult {
        try TestKit.run(
            try Self.runner,
            flags + [modulePath] + arguments,
            input: input,
            timeoutSeconds: 60
        )
    }

    private static let lock = Mutex(())
    // One folder for a run of the tests; small, and the system cleans /tmp.
    private static let folder: String = {
        let path = "/tmp/swiftlet-programs-\(getpid())"
        mkdir(path, 0o700)
        atexit { removeTree("/tmp/swiftlet-programs-\(getpid())") }
        return path
    }()
    private static let linker =
        access("/usr/bin/wasm-ld-14", X_OK) == 0 ? "/usr/bin/wasm-ld-14" : "wasm-ld"
}
