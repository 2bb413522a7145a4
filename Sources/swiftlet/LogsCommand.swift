import ArgumentParser
import Host
import Operator

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Writes what a container has written."
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var namespace: NamespaceOptions

    @Argument(help: "The pod: NAME or pod/NAME.")
    var pod: String

    @Option(name: [.short, .long], help: "The container, if the pod has several.")
    var container: String?

    @Flag(name: [.short, .long], help: "Go on as lines are written.")
    var follow = false

    @Flag(name: [.short, .long], help: "The run before the present one.")
    var previous = false

    @Option(help: ArgumentHelp("At most so many of the last lines.", valueName: "lines"))
    var tail: Int64?

    @Option(
        help: ArgumentHelp("Only lines of the last so long: 30s, 5m, 2h.", valueName: "duration")
    )
    var since: String?

    func run() async throws {
        try await run(node) { session throws(OperatorError) in
            try await session.logs(try question())
        }
    }

    private func question() throws(OperatorError) -> LogQuestion {
        if follow, previous {
            throw .usage("-f and -p contradict each other: a run that is over does not go on")
        }
        let name = try PodName(argument: pod, namespace: namespace.chosen())
        var question = LogQuestion(pod: name)
        question.container = container
        question.follows = follow
        question.isPrevious = previous
        // kubectl: -1 means all.
        if let tail, tail >= 0 { question.tailLineCount = tail }
        if let since { question.sinceSeconds = try Seconds(since, option: "--since").count }
        return question
    }
}

/// A length of time on the command line, in whole seconds.
struct Seconds {
    let count: Int64

    /// Longest time taken: a year; longer ones are slips of the finger.
    private static let countMax: UInt64 = 366 * 86_400

    init(_ text: String, option: String) throws(OperatorError) {
        guard let span = TimeSpan(text) else {
            throw .usage("\(option) \(text) is no duration: write 30s, 5m or 2h")
        }
        let seconds = span.nanoseconds / 1_000_000_000
        guard seconds <= Self.countMax else {
            throw .usage("\(option) \(text) is longer than a year")
        }
        count = Int64(seconds)
    }
}
