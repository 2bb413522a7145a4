import ArgumentParser
import Host
import Operator

extension ParsableCommand {
    /// Carries a verb out, and ends the program with the error's own exit code.
    func run(
        _ options: NodeOptions,
        _ verb: (Session) async throws(OperatorError) -> Void
    ) async throws {
        try await reporting { () throws(OperatorError) in
            try await verb(Session(reach: try options.reach(), console: .standard))
        }
    }

    /// Does something, and ends the program with the error's own exit code.
    func reporting(_ body: () async throws(OperatorError) -> Void) async throws {
        do throws(OperatorError) { try await body() } catch {
            Console.standard.remark("error: \(error)")
            throw ExitCode(error.exitCode)
        }
    }
}

/// Carries out something that needs no node, and ends the program with the error's own exit code.
func finish(_ body: () throws(OperatorError) -> Void) throws {
    do throws(OperatorError) { try body() } catch {
        Console.standard.remark("error: \(error)")
        throw ExitCode(error.exitCode)
    }
}

extension Console {
    /// The program's own streams and the machine's clock.
    static let standard = Console(
        output: { StandardStream.output.write($0) },
        remark: { _ = StandardStream.error.write($0) },
        now: { Clock.wallNanoseconds() }
    )
}
