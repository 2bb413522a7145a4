internal import Dispatch

/// Runs the store's jobs one after another on a queue that is allowed to block.
final class DatabaseThread: SerialExecutor {
    private let queue = DispatchQueue(label: "state-store")

    // Safety: each job is run once, here, and the queue keeps this executor alive until then.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
