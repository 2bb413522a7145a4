/// Puts the parts of one answer into order: QoS 1 may bring one twice.
actor ReplyFeed {
    private var messages: AsyncStream<InboundMessage>.Iterator
    private var lastNumber: Int64 = 0

    init(_ messages: AsyncStream<InboundMessage>) {
        self.messages = messages.makeAsyncIterator()
    }

    /// The next part; nil when the connection has ended.
    func next() async -> ReplyPart? {
        while true {
            var iterator = messages
            let message = await iterator.next(isolation: self)
            messages = iterator
            guard let message else { return nil }
            // Why not only the very next: a part that the reader was too slow for is lost, and the
            // text goes on without it; the gap shows in its number.
            guard let part = ReplyPart(payload: message.payload), part.number > lastNumber else {
                continue
            }
            lastNumber = part.number
            return part
        }
    }
}
