import ControlAPI
import TestKit
import Testing

// Goal: the program's words, streams and exit codes are those of its manual.
// Method: the built program, alone and against a stand-in daemon.
@Suite(
    "The program swiftlet",
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)")
)
struct ProgramTests {
    @Test(
        "wrong usage ends with 64 and one line that says what to write",
        arguments: [
            ("get", "Missing expected argument"), ("get cats", "\"cats\" is no kind"),
            ("get pods -A web", "leave it out, or the names"), ("get pods -A -n a", "leave out -n"),
            ("get pods web -l a", "leave it out, or the names"), ("get pods -l a=b=c", "KEY=VALUE"),
            ("get pods,cm -w", "-w watches one kind"), ("delete pods -l", "Missing value"),
            ("get pods -o xml", "xml"),
            ("get pods ../x", "names no pod"), ("get pods -n A", "is no namespace"),
            ("describe pod", "swiftlet describe pod NAME"), ("describe cat tom", "kinds are"),
            ("logs a -f -p", "contradict"), ("logs a --since 5", "30s, 5m or 2h"),
            ("logs a --since 999999h", "longer than a year"), ("logs a/b/c", "names no pod"),
            ("delete", "KIND NAME, or -f FILE"), ("delete web", "as in pod/web"),
            ("delete pod", "KIND NAME, KIND -l"), ("delete pod a --all", "KIND NAME, KIND -l"),
            ("delete node gw-1", "cannot be deleted"),
            ("delete pod a --grace-period=90000", "0 to 86400"), ("apply", "-f FILE"),
            ("status --broker mqtt://b", "--node NAME"), ("status --node gw-1", "--broker URL"),
            ("status --broker http://b --node gw-1", "mqtt://"),
            ("status --broker mqtt://b --node A", "no node name"),
            ("status --socket /s --broker mqtt://b --node a", "choose one"),
            ("top cats", "pods or node"), ("wait pod/a --for ready", "condition=Ready"),
            ("wait web --for delete", "as in pod/web"), ("get pods -o jsonpath={", "jsonpath"),
            ("status --all-nodes", "--broker URL"), ("completion csh", "bash, zsh or fish"),
            ("status --broker mqtt://b --node a --all-nodes", "contradict"),
            ("status --context moon", "no context"), ("delete event a", "go by themselves"),
            ("frobnicate", "frobnicate"), ("get pods --frob", "frob"),
        ]
    )
    func usage(line: String, words: String) async throws {
        let result = try await swiftlet(line)
        #expect(result.exitCode == 64)
        #expect(result.output.contains(words), "\(result.output)")
        #expect(result.output.hasSuffix("\n"))
    }

    @Test("version and help say it on standard output")
    func version() async throws {
        let version = try await swiftlet("version").output
        #expect(version.hasPrefix("swiftlet "))
        #expect(try await swiftlet("--version").output == version)
        let help = try await swiftlet("--help")
        #expect(help.exitCode == 0)
        for verb in [
            "status", "get", "describe", "events", "top", "wait", "diff", "logs", "apply", "delete",
            "check", "support-bundle", "config", "completion", "version",
        ] {
            #expect(help.output.contains("\n  \(verb) "))
        }
    }

    @Test("the manual knows every option of every verb")
    func manual() async throws {
        let manual = try readFile(repositoryRoot + "/packaging/man/swiftlet.1")
        for verb in [
            "", "status", "get", "describe", "events", "top", "wait", "diff", "logs", "restart",
            "apply", "delete", "sign", "check", "support-bundle", "config", "completion",
        ] {
            let help = try await swiftlet("\(verb) --help").output
            let options = help.split(whereSeparator: { !$0.isLetter && $0 != "-" })
                .filter { $0.hasPrefix("--") && $0.count > 2 }
            #expect(!options.isEmpty)
            for option in options {
                let written = option.replacing("-", with: "\\-")
                #expect(manual.contains(written), "\(option) of \(verb)")
            }
        }
    }

    @Test("a file that is not there, an unreachable daemon: 1 and 69, with what is missing")
    func failures() async throws {
        let file = try await swiftlet("apply -f /none/pod.yaml")
        #expect(file.exitCode == 1)
        #expect(file.output.contains("/none/pod.yaml"))
        let daemon = try await swiftlet("get pods --socket /none/s --state /none")
        #expect(daemon.exitCode == 69)
        #expect(daemon.output.hasPrefix("error: "))
        #expect(daemon.output.contains("/none/s"))
        let broker = try await swiftlet("get pods --broker mqtt://127.0.0.1:1 --node gw-1")
        #expect(broker.exitCode == 69)
    }

    @Test("options may stand before the verb or after it, and the socket in the environment")
    func places() async throws {
        try await withDaemon { path in
            for line in ["--socket \(path) get nodes -oname", "get nodes --socket \(path) -o name"]
            {
                #expect(try await aside(line) == "node/gw-1\n")
            }
            let asked = try await aside("get nodes -o name", environment: ["SWIFTLET_SOCKET": path])
            #expect(asked == "node/gw-1\n")
        }
    }

    @Test("objects are read from a file, applied, shown and deleted")
    func story() async throws {
        try await withDaemon { path in
            let file = path + ".yaml"
            try writeFile(file, "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {}}\n")
            let lines = ["apply -f \(file)", "get pod/web -o name", "logs web --tail 2 --since 1m"]
            var output = ""
            for line in lines + ["delete -f \(file)", "get pods"] {
                output += try await aside("--socket \(path) " + line)
            }
            #expect(
                output == """
                    pod/web created
                    pod/web
                    sinceSeconds=60
                    tailLines=2
                    pod/web deleted
                    no pods found in namespace default

                    """
            )
        }
    }

    private func aside(
        _ line: String,
        environment: [String: String] = [:]
    ) async throws -> String {
        try await swiftlet(line, environment: environment).output
    }

    /// Runs the program without blocking a thread; both of its streams in one.
    private func swiftlet(
        _ line: String,
        environment: [String: String] = [:]
    ) async throws -> (exitCode: Int32, output: String) {
        let (program, words) = (try program(), words(line))
        return try await Fixture.with { fixture in
            let process = try fixture.start(program, words, environment: environment)
            return (try await process.waitForExit(within: 60), process.output)
        }
    }

    private func program() throws -> String { try Requirement.programs.path() + "/swiftlet" }

    private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }
}
