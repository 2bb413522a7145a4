internal import Dispatch

/// Runs work that blocks on files, away from the threads that the rest of the daemon shares.
struct Workshop: Sendable {
    // Why serial: one disk; and two preparations of one container must never meet.
    private let queue = DispatchQueue(label: "files")

    /// Does the work and answers with what came out.
    func run<Success: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        let result: Result<Success, Failure> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(Failure) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
