internal import Host
internal import KubeModel
internal import Lifecycle

/// What became of a run, from all that can be known about it.
struct Ending {
    /// What the kernel told, if we were there to hear it.
    var exit: ProcessExit = .unknown
    /// What the runner wrote down.
    var record: ExitRecord?
    /// Whether the kernel ended the run's control group because of its memory limit.
    var isOutOfMemory = false
    /// Whether the machine was started anew since.
    var isReboot = false
    /// When the run began, as far as is known.
    var startedAt: Timestamp?
    /// Now.
    var now: Timestamp
    /// The run's name in the status.
    var containerID: String

    /// The end as the status shows it.
    ///
    /// Without a record and without a parent to be told, an end is 137 and says so.
    var event: ContainerLifecycle.Ending {
        if let record { return recorded(record) }
        var end = ContainerState.Termination(exitCode: 137, reason: "Error")
        end.startedAt = startedAt
        end.finishedAt = now
        end.containerID = containerID
        if isReboot {
            end.message = "the node was started again"
            return .init(end, isReboot: true)
        }
        if isOutOfMemory {
            end.reason = "OOMKilled"
            end.signal = 9
            end.message = "the kernel ended it: its control group reached memory.max"
            return .init(end)
        }
        switch exit {
        case .unknown: end.message = "no exit record"
        case .signalled(let number):
            end.exitCode = 128 &+ number
            end.signal = number
        case .exited(let code):
            end.exitCode = code
            end.message = "swiftlet-run ended with \(code) and left no exit record"
        }
        return .init(end)
    }

    private func recorded(_ record: ExitRecord) -> ContainerLifecycle.Ending {
        let reason =
            switch record.reason {
            case .completed: "Completed"
            case .outOfMemory: "OOMKilled"
            case .error, .trap, .timeLimit, .fuelExhausted: "Error"
            case .loadError: "StartError"
            }
        let end = ContainerState.Termination(
            exitCode: record.exitCode,
            signal: record.signal == 0 ? nil : record.signal,
            reason: reason,
            message: record.message.isEmpty ? nil : record.message,
            startedAt: Timestamp(nanosecondsSinceEpoch: record.startedAtNanoseconds),
            finishedAt: Timestamp(nanosecondsSinceEpoch: record.finishedAtNanoseconds),
            containerID: containerID
        )
        return .init(end, isLoadError: record.reason == .loadError)
    }
}
