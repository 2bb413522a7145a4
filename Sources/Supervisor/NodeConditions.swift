internal import KubeModel
internal import Lifecycle

/// What holds of the node, each with the time since when.
struct NodeConditions: Equatable, Sendable {
    private(set) var conditions: [PodCondition] = []

    /// Takes what holds now; answers whether anything has changed that readers look at.
    mutating func update(_ now: [PodCondition], at time: Timestamp) -> Bool {
        var hasChanged = now.count != conditions.count
        var next: [PodCondition] = []
        for var condition in now {
            let before = conditions.first { $0.type == condition.type }
            let isSame = before?.status == condition.status
            condition.lastTransitionTime = isSame ? before?.lastTransitionTime : time
            if !isSame || before?.reason != condition.reason { hasChanged = true }
            next.append(condition)
        }
        conditions = next
        return hasChanged
    }

    /// The times as one line for the database: `TYPE=STATUS@NANOSECONDS …`.
    var record: String {
        conditions.map { condition in
            let since = condition.lastTransitionTime?.nanosecondsSinceEpoch ?? 0
            return "\(condition.type)=\(condition.status.rawValue)@\(since)"
        }
        .joined(separator: " ")
    }

    /// Conditions as an earlier life of the daemon left them; what cannot be read begins anew.
    init(record: String = "") {
        for word in record.split(separator: " ") {
            guard let equals = word.firstIndex(of: "="), let at = word.lastIndex(of: "@"),
                equals < at,
                let status = PodCondition.Status(
                    rawValue: String(word[word.index(after: equals)..<at])
                ),
                let since = Int64(word[word.index(after: at)...])
            else { continue }
            conditions.append(
                PodCondition(
                    type: String(word[..<equals]),
                    status: status,
                    lastTransitionTime: Timestamp(nanosecondsSinceEpoch: since)
                )
            )
        }
    }

    /// Whether times can be believed; pods run all the same.
    static func clock(_ now: Timestamp) -> PodCondition {
        let isSet = now >= .believableMin
        return PodCondition(
            type: "swiftlet.dev/ClockSet",
            status: isSet ? .yes : .no,
            reason: isSet ? "ClockSet" : "ClockNotSet",
            message: isSet
                ? "the clock stands after 2020"
                : "the clock has not been set since the boot: times are not to be believed"
        )
    }

    /// What a kubelet says of pressures and of itself, in its words.
    static func standard(
        _ pressures: Set<NodePressure>,
        isShuttingDown: Bool
    ) -> [PodCondition] {
        let words: [(NodePressure, (String, String), (String, String))] = [
            (
                .memory,
                ("KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
                ("KubeletHasSufficientMemory", "kubelet has sufficient memory available")
            ),
            (
                .disk, ("KubeletHasDiskPressure", "kubelet has disk pressure"),
                ("KubeletHasNoDiskPressure", "kubelet has no disk pressure")
            ),
            (
                .processes, ("KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
                ("KubeletHasSufficientPID", "kubelet has sufficient PID available")
            ),
        ]
        var conditions = words.map { pressure, short, enough in
            let isShort = pressures.contains(pressure)
            return PodCondition(
                type: pressure.rawValue,
                status: isShort ? .yes : .no,
                reason: isShort ? short.0 : enough.0,
                message: isShort ? short.1 : enough.1
            )
        }
        conditions.append(
            PodCondition(
                type: "Ready",
                status: isShuttingDown ? .no : .yes,
                reason: isShuttingDown ? "KubeletNotReady" : "KubeletReady",
                message: isShuttingDown
                    ? "node is shutting down" : "kubelet is posting ready status"
            )
        )
        return conditions
    }
}
