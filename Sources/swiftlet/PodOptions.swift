import ArgumentParser
import Operator

/// Which namespace a pod is looked for in.
struct NamespaceOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The namespace.", valueName: "name"))
    var namespace: String?

    /// The namespace to look in.
    func chosen() throws(OperatorError) -> String {
        try PodName.checked(namespace: namespace ?? "default")
    }
}

/// Which labels objects must have.
struct SelectorOption: ParsableArguments {
    @Option(
        name: [.customShort("l"), .long],
        help: ArgumentHelp("Only those whose labels match: app=web,tier!=db.", valueName: "labels")
    )
    var selector: String?

    /// The labels that were asked for.
    func chosen() throws(OperatorError) -> LabelSelector? {
        guard let selector else { return nil }
        return try LabelSelector(selector)
    }
}

/// How the answer is written.
struct FormatOption: ParsableArguments {
    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "table, wide, json, yaml, name or jsonpath=TEMPLATE."
    )
    var output = "table"

    /// The format that was asked for.
    func chosen() throws(OperatorError) -> OutputFormat { try OutputFormat(output) }
}
