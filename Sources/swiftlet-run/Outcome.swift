import Host
import Wasm

/// How a run ended.
struct Outcome {
    /// Exit codes of our own.
    enum Code {
        /// The module was refused.
        static let refused: Int32 = 1
        // Source: sysexits.h.
        /// The command line is wrong.
        static let usage: Int32 = 64
        /// Another process runs this instance; it may be tried again.
        static let held: Int32 = 75
        /// The guest trapped: 128 + SIGABRT, as other runtimes have it.
        static let trap: Int32 = 134
    }

    var exitCode: Int32
    var signal: Int32 = 0
    var reason: ExitRecord.Reason
    var message = ""

    /// What it means that the guest's entry returned.
    static let completed = Outcome(exitCode: 0, reason: .completed)

    init(exitCode: Int32, reason: ExitRecord.Reason, message: String = "") {
        self.exitCode = exitCode
        self.reason = reason
        self.message = message
    }

    init(_ error: RunError) {
        if case .instantiation(.trap(let trap)) = error {
            self.init(trap, endedBy: 0, timeIsUp: false)
            return
        }
        self.init(exitCode: Code.refused, reason: .loadError, message: "\(error)")
        if case .instantiation(.limit) = error { reason = .outOfMemory }
    }

    /// What a trap means; `signal` is the one that told us to end, or 0.
    init(_ trap: Trap, endedBy signal: Int32, timeIsUp: Bool) {
        if let code = trap.exitCode {
            // The system keeps eight bits of it.
            let kept = code & 0xFF
            self.init(exitCode: kept, reason: kept == 0 ? .completed : .error)
            return
        }
        guard trap.reason != .interrupted || signal == 0 || timeIsUp else {
            self.init(exitCode: 128 + signal, reason: .error, message: "ended by signal \(signal)")
            self.signal = signal
            return
        }
        let reason: ExitRecord.Reason =
            if timeIsUp {
                .timeLimit
            } else if trap.reason == .fuelExhausted {
                .fuelExhausted
            } else if trap.reason == .outOfMemory {
                .outOfMemory
            } else {
                .trap
            }
        let head = timeIsUp ? "time limit exceeded" : "trap: \(trap)"
        let places = trap.backtrace.map { frame in
            "    at " + (frame.functionName ?? "function \(frame.functionIndex)")
        }
        self.init(
            exitCode: Code.trap,
            reason: reason,
            message: ([head] + places).joined(separator: "\n")
        )
    }
}
