import ArgumentParser
import Operator

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Looks at all that this node needs: what is wrong, and what to do.",
        discussion: """
            Configuration, daemon, broker, pods, kernel, sandbox, limits, clock, disk and memory. \
            Exit codes: 0 nothing has failed, 1 something has.
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var daemon: DaemonConfigurationOption

    func run() async throws {
        var isGood = false
        try await run(node) { session throws(OperatorError) in
            isGood = try await session.check(configurationPath: daemon.config)
        }
        if !isGood { throw ExitCode(1) }
    }
}

struct SupportBundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "support-bundle",
        abstract: "Packs what somebody far away needs to help, without secrets.",
        discussion: """
            Version, check, status, pods, node, events, names of ConfigMaps and Secrets, and the \
            daemon's log, as text in one tar.gz. Values of Secrets, ConfigMaps and environments are \
            left out; logs of containers are put in with --with-logs only.
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var daemon: DaemonConfigurationOption

    @Argument(help: "The file to write.")
    var file = "swiftlet-support.tar.gz"

    @Flag(help: "Put in the last 200 lines of every container's log.")
    var withLogs = false

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            try await session.supportBundle(
                path: file,
                configurationPath: daemon.config,
                withLogs: withLogs
            )
        }
    }
}

/// Where the daemon's configuration is.
struct DaemonConfigurationOption: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's configuration file.", valueName: "path"))
    var config = "/etc/swiftlet/swiftletd.yaml"
}

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Writes the completion script of a shell.",
        discussion: "bash: swiftlet completion bash > /etc/bash_completion.d/swiftlet"
    )

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    func run() throws {
        try finish { () throws(OperatorError) in
            guard let shell = CompletionShell(rawValue: shell) else {
                throw .usage("completion \(shell): bash, zsh or fish")
            }
            Console.standard.line(Swiftlet.completionScript(for: shell))
        }
    }
}
