import Documents
import Glibc
import TestKit
import Testing

// Goal: what an operator types about images does what the manual says, with the daemon and without.
// Method: the four built programs, one folder, no network.
@Suite(
    "swiftlet image",
    .timeLimit(.minutes(3)),
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)")
)
struct ImageProgramTests {
    /// A running daemon and the operator's program.
    final class Node {
        let fixture: Fixture
        let programs: String
        private(set) var daemon: BackgroundProcess?

        init(_ fixture: Fixture) throws {
            self.fixture = fixture
            programs = try Requirement.programs.path()
            let folders = ["state", "run", "logs", "layouts"]
            for name in folders { mkdir(fixture.path(name), 0o755) }
            let places = folders.map { "\($0): \(fixture.path($0))" }.joined(separator: ", ")
            let text = "node: {name: gw-1}\ndirectories: {\(places)}\n"
            try writeFile(fixture.path("d.yaml"), text)
        }

        func start() async throws {
            let words = ["--config", fixture.path("d.yaml")]
            let started = try fixture.start(programs + "/swiftletd", words, name: "swiftletd")
            daemon = started
            try await eventually("the daemon answers") {
                if let code = started.exitCode {
                    throw TestKitError(message: "swiftletd ended with \(code): \(started.output)")
                }
                // Without a state folder: the program would answer from its database by itself.
                let places = ["--socket", fixture.path("run/swiftletd.sock"), "--state", "/none"]
                return try await runAside(programs + "/swiftlet", places + ["status"]).exitCode == 0
            }
        }

        func stop() { daemon?.kill() }

        func swiftlet(_ line: String) async throws -> ProgramResult {
            let words = line.split(separator: " ").map(String.init)
            let places = [
                "--socket", fixture.path("run/swiftletd.sock"), "--state", fixture.path("state"),
            ]
            return try await runAside(programs + "/swiftlet", places + words)
        }

        /// What a line writes to standard output; it must succeed.
        func output(_ line: String) async throws -> String {
            let result = try await swiftlet(line)
            #expect(result.exitCode == 0, "\(line): \(result.standardError)")
            return result.standardOutput
        }

        /// Packs a module and its data under `layouts/L:TAG`.
        func pack(_ tag: String, byteCount: Int = 100) async throws {
            var random = SeededGenerator(seed: UInt64(byteCount))
            try writeFile(fixture.path("app.wasm"), Array("\0asm".utf8) + [1, 0, 0, 0])
            try writeFile(fixture.path("data"), random.bytes(byteCount))
            let words = ["--layout", fixture.path("layouts/L"), "--tag", tag, "--plain-tar"]
            let files = [fixture.path("app.wasm"), fixture.path("data")]
            let made = try await runAside(
                repositoryRoot + "/config/examples/make-image",
                words + files
            )
            #expect(made.exitCode == 0, "\(made.standardError)")
        }
    }

