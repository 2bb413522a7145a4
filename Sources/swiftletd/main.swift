import Daemon
import Glibc
import Host
import Logging

// Wiring only: flags, the log, and the one tree of tasks.

// Source: sysexits.h.
let usageError: Int32 = 64
let configurationError: Int32 = 78

let parser = FlagParser(
    program: "swiftletd",
    summary: "Runs the pods of this node.",
    operands: "",
    flags: [
        .init("--config", .required("FILE"), help: "default \(DaemonConfiguration.standardPath)"),
        .init("--check", .none, help: "says whether the configuration can be used, and ends"),
    ]
)

let flags: ParsedFlags
do {
    flags = try parser.parse(Array(CommandLine.arguments.dropFirst()))
    if flags.has("--help") {
        LineLog.write(parser.usage, to: 1)
        exit(0)
    }
    if flags.has("--version") {
        LineLog.write("swiftletd \(DaemonProgram.version)\n", to: 1)
        exit(0)
    }
    if let operand = flags.operands.first { throw FlagError.unknown(flag: operand, nearest: nil) }
} catch {
    LineLog.write("swiftletd: \(error)\n\n\(parser.usage)")
    exit(usageError)
}

LoggingSystem.bootstrap { LineLog(label: $0) }
let path = flags.value("--config") ?? DaemonConfiguration.standardPath
do {
    let configuration = try DaemonConfiguration(path: path)
    if flags.has("--check") {
        try configuration.check()
        LineLog.write("\(path): node \(configuration.nodeName) can run\n", to: 1)
        exit(0)
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
        try ProcessFacts.startAnew(Array(CommandLine.arguments.dropFirst()))
    }
} catch let error as DaemonError {
    LineLog.write("swiftletd: \(error)\n")
    if case .configuration = error { exit(configurationError) }
    exit(1)
} catch {
    LineLog.write("swiftletd: \(error)\n")
    exit(1)
}
