import ArgumentParser
import Operator

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until objects are as wanted.",
        usage: "swiftlet wait --for=condition=Ready pod/NAME… [--timeout 30s]"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "KIND/NAME….")
    var targets: [String]

    @Option(
        name: .customLong("for"),
        help: "condition=TYPE[=VALUE], delete, or jsonpath=TEMPLATE=VALUE."
    )
    var goal: String

    @Option(help: ArgumentHelp("How long to wait for all of them.", valueName: "duration"))
    var timeout = "30s"

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            let place = try namespace.chosen()
            let keys = try targets.map { target throws(OperatorError) in
                try ObjectKey(argument: target, kind: nil, namespace: place)
            }
            try await session.wait(
                for: try WaitGoal(goal),
                keys,
                timeoutSeconds: try Seconds(timeout, option: "--timeout").count
            )
        }
    }
}
