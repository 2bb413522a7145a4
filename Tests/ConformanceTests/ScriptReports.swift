import Synchronization

@testable import Conformance

/// The report of each script: run once, whoever asks first.
final class ScriptReports: Sendable {
    static let shared = ScriptReports()

    private final class Slot: Sendable {
        let report = Mutex<Result<ScriptRunner.Report, any Error>?>(nil)
    }

    private let slots = Mutex<[String: Slot]>([:])

    /// Runs `script`, or waits for the one that is running it.
    func report(_ script: Script) throws -> ScriptRunner.Report {
        let slot = slots.withLock { slots in
            let slot = slots["\(script.set)/\(script.name)"] ?? Slot()
            slots["\(script.set)/\(script.name)"] = slot
            return slot
        }
        return try slot.report.withLock { report in
            if let report { return try report.get() }
            let result = Result { try ScriptRunner.run(script) }
            report = result
            return try result.get()
        }
    }
}
