internal import KubeModel
internal import Lifecycle

/// How often the same thing has happened: what happens again is the same event with a higher number.
///
/// Not every number is told: a probe that fails every ten seconds for a week costs the disk and the link
/// a few events an hour. Source of the idea: Kubernetes' event correlator.
struct EventTally {
    /// What makes two events the same.
    struct Key: Hashable {
        var object: ObjectReference
        var container: String?
        var reason: String
        var message: String
    }

    /// One event, as it is to be told now.
    struct Entry: Equatable {
        var name: String
        var firstAt: Timestamp
        var count: Int64
        var seenAt: Int64
        var toldAt: Int64
    }

    // Why: some for each of the pods that a gateway has; beyond it the longest unseen begins anew.
    static let entriesMax = 512
    // Why: a controller that shows ten minutes as old finds it fresh.
    static let tellAgainNanoseconds: Int64 = 600_000_000_000
    // Source: Kubernetes keeps events for an hour; what happens after that is news.
    static let forgetNanoseconds: Int64 = 3_600_000_000_000

    private var entries: [Key: Entry] = [:]

    /// Counts one; answers the event if it is to be told: the first, the second, the fourth, the
    /// eighth …, and after ten minutes of silence.
    mutating func add(_ key: Key, named name: String, at now: Moment) -> Entry? {
        let time = now.monotonicNanoseconds
        guard var entry = entries[key], time - entry.seenAt < Self.forgetNanoseconds else {
            makeRoom()
            let entry = Entry(name: name, firstAt: now.wall, count: 1, seenAt: time, toldAt: time)
            entries[key] = entry
            return entry
        }
        entry.count += 1
        entry.seenAt = time
        let isRound = entry.count & (entry.count - 1) == 0
        let isDue = isRound || time - entry.toldAt >= Self.tellAgainNanoseconds
        if isDue { entry.toldAt = time }
        entries[key] = entry
        return isDue ? entry : nil
    }

    private mutating func makeRoom() {
        guard entries.count >= Self.entriesMax,
            let oldest = entries.min(by: { $0.value.seenAt < $1.value.seenAt })
        else { return }
        entries[oldest.key] = nil
    }
}
