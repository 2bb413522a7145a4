internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging

extension Supervisor {
    /// Seconds that ``shutDown()`` may take.
    public nonisolated var shutdownGraceSeconds: Int64 {
        NodeShutdown(groups: configuration.node.shutdownGroups).graceSeconds
    }

    /// Ends all pods because the machine goes down, by priority, each group in its time; comes back when
    /// they have ended or their times are over, or when ``run(onRecovered:)`` ends.
    ///
    /// They begin again with the next life of the daemon.
    public func shutDown() async {
        post.yield(.shutDown)
        for await _ in isDown {}
    }

    func beginShutdown() {
        guard shutdown == nil else { return }
        logger.notice("the machine goes down: pods end", metadata: ["pods": "\(node.pods.count)"])
        shutdown = NodeShutdown(groups: configuration.node.shutdownGroups)
        node.admission.isShuttingDown = true
        effects.append(.publishNode)
    }

    /// Goes as far as it can: the next group ends when the one before has, or its time is over.
    func advanceShutdown() async {
        while var shutdown {
            let due = shutdown.advance(Array(node.pods.values), at: clock())
            self.shutdown = shutdown
            timers.set(.shutdown, at: shutdown.wakeAt)
            guard shutdown.wakeAt != nil else { return tellDown.finish() }
            guard !due.isEmpty else { return }
            for (uid, verdict) in due {
                await carryOut(node.fail(uid, verdict, at: clock()), touching: [uid])
            }
            // Once more: those that had no process have ended already.
        }
    }
}
