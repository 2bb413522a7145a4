/// What a timer is for.
enum TimerKey: Hashable, Sendable {
    /// A pod wants to be looked at.
    case pod(String)
    /// The node is to be measured again.
    case node
    /// What pods have written is to be measured again.
    case storage
    /// What is stored is to be reported again.
    case report
    /// The next group of pods ends with the machine.
    case shutdown
}

/// When what wants to be looked at: all timers of the daemon.
///
/// What has another time now is simply put in again; what is out of date is left out when it comes up.
struct TimerHeap {
    private struct Entry {
        var at: Int64
        var key: TimerKey
    }

    // A binary heap, the earliest first.
    private var entries: [Entry] = []
    private var latest: [TimerKey: Int64] = [:]

    /// The earliest time of all; nil for none.
    var next: Int64? { entries.first?.at }

    /// Wakes a pod at a time; nil takes its timer away.
    mutating func set(_ uid: String, at time: Int64?) { set(.pod(uid), at: time) }

    /// Wakes something at a time; nil takes its timer away.
    mutating func set(_ key: TimerKey, at time: Int64?) {
        guard latest[key] != time else { return }
        latest[key] = time
        guard let time else { return dropStale() }
        entries.append(Entry(at: time, key: key))
        rise(from: entries.count - 1)
        dropStale()
    }

    /// Takes out everything whose time has come.
    mutating func due(at now: Int64) -> [TimerKey] {
        var due: [TimerKey] = []
        while let first = entries.first, first.at <= now {
            removeFirst()
            guard latest[first.key] == first.at else { continue }
            latest[first.key] = nil
            due.append(first.key)
        }
        dropStale()
        return due
    }

    private mutating func dropStale() {
        while let first = entries.first, latest[first.key] != first.at { removeFirst() }
        // Why: entries that are out of date must not add up while an early one stays on top.
        if entries.count > 2 * latest.count + 64 {
            entries = latest.map { Entry(at: $0.value, key: $0.key) }.sorted { $0.at < $1.at }
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
