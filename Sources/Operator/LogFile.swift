import Documents
import Host

/// Where a container's log lies: `LOGS/NAMESPACE_NAME_UID/CONTAINER/ATTEMPT.log`.
struct LogFile: Equatable {
    /// The folder with one file for each run of the container.
    var directory: String
    /// The run that is or was the last, as far as the report knows: it counts restarts.
    var attempt: Int64

    /// The place for a question; `nil` when the pod has no such container.
    init?(pod: Document, question: LogQuestion, directory: String) {
        let view = ObjectView(pod)
        let statuses =
            (view.status?["containerStatuses"]?.array ?? [])
            + (view.status?["initContainerStatuses"]?.array ?? [])
        let specs =
            (view.spec?["containers"]?.array ?? []) + (view.spec?["initContainers"]?.array ?? [])
        let names = (specs.isEmpty ? statuses : specs).compactMap { $0["name"]?.string }
        guard let name = question.container ?? names.first, names.contains(name),
            let uid = view.uid
        else { return nil }
        let folder = "\(view.namespace)_\(view.name)_\(uid)"
        self.directory = "\(directory)/\(folder)/\(name)"
        let status = statuses.first { $0["name"]?.string == name }
        attempt = max(0, status?["restartCount"]?.integer ?? 0)
    }

    /// The file of the last run, or of the one before it; `nil` when there is none.
    func path(isPrevious: Bool) -> String? {
        // Why one more: a daemon that was killed may have begun a run it has not reported.
        let last = [attempt &+ 1, attempt].first { Self.exists("\(directory)/\($0).log") }
        guard let last else { return nil }
        guard isPrevious else { return "\(directory)/\(last).log" }
        let before = "\(directory)/\(last - 1).log"
        return last > 0 && Self.exists(before) ? before : nil
    }

    private static func exists(_ path: String) -> Bool { FileTime.modified(path) != nil }
}

extension LogQuestion {
    /// The oldest time that is wanted, in nanoseconds since 1970.
    func sinceNanoseconds(now: Int64) -> Int64 {
        guard let sinceSeconds else { return .min }
        // More than thirty years ask for all there is.
        return now &- min(max(sinceSeconds, 0), 1_000_000_000) * 1_000_000_000
    }
}
