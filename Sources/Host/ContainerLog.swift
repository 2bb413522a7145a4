/// A container's log, for reading: the whole of it, its end, or what comes as it comes.
///
///     for try await entry in ContainerLog.read(path, tail: 10) { … }
public struct ContainerLog: AsyncSequence {
    /// One line, or a part of one.
    public typealias Element = ContainerLogEntry
    /// Why the log cannot be read on.
    public typealias Failure = HostError

    private let path: String
    private let tail: Int?
    private let sinceNanoseconds: Int64
    private let hasEnded: (@Sendable () -> Bool)?

    // Why: a person who follows a log does not see less than this; each look is one read(2).
    private static let lookAgainAfter = Duration.milliseconds(100)

    /// Reads `path` and its older files (`path.1`, …).
    ///
    /// - Parameters:
    ///   - path: The newest file; it need not exist yet.
    ///   - tail: How many of the last lines to start with; all that are kept when `nil`.
    ///   - sinceNanoseconds: Leaves out what is older; wall time since 1970.
    ///   - hasEnded: `nil`: ends at the present end of the log. Otherwise waits there for more until
    ///     this says that nobody writes any more, or the task is cancelled.
    /// - Returns: The entries, oldest first; read as they are asked for.
    public static func read(
        _ path: String,
        tail: Int? = nil,
        sinceNanoseconds: Int64 = .min,
        followUntil hasEnded: (@Sendable () -> Bool)? = nil
    ) -> ContainerLog {
        ContainerLog(
            path: path,
            tail: tail,
            sinceNanoseconds: sinceNanoseconds,
            hasEnded: hasEnded
        )
    }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator {
        Iterator(
            reader: ContainerLogReader(path: path, tail: tail, sinceNanoseconds: sinceNanoseconds),
            hasEnded: hasEnded
        )
    }

    /// Reads one log once.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let reader: ContainerLogReader
        fileprivate let hasEnded: (@Sendable () -> Bool)?

        /// The next entry; waits for it when the log is followed.
        public mutating func next() async throws(HostError) -> ContainerLogEntry? {
            while true {
                if let entry = try reader.next() { return entry }
                guard let hasEnded, !Task.isCancelled else { return nil }
                // Asked first: what was written before the end is then seen by the last look.
                if hasEnded() { return try reader.next() }
                do {
                    try await Task.sleep(for: lookAgainAfter)
                } catch {
                    return nil
                }
            }
        }
    }
}
