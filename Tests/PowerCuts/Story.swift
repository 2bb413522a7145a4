import KubeModel
import StateStore

/// What was published about pods, in order, and what may therefore be in a database.
struct Story {
    /// One version of a pod.
    struct Version: Equatable {
        var uid: String
        var version: String
        /// The text that its container prints; nil for the wish that it end.
        var text: String?
        /// Whether it runs until it is stopped.
        var isLasting = true
    }

    /// A version as a place in the order of those of one pod; -1 is before the first.
    private(set) var pods: [String: [Version]] = [:]

    /// Notes that a version is about to be published.
    mutating func publish(_ pod: String, _ version: Version) {
        pods[pod, default: []].append(version)
    }

    /// The text that a stored pod should print; nil where it is not to run for ever.
    func text(of pod: String, uid: String, version: String) -> String? {
        pods[pod]?.first { $0.uid == uid && $0.version == version && $0.isLasting }?.text
    }

    /// What is wrong with what is stored after everything in `acknowledged` was said; nothing may be older.
    func problems(stored: [DesiredObject], acknowledged: [Acknowledgement]) -> [String] {
        var problems: [String] = []
        var known: Set<String> = []
        for (pod, versions) in pods.sorted(by: { $0.key < $1.key }) {
            let least = leastVersion(of: pod, versions, acknowledged, &problems)
            let found = stored.filter { $0.kind == .pod && $0.name == pod }
            known.insert(pod)
            guard let row = found.first else {
                let mayBeGone =
                    least.isGone
                    || versions[max(0, least.index)...].contains {
                        $0.text == nil
                    }
                if least.index >= 0, !mayBeGone {
                    problems.append("\(pod): \(versions[least.index]) was acknowledged and is gone")
                }
                continue
            }
            let index = versions.lastIndex {
                $0.uid == row.uid && $0.version == row.resourceVersion
            }
            // An end that was told may be told again: what must not come back is the pod.
            let isEnding = row.deletionRequestedAt != nil
            if let index, index > least.index { continue }
            if index == least.index, index != nil, !least.isGone || isEnding { continue }
            problems.append(
                "\(pod): stored is \(row.uid) \(row.resourceVersion), acknowledged was "
                    + "\(least.index < 0 ? "nothing" : "\(versions[least.index])")"
                    + (least.isGone ? ", and its end" : "")
            )
        }
        for row in stored where row.kind == .pod && !known.contains(row.name) {
            problems.append("\(row.name): nobody published it")
        }
        return problems
    }

    private func leastVersion(
        of pod: String,
        _ versions: [Version],
        _ acknowledged: [Acknowledgement],
        _ problems: inout [String]
    ) -> (index: Int, isGone: Bool) {
        var least = (index: -1, isGone: false)
        for acknowledgement in acknowledged where acknowledgement.pod == pod {
            let index = versions.lastIndex {
                $0.uid == acknowledgement.uid && $0.version == acknowledgement.version
            }
            guard let index else {
                problems.append("\(acknowledgement) was never published")
                continue
            }
            if index > least.index { least = (index, false) }
            if index == least.index, acknowledgement.isEnd { least.isGone = true }
        }
        return least
    }
}
