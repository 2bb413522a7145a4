import Images
import TestKit
import Testing

// Goal: a real image comes from a real registry, whole and once. Method: Debian's docker-registry on a
// port of its own, filled by skopeo, and the real swiftlet-pull.
@Suite(
    "swiftlet-pull and a real registry",
    .enabled(if: Requirement.registry.isMet, "\(Requirement.registry.comment)"),
    .enabled(if: Requirement.skopeo.isMet, "\(Requirement.skopeo.comment)"),
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)")
)
struct RegistryPullTests {
    struct Place {
        let fixture: Fixture
        let registry: DockerRegistry
        let local: PullProgramTests.Place

        var host: String { registry.host }

        /// Packs, and pushes under a tag.
        func push(
            _ tag: String,
            _ files: [String: [UInt8]],
            _ flags: [String] = [],
            skopeo: [String] = []
        ) async throws {
            try await local.pack(tag, files, flags)
            try await registry.push(local.layout, tag, skopeo)
        }

        func pull(
            _ tag: String,
            _ flags: [String] = []
        ) async throws -> (Int32, PullReport?, String) {
            let words =
                ["--store", local.store, "--plain-http"] + flags + ["\(host)/org/app:\(tag)"]
            let result = try await runAside(local.program, words)
            let line = result.standardOutput.split(separator: "\n").last.map(String.init)
            return (result.exitCode, line.flatMap { PullReport(line: $0) }, result.standardError)
        }
    }

    /// Starts a registry; `auth` are lines of its configuration.
    static func with(auth: String = "", _ body: (Place) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let registry = try await DockerRegistry.start(in: fixture, auth: auth)
            let local = PullProgramTests.Place(folder: fixture.directory)
            try await body(Place(fixture: fixture, registry: registry, local: local))
        }
    }

    private static func data(_ byteCount: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 3)
        return random.bytes(byteCount)
    }

    @Test("an image of OCI, one of Docker and an artifact come whole, and layers only once")
    func forms() async throws {
        try await Self.with { place in
            let files = ["app.wasm": PullProgramTests.good, "data": Self.data(3_000_000)]
            try await place.push("oci", files)
            try await place.push("docker", files, skopeo: ["--format", "v2s2"])
            try await place.push(
                "artifact",
                ["app.wasm": PullProgramTests.good],
                ["--form", "artifact"]
            )
            guard case (0, .done(let digest, let count)?, _) = try await place.pull("oci"),
                count > 3_000_000
            else {
                Issue.record("not pulled")
                return
            }
            for tag in ["oci", "docker"] {
                guard case (0, .done(let other, 0)?, _) = try await place.pull(tag) else {
                    Issue.record("\(tag) was fetched again")
                    return
                }
                #expect((other == digest) == (tag == "oci"))
            }
            let (code, report, error) = try await place.pull("artifact")
            #expect(code == 0, "\(error) \(report as Any)")
            let store = try ImageStore(directory: place.local.store)
            for tag in ["oci", "docker", "artifact"] {
                let reference = try ImageReference("\(place.host)/org/app:\(tag)")
                let image = try #require(try store.lookup(reference))
                let command = tag == "artifact" ? ["app.wasm"] : nil
                let entry = try image.entry(command: command, args: nil)
                #expect(try readBytes(entry.modulePath) == PullProgramTests.good)
            }
        }
    }

    @Test("what is not there is worth another try, and so is a registry that is not there")
    func missing() async throws {
        try await Self.with { place in
            let (code, report, _) = try await place.pull("none")
            #expect(code == 75)
            guard case .failed(_, let message, true)? = report else {
                Issue.record("\(report as Any)")
                return
            }
            #expect(message.contains("MANIFEST_UNKNOWN"), "\(message)")
        }
    }

    @Test("a password comes through a descriptor, and without it the registry's no is passed on")
    func password() async throws {
        try await Self.with(auth: DockerRegistry.withPassword) { place in
            let files = ["app.wasm": PullProgramTests.good]
            try await place.push("it", files, skopeo: ["--dest-creds", "us:sesam"])
            let (code, report, _) = try await place.pull("it")
            #expect(code == 75, "\(report as Any)")
            let secret = place.fixture.path("secret")
            for (password, wanted) in [("sesam", Int32(0)), ("wrong", 75)] {
                try writeFile(
                    secret,
                    #"{"auths": {"\#(place.host)": {"username": "us", "password": "\#(password)"}}}"#
                )
                let command = "exec \"$@\" 3< \(secret)"
                let words = [
                    "-c", command, "sh", try place.local.program, "--store", place.local.store,
                    "--plain-http", "--auth-fd", "3", "\(place.host)/org/app:it",
                ]
                let result = try await runAside("/bin/sh", words)
                #expect(result.exitCode == wanted, "\(result.standardError)")
                #expect(!result.standardError.contains(password))
            }
        }
    }

    @Test("a mirror is asked first; one that is not there, or has not got it, is passed over")
    func mirrors() async throws {
        try await Self.with { place in
            try await place.push("it", ["app.wasm": PullProgramTests.good])
            let dead = "http://127.0.0.1:\(try freePort())"
            // The registry that is named is not there at all: only its mirror can have served.
            for (mirrors, code) in [([dead, "http://\(place.host)"], Int32(0)), ([dead], 75)] {
                let store = place.local.store + "\(code)"
                let words =
                    ["--store", store, "--plain-http"] + mirrors.flatMap { ["--mirror", $0] }
                    + ["127.0.0.1:\(try freePort())/org/app:it"]
                let result = try await runAside(place.local.program, words)
                #expect(result.exitCode == code, "\(result.standardError)")
                #expect(result.standardOutput.contains("mirror \(dead) is passed over"))
            }
            for mirror in ["ftp://a", "a:5000", "https://a/b", "https://us@a"] {
                let words = ["--store", place.local.store, "--mirror", mirror, "a.b/c:d"]
                let result = try await runAside(place.local.program, words)
                #expect(result.exitCode != 0)
                #expect("\(result.standardError)\(result.standardOutput)".contains(mirror))
            }
        }
    }

    @Test("plain HTTP is spoken only where it was asked for")
    func encryption() async throws {
        try await Self.with { place in
            try await place.push("it", ["app.wasm": PullProgramTests.good])
            let words = ["--store", place.local.store, "\(place.host)/org/app:it"]
            let result = try await runAside(place.local.program, words)
            #expect(result.exitCode == 75 && result.standardError.contains("SSL"))
        }
    }
}
