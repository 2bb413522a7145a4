/// Lets a number of tasks through at once; the others wait in the order they came.
actor Turnstile {
    private var freeCount: Int
    private var queue: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { freeCount = count }

    /// Does the work when its turn has come.
    nonisolated func pass<Success: Sendable>(
        _ work: @Sendable () async -> Success
    ) async -> Success {
        await enter()
        let result = await work()
        await leave()
        return result
    }

    private func enter() async {
        guard freeCount == 0 else {
            freeCount -= 1
            return
        }
        await withCheckedContinuation { queue.append($0) }
    }

    private func leave() {
        // The turn passes from hand to hand; only when nobody waits is it free.
        if queue.isEmpty { freeCount += 1 } else { queue.removeFirst().resume() }
    }
}
