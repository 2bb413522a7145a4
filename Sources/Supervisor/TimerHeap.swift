/// When which pod wants to be looked at: all timers of the daemon.
///
/// A pod whose time has changed is simply put in again; what is out of date is left out when it comes
/// up, because the pod itself knows its time.
struct TimerHeap {
    private struct Entry {
        var at: Int64
        var uid: String
    }

    // A binary heap, the earliest first.
    private var entries: [Entry] = []
    private var latest: [String: Int64] = [:]

    /// The earliest time of all; nil for none.
    var next: Int64? { entries.first?.at }

    /// Wakes a pod at a time; nil takes its timer away.
    mutating func set(_ uid: String, at time: Int64?) {
        guard latest[uid] != time else { return }
        latest[uid] = time
        guard let time else { return dropStale() }
        entries.append(Entry(at: time, uid: uid))
        rise(from: entries.count - 1)
        dropStale()
    }

    /// Takes out all pods whose time has come.
    mutating func due(at now: Int64) -> [String] {
        var due: [String] = []
        while let first = entries.first, first.at <= now {
            removeFirst()
            guard latest[first.uid] == first.at else { continue }
            latest[first.uid] = nil
            due.append(first.uid)
        }
        dropStale()
        return due
    }

    private mutating func dropStale() {
        while let first = entries.first, latest[first.uid] != first.at { removeFirst() }
        // Why: entries that are out of date must not add up while an early one stays on top.
        if entries.count > 2 * latest.count + 64 {
            entries = latest.map { Entry(at: $0.value, uid: $0.key) }.sorted { $0.at < $1.at }
        }
    }

    private mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        sink(from: 0)
    }

    private mutating func rise(from start: Int) {
        var index = start
        while index > 0, entries[index].at < entries[(index - 1) / 2].at {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(from start: Int) {
        var index = start
        while true {
            let children = [2 * index + 1, 2 * index + 2].filter { $0 < entries.count }
            guard let least = children.min(by: { entries[$0].at < entries[$1].at }),
                entries[least].at < entries[index].at
            else { return }
            entries.swapAt(index, least)
            index = least
        }
    }
}
