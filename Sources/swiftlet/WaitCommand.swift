import ArgumentParser
import Operator

struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until objects are as wanted.",
        usage: "swiftlet wait --for=condition=Ready pod/NAME… | pods -l app=web [--timeout 30s]"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @OptionGroup var labels: SelectorOption

    @Argument(help: "KIND/NAME…, KIND NAME…, or KIND for all of them.")
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
            let selections = try Selection.read(
                targets,
                namespace: try namespace.chosen(),
                labels: try labels.chosen()
            )
            try await session.wait(
                for: try WaitGoal(goal),
                selections,
                timeoutSeconds: try Seconds(timeout, option: "--timeout").count
            )
        }
    }
}
