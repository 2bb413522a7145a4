import ArgumentParser
import Daemon
import Glibc
import Host
import Operator

/// The operator's program: looks at a node and tells it what to run.
@main
struct Swiftlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftlet",
        abstract: "Looks at a swiftlet node, and tells it what to run.",
        discussion: """
            The node is reached through its daemon's socket, or through its broker with --broker \
            and --node. When the daemon is not running, status, get, describe and logs read its \
            files and say so.

            Exit codes: 0 done, 1 failed, 64 wrong usage, 69 node not reachable, 75 not confirmed \
            in time.
            """,
        version: "swiftlet \(Release.version)",
        subcommands: [
            StatusCommand.self, GetCommand.self, DescribeCommand.self, LogsCommand.self,
            RestartCommand.self, ApplyCommand.self, DiffCommand.self, DeleteCommand.self,
            WaitCommand.self, TopCommand.self, ImageCommand.self,
            EventsCommand.self, ConfigCommand.self, KeygenCommand.self, SignCommand.self,
            CheckCommand.self, SupportBundleCommand.self, CompletionCommand.self,
            VersionCommand.self,
        ]
    )

    /// Is the daemon under the daemon's name: a package has both in the room of one.
    static func main() async {
        let name = CommandLine.arguments.first?.split(separator: "/").last
        guard name.map(String.init) == DaemonCommand.name else { return await main(nil) }
        Glibc.exit(await DaemonCommand.run(CommandLine.arguments))
    }

    // Declared here too, so that they may stand before the verb.
    @OptionGroup var node: NodeOptions
}
