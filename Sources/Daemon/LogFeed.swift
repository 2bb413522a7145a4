internal import Host

/// A container's log as chunks of an answer: plain text, without times.
actor LogFeed {
    private var entries: ContainerLog.Iterator
    private let follows: Bool
    private var isOver = false

    // Why: enough to make few writes, little enough for thirty readers at once.
    private static let chunkBytesMax = 32_768

    init(_ log: ContainerLog, follows: Bool) {
        entries = log.makeAsyncIterator()
        self.follows = follows
    }

    /// The next chunk; nil at the end.
    ///
    /// Who follows gets each line as it comes.
    func next() async -> [UInt8]? {
        guard !isOver else { return nil }
        var chunk: [UInt8] = []
        var entries = entries
        repeat {
            guard let entry = try? await entries.next() else {
                isOver = true
                break
            }
            chunk += entry.text
            if !entry.isPartial { chunk.append(0x0A) }
        } while !follows && chunk.count < Self.chunkBytesMax
        self.entries = entries
        return chunk.isEmpty ? nil : chunk
    }
}