    static func with(_ body: (Node) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let node = try Node(fixture)
            try await node.start()
            do {
                try await body(node)
            } catch {
                let log = node.daemon?.output.suffix(4_000) ?? ""
                throw TestKitError(message: "\(error)\nthe daemon said:\n\(log)")
            }
        }
    }

    @Test("a layout is imported, shown, exported, removed and brought back from the archive")
    func story() async throws {
        try await Self.with { node in
            let folder = node.fixture.directory
            try await node.pack("1", byteCount: 3_000_000)
            let name = "docker.io/shop/app:1"
            let imported = try await node.output(
                "image import \(folder)/layouts/L --name shop/app:1"
            )
            #expect(imported == "image/\(name)\n")
            #expect(try await node.output("image list -o name") == "image/\(name)\n")
            let table = try await node.output("image list")
            #expect(
                table.hasPrefix("IMAGE") && table.contains("yes") && table.contains("5.7 MiB"),
                "\(table)"
            )
            let page = try await node.output("image inspect shop/app:1")
            #expect(page.contains("Modules:       /app.wasm"), "\(page)")
            let json = try await Document(jsonText: node.output("image list -o json"))
            #expect(json["kind"]?.string == "List" && json["items"]?.array?.count == 1)
            #expect(
                try await node.output("image inspect shop/app:1 -o yaml").contains("kind: Image")
            )
            #expect(try await node.output("image verify").contains("\(name): good"))
            let file = folder + "/app.tar"
            #expect(try await node.output("image export shop/app:1 \(file)").contains("2.8 MiB"))
            #expect(try await node.output("image prune") == "")
            #expect(
                try await node.output("image prune --all --dry-run") == "image/\(name) (dry run)\n"
            )
            #expect(
                try await node.output("image remove shop/app:1") == "image/shop/app:1 removed\n"
            )
            #expect(try await node.swiftlet("image remove shop/app:1").exitCode == 1)
            #expect(try await node.output("image import \(file)") == "image/\(name)\n")
            #expect(try await node.output("image verify shop/app:1").contains("good"))
        }
    }

    @Test(
        "an image is pulled with its digest as the answer, and one that is not there fails with why"
    )
    func pull() async throws {
        try await Self.with { node in
            try await node.pack("1")
            #expect(try await node.output("image pull oci:L:1").hasPrefix("oci:L@sha256:"))
            let missing = try await node.swiftlet("image pull oci:L:2")
            #expect(missing.exitCode == 1 && missing.standardError.contains("has no tag 2"))
            let elsewhere = try await node.swiftlet("image pull oci:/etc/x")
            #expect(elsewhere.standardError.contains("layoutRoots"))
        }
    }

    @Test("without the daemon, list, inspect and verify read its files and say so")
    func offline() async throws {
        try await Self.with { node in
            try await node.pack("1")
            _ = try await node.output("image import \(node.fixture.path("layouts/L")) --name a:1")
            node.stop()
            let list = try await node.swiftlet("image list -o name")
            #expect(list.exitCode == 0 && list.standardOutput == "image/docker.io/library/a:1\n")
            #expect(list.standardError.contains("swiftletd is not running"))
            #expect(try await node.output("image inspect a:1").contains("/app.wasm"))
            #expect(try await node.output("image verify a:1").contains("good"))
            #expect(try await node.swiftlet("image inspect b:1").exitCode == 1)
            #expect(try await node.swiftlet("image verify b:1").exitCode == 1)
            #expect(try await node.swiftlet("image pull a:1").exitCode == 69)
            let root = try await firstEntry(node.fixture.path("state/images/roots"))
            try writeFile(root + "/data", "lost")
            let bad = try await node.swiftlet("image verify")
            #expect(
                bad.exitCode == 1 && bad.standardOutput.contains("DAMAGED, what runs has changed")
            )
            // Nothing was changed by looking; the daemon then puts it right, or says so.
            try await node.start()
            #expect(try await node.swiftlet("image verify").exitCode == 1)
            #expect(try await node.output("image list -o name") == "")
        }
    }

    @Test(
        "what cannot be done fails with a sentence",
        arguments: [
            ("image import /none.tar", 1, "/none.tar"),
            ("image export none:1 FOLDER/x", 1, "not on this node"),
            ("image inspect none:1", 1, "image \"none:1\" not found"),
            ("image list --broker mqtt://b --node a", 1, "on the device"),
            ("image frob", 64, "frob"), ("image import /etc/passwd", 1, "archive"),
            ("image import /etc", 1, "no OCI image layout"), ("image list -o xml", 64, "xml"),
        ]
    )
    func failures(line: String, code: Int32, words: String) async throws {
        try await Self.with { node in
            let result = try await runAside(
                node.programs + "/swiftlet",
                line.replacing("FOLDER", with: node.fixture.directory)
                    .split(separator: " ").map(String.init),
                environment: ["SWIFTLET_SOCKET": node.fixture.path("run/swiftletd.sock")]
            )
            #expect(result.exitCode == code, "\(result.standardError)")
            #expect(result.standardError.contains(words), "\(result.standardError)")
            #expect(access(node.fixture.path("x.part"), F_OK) != 0)
        }
    }

    @Test("an archive comes from standard input")
    func standardInput() async throws {
        try await Self.with { node in
            try await node.pack("1")
            _ = try await node.output("image import \(node.fixture.path("layouts/L")) --name a:1")
            let export =
                "\(node.programs)/swiftlet --socket \(node.fixture.path("run/swiftletd.sock"))"
            let pipe = "\(export) image export a:1 - | \(export) image import - --name b:1"
            let result = try await runAside("/bin/sh", ["-c", pipe])
            #expect(
                result.exitCode == 0 && result.standardOutput == "image/docker.io/library/b:1\n",
                "\(result.standardError)"
            )
        }
    }

    @Test("the manual knows every option of every verb")
    func manual() async throws {
        let manual = try readFile(repositoryRoot + "/packaging/man/swiftlet.1")
        let program = try Requirement.programs.path() + "/swiftlet"
        func options(_ words: [String]) async throws -> Set<String> {
            let help = try await runAside(program, words + ["--help"]).standardOutput
            let found = help.split(whereSeparator: { !$0.isLetter && $0 != "-" })
            return Set(found.filter { $0.hasPrefix("--") && $0.count > 2 }.map(String.init))
        }
        // How the node is reached is the same everywhere, and looked at with the other verbs.
        let common = try await options(["version"]).union(options(["status"]))
        for verb in ["list", "inspect", "pull", "import", "export", "verify", "prune", "remove"] {
            #expect(manual.contains("image \(verb)"))
            for option in try await options(["image", verb]).subtracting(common) {
                #expect(manual.contains(option.replacing("-", with: "\\-")), "\(option) of \(verb)")
            }
        }
    }
}

/// The path of the first entry of a folder.
private func firstEntry(_ folder: String) async throws -> String {
    let result = try await runAside("/bin/ls", [folder])
    let name = try #require(result.standardOutput.split(separator: "\n").first)
    return "\(folder)/\(name)"
}
