/// Watches what a node is short of, and says when a pod has to go: a pure rule, fed with measurements.
///
/// Source: Kubernetes, "Node-pressure Eviction": hard and soft thresholds, minimum reclaim, and a
/// transition period that keeps conditions from flapping.
public struct NodeEviction: Equatable, Sendable {
    /// What an operator can set.
    public struct Settings: Equatable, Sendable {
        /// From where on pods go; several of one signal may stand side by side.
        public var thresholds: [EvictionThreshold]
        /// Seconds that a condition stays after the last time it was met.
        public var transitionSeconds: Int64
        /// The longest grace of a pod that is evicted for a soft threshold, in seconds.
        public var podGraceSecondsMax: Int64

        /// Settings; the kubelet's, where nothing is said, but for the thresholds: none.
        public init(
            thresholds: [EvictionThreshold] = [],
            transitionSeconds: Int64 = 300,
            podGraceSecondsMax: Int64 = 0
        ) {
            self.thresholds = thresholds
            self.transitionSeconds = transitionSeconds
            self.podGraceSecondsMax = podGraceSecondsMax
        }
    }

    /// Something must be freed now.
    public struct Shortage: Equatable, Sendable {
        /// Which threshold is crossed.
        public var threshold: EvictionThreshold
        /// The threshold as an amount.
        public var quantity: Int64
        /// What is left.
        public var available: Int64
    }

    /// What an operator has set.
    public var settings: Settings
    /// What the node is short of, or was a moment ago.
    public private(set) var pressures: Set<NodePressure> = []
    // By place in `settings.thresholds`: which are crossed, since when; and when each condition was last met.
    private var metSince: [Int: Int64] = [:]
    private var lastMet: [NodePressure: Int64] = [:]

    /// A watch that has seen nothing yet.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// Takes a measurement; answers with what must be freed, the most urgent only: memory before disk
    /// before process ids, and at once before in a while.
    public mutating func look(_ reading: NodeReading, at now: Moment) -> Shortage? {
        let time = now.monotonicNanoseconds
        var due: [Int] = []
        for (index, threshold) in settings.thresholds.enumerated() {
            // One that was crossed counts as crossed until the minimum is reclaimed, too.
            let isMet = reading.isShort(threshold, withReclaim: metSince[index] != nil)
            guard isMet else {
                // Why: what could not be measured this time is neither short nor enough.
                if reading.amounts[threshold.signal] != nil { metSince[index] = nil }
                continue
            }
            let since = metSince[index] ?? time
            metSince[index] = since
            lastMet[threshold.signal.pressure] = time
            let grace = nanoseconds(ofSeconds: threshold.graceSeconds ?? 0)
            if time - since >= grace { due.append(index) }
        }
        let transition = nanoseconds(ofSeconds: settings.transitionSeconds)
        lastMet = lastMet.filter { pressure, last in
            time - last < transition
                || metSince.keys.contains { settings.thresholds[$0].signal.pressure == pressure }
        }
        pressures = Set(lastMet.keys)
        return due.min { rank($0) < rank($1) }.flatMap { shortage($0, reading) }
    }

    private func rank(_ index: Int) -> (Int, Int, Int) {
        let threshold = settings.thresholds[index]
        let signals = EvictionSignal.allCases
        return (
            signals.firstIndex(of: threshold.signal) ?? signals.count, threshold.isHard ? 0 : 1,
            index
        )
    }

    private func shortage(_ index: Int, _ reading: NodeReading) -> Shortage? {
        let threshold = settings.thresholds[index]
        guard let amount = reading.amounts[threshold.signal] else { return nil }
        return Shortage(
            threshold: threshold,
            quantity: threshold.amount.count(of: amount.capacity),
            available: amount.available
        )
    }
}
