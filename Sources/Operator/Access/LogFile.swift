import Documents
import Host

/// Where a container's log lies: `LOGS/NAMESPACE_NAME_UID/CONTAINER/ATTEMPT.log`.
struct LogFile: Equatable {
    /// The folder with one file for each run of the container.
    var directory: String
    /// The run that is or was the last, as far as the report knows: it counts restarts.
    var attempt: Int64

    /// The place for a question.
    init(pod: Document, question: LogQuestion, directory: String) throws(OperatorError) {
        let view = ObjectView(pod)
        let statuses =
            (view.status?["containerStatuses"]?.array ?? [])
            + (view.status?["initContainerStatuses"]?.array ?? [])
        let main = Self.names(view.spec?["containers"] ?? view.status?["containerStatuses"])
        let all = main + Self.names(view.spec?["initContainers"])
        guard let name = question.container ?? (main.count == 1 ? main[0] : nil) else {
            throw .usage("choose a container with -c: \(all.joined(separator: ", "))")
        }
        // The uid came over the network, and becomes a folder's name.
        guard all.contains(name), let uid = view.uid, !uid.contains("/") else {
            throw .notFound(kind: "container", name: name)
        }
        let folder = "\(view.namespace)_\(view.name)_\(uid)"
        self.directory = "\(directory)/\(folder)/\(name)"
        let status = statuses.first { $0["name"]?.string == name }
        attempt = max(0, status?["restartCount"]?.integer ?? 0)
    }

    private static func names(_ containers: Document?) -> [String] {
        (containers?.array ?? []).compactMap { $0["name"]?.string }
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
