public import ArgumentParser
public import Operator

/// Which namespace a pod is looked for in.
struct NamespaceOptions: ParsableArguments {
    @Option(name: [.short, .long], help: ArgumentHelp("The namespace.", valueName: "name"))
    var namespace: String?

    /// The namespace to look in.
    var chosen: String { namespace ?? "default" }
}

extension PodName {
    /// A pod as it is written on the command line: `NAME` or `pod/NAME`.
    init(argument: String, namespace: String) throws(OperatorError) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: self.init(namespace: namespace, name: argument)
        case 2 where ResourceKind(String(parts[0])) == .pods:
            self.init(namespace: namespace, name: String(parts[1]))
        case _: throw .usage("\(argument) names no pod: write NAME or pod/NAME")
        }
        guard !name.isEmpty else { throw .usage("a pod's name is empty") }
    }
}

extension OutputFormat: ExpressibleByArgument {}
