internal import Glibc
internal import Host
internal import Logging

/// The command line of `swiftletd`: flags, the log, and the one tree of tasks.
///
/// A function of the library, because two programs have it: `swiftletd`, and `swiftlet` under that name,
/// which is how the package has both in the room of one.
public enum DaemonCommand {
    /// The name under which a program is the daemon.
    public static let name = "swiftletd"

    // Source: sysexits.h.
    private static let usageError: Int32 = 64
    private static let configurationError: Int32 = 78

    private static let parser = FlagParser(
        program: name,
        summary: "Runs the pods of this node.",
        operands: "",
        flags: [
            .init(
                "--config",
                .required("FILE"),
                help: "default \(DaemonConfiguration.standardPath)"
            ),
            .init("--check", .none, help: "says whether the configuration can be used, and ends"),
        ]
    )

    /// Runs the daemon until it is told to end.
    ///
    /// - Parameter arguments: argv, from the program's name on.
    /// - Returns: What to exit with: 0, 1, 64 for wrong usage, 78 for a configuration that cannot be used.
    @MainActor
    public static func run(_ arguments: [String]) async -> Int32 {
        let flags: ParsedFlags
        do {
            flags = try parser.parse(Array(arguments.dropFirst()))
            if flags.has("--help") { return say(parser.usage) }
            if flags.has("--version") { return say("\(name) \(DaemonProgram.version)\n") }
            if let operand = flags.operands.first {
                throw FlagError.unknown(flag: operand, nearest: nil)
            }
        } catch {
            LineLog.write("\(name): \(error)\n\n\(parser.usage)")
            return usageError
        }
        LoggingSystem.bootstrap { LineLog(label: $0) }
        do {
            return try await run(flags, arguments)
        } catch let error as DaemonError {
            LineLog.write("\(name): \(error)\n")
            if case .configuration = error { return configurationError }
            return 1
        } catch {
            LineLog.write("\(name): \(error)\n")
            return 1
        }
    }

    private static func say(_ text: String) -> Int32 {
        LineLog.write(text, to: 1)
        return 0
    }

    @MainActor
    private static func run(_ flags: ParsedFlags, _ arguments: [String]) async throws -> Int32 {
        let path = flags.value("--config") ?? DaemonConfiguration.standardPath
        let configuration = try DaemonConfiguration(path: path)
        if flags.has("--check") {
            try configuration.check()
            return say("\(path): node \(configuration.nodeName) can run\n")
        }
        let daemon = DaemonProgram(
            configuration: configuration,
            programs: configuration.programsDirectory,
            notifier: .fromEnvironment(),
            reloadProblem: {
                do {
                    try DaemonConfiguration(path: path).check()
                    return nil
                } catch {
                    return "\(error)"
                }
            }
        )
        if try await daemon.run(signals: SignalStream.install()) {
            try ProcessFacts.startAnew(arguments)
        }
        return 0
    }
}
