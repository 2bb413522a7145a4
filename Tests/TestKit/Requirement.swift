import CLinux
import Glibc

/// Something outside the package that a test needs: a service, a compiler, data, our own programs.
///
/// Looked for in this order: the environment variable, then the well-known places, then PATH. A test
/// that cannot have it is skipped by name, except where `SWIFTLET_TESTS_REQUIRE` (a comma-separated
/// list of names) asks for it: there the test runs and fails, so that a green run cannot hide a
/// missing service.
public struct Requirement: Sendable {
    /// The name used in `SWIFTLET_TESTS_REQUIRE`.
    public let name: String
    /// Where it was found, or `nil`.
    public let location: String?
    let hint: String

    /// Whether tests that need it should run: it is here, or it is demanded.
    public var isMet: Bool { location != nil || isDemanded }

    /// The text for `.enabled(if:_:)`.
    public var comment: String { "needs \(name): \(hint)" }

    /// The location.
    ///
    /// - Throws: ``TestKitError`` when it is missing, so that a demanded test fails with the reason.
    public func path() throws(TestKitError) -> String {
        guard let location else { throw TestKitError(message: comment) }
        return location
    }

    private var isDemanded: Bool {
        let demanded = environmentVariable("SWIFTLET_TESTS_REQUIRE") ?? ""
        return demanded.split(separator: ",").contains { $0 == name }
    }
}

extension Requirement {
    /// The MQTT broker of Debian.
    public static let mosquitto = program(
        "mosquitto",
        variable: "SWIFTLET_MOSQUITTO",
        candidates: ["/usr/sbin/mosquitto"]
    )
    /// A clang that compiles to wasm32, with wasi-libc beside it.
    public static let clang = program("clang", variable: "SWIFTLET_CLANG", candidates: ["clang-14"])
    /// The disassembler of binutils.
    public static let objdump = program("objdump", variable: "SWIFTLET_OBJDUMP", candidates: [])

    /// What makes keys, certificates and signatures.
    public static let openssl = program("openssl", variable: "SWIFTLET_OPENSSL", candidates: [])

    /// The right to give files away and to become others.
    public static let root = Requirement(
        name: "root",
        location: geteuid() == 0 ? "root" : nil,
        hint: "run as root"
    )

    /// The right to mount a small disk of a test's own.
    public static let mount = Requirement(
        name: "mount",
        location: (try? run("/usr/bin/unshare", ["--mount", "true"]))?.exitCode == 0
            ? "/usr/bin/mount" : nil,
        hint: "run as root, where mounting is allowed"
    )

    /// What speaks HTTP, to a Unix socket too.
    public static let curl = program("curl", variable: "SWIFTLET_CURL", candidates: [])

    /// What copies images between registries, layouts and archives.
    public static let skopeo = program("skopeo", variable: "SWIFTLET_SKOPEO", candidates: [])

    /// The registry of Debian.
    public static let registry = program(
        "docker-registry",
        variable: "SWIFTLET_REGISTRY",
        candidates: []
    )

    /// The specification tests, beside the checkout unless `SWIFTLET_WASM_TESTS` says otherwise.
    public static let wasmSuite = Requirement(
        name: "wasm-suite",
        location: firstFolder(
            environmentVariable("SWIFTLET_WASM_TESTS"),
            repositoryRoot + "/../shared/conformance/wasm"
        ),
        hint: "the specification tests; set SWIFTLET_WASM_TESTS to their folder"
    )

    /// The folder that holds our four programs.
    public static let programs = Requirement(
        name: "programs",
        location: [
            environmentVariable("SWIFTLET_BIN_DIR"), buildFolder,
            repositoryRoot + "/.build/debug", repositoryRoot + "/.build/release",
        ]
        .compactMap(\.self)
        .first { isExecutable($0 + "/swiftlet-run") },
        hint: "swiftletd, swiftlet-run, swiftlet-pull and swiftlet; set SWIFTLET_BIN_DIR"
    )

    /// A kernel with Landlock.
    public static let landlock = Requirement(
        name: "landlock",
        location: landlockVersion() > 0 ? "the kernel" : nil,
        hint: "Linux 5.13 or newer with Landlock among its security modules"
    )

    /// A program by environment variable, fixed places, or PATH.
    public static func program(
        _ name: String,
        variable: String,
        candidates: [String]
    ) -> Requirement {
        let wanted = [environmentVariable(variable)].compactMap(\.self) + candidates + [name]
        return Requirement(
            name: name,
            location: wanted.lazy.compactMap(findProgram).first,
            hint: "install it, or set \(variable) to its path"
        )
    }
}

/// What went wrong in the test kit itself.
public struct TestKitError: Error, CustomStringConvertible, Sendable {
    /// One sentence.
    public let message: String

    /// Makes an error with a sentence that says what is missing or failed.
    public init(message: String) { self.message = message }

    /// The sentence.
    public var description: String { message }
}

/// The top of the checkout, from this file's own path, links resolved.
public let repositoryRoot: String = {
    let resolved = realpath(#filePath, nil)
    defer { free(resolved) }
    let path = resolved.map { String(cString: $0) } ?? #filePath
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
}()

/// The value of an environment variable, or `nil` when it is unset or empty.
public func environmentVariable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
}

// The folder of the test bundle that runs now: SwiftPM puts the programs beside it.
private let buildFolder: String? = CommandLine.arguments.lazy
    .compactMap { argument -> String? in
        guard let range = argument.firstRange(of: "/swiftletPackageTests.xctest") else {
            return nil
        }
        return String(argument[..<range.lowerBound])
    }
    .first

func findProgram(_ name: String) -> String? {
    if name.contains("/") { return isExecutable(name) ? name : nil }
    let folders = (environmentVariable("PATH") ?? "/usr/bin:/bin").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }.first(where: isExecutable)
}

private func isExecutable(_ path: String) -> Bool {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return false }
    return access(path, X_OK) == 0
}

private func firstFolder(_ candidates: String?...) -> String? {
    candidates.compactMap(\.self)
        .first { path in
            var facts = stat()
            return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
        }
}

private func landlockVersion() -> Int32 { swiftlet_landlock_version() }
