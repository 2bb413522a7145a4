public import ArgumentParser
public import Operator

/// Which namespace a pod is looked for in.
struct NamespaceOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The namespace.", valueName: "name"))
    var namespace: String?

    /// The namespace to look in.
    func chosen() throws(OperatorError) -> String {
        try PodName.checked(namespace: namespace ?? "default")
    }
}

extension OutputFormat: ExpressibleByArgument {}
