internal import Documents

/// The last run of containers that a newer spec has no more.
///
/// Why: one that comes back, in a later version or by going back to an earlier one, must not count from
/// one again: the folder, the log and the exit record of its first run are still there.
struct RetiredRuns: Equatable, Sendable {
    private struct Run: Equatable, Sendable {
        var name: String
        var attempt: Int64
    }

    // Why: names come from outside, and a spec of 64 other containers is not one that changed.
    private static let runsMax = 64

    private var runs: [Run] = []

    /// Remembers a container that goes.
    mutating func retire(_ container: ContainerLifecycle) {
        guard container.attempt > 0 else { return }
        runs.removeAll { $0.name == container.name }
        if runs.count == Self.runsMax { runs.removeFirst() }
        runs.append(Run(name: container.name, attempt: container.attempt))
    }

    /// Lets a container that comes go on counting.
    mutating func revive(_ container: inout ContainerLifecycle) {
        guard container.attempt == 0,
            let index = runs.firstIndex(where: { $0.name == container.name })
        else { return }
        container.attempt = runs.remove(at: index).attempt
        container.isAttemptUsed = true
    }

    var record: Document? {
        guard !runs.isEmpty else { return nil }
        return .array(runs.map { ["name": .string($0.name), "attempt": .integer($0.attempt)] })
    }

    init() {}

    init(_ reader: DocumentReader) throws(FieldError) {
        for run in try reader.elements() {
            let name = try run.required("name").string()
            let attempt = try run.required("attempt").integer(in: 1...Int64.max - 1)
            if runs.count < Self.runsMax { runs.append(Run(name: name, attempt: attempt)) }
        }
    }
}
