internal import Documents
internal import Host
internal import KubeModel
internal import Synchronization
internal import Uplink

/// Writes one answer, part by part, no faster and no longer than is allowed.
actor ReplyWriter {
    /// What all answers of this node share.
    final class Allowance: Sendable {
        /// Bytes of text that one answer may have.
        let byteCountMax: Int64
        private let budget: Mutex<ReplyBudget>

        init(byteCountMax: Int64, bytesPerSecond: UInt64) {
            self.byteCountMax = byteCountMax
            // Why a second's worth at once: a short answer should not crawl.
            budget = Mutex(ReplyBudget(bytesPerSecond: bytesPerSecond, burstBytes: bytesPerSecond))
        }

        /// Waits until so many bytes may go.
        func wait(for byteCount: Int) async {
            let now = UInt64(clamping: Clock.boottimeNanoseconds())
            let pause = budget.withLock { $0.take(byteCount, at: now) }
            guard pause > 0 else { return }
            let span = Duration.nanoseconds(Int64(clamping: pause))
            try? await Task.sleep(for: span)
        }
    }

    nonisolated let allowance: Allowance
    private let topic: String
    private let responseTopic: String?
    private let correlationData: [UInt8]?
    private let queue: ReplyQueue
    private let isCancelled = Mutex(false)
    private var lastNumber: Int64 = 0
    private var isOver = false

    /// A writer for the asker of `message`.
    init(
        id: String,
        message: InboundMessage,
        nodeTopics: NodeTopics,
        queue: ReplyQueue,
        allowance: Allowance
    ) {
        topic = TopicName.reply(id: id).path
        responseTopic = message.responseTopic.flatMap { nodeTopics.responseTopic($0, id: id) }
        correlationData = message.correlationData
        self.queue = queue
        self.allowance = allowance
    }

    /// Ends the answer at the next part.
    nonisolated func cancel() { isCancelled.withLock { $0 = true } }

    /// Whether nobody wants it any more.
    nonisolated var isUnwanted: Bool { isCancelled.withLock { $0 } || Task.isCancelled }

    /// Sends a piece of a log; `time` is when its last line was written.
    ///
    /// - Returns: Whether to go on.
    func send(_ bytes: [UInt8], time: Timestamp?) async -> Bool {
        guard !isUnwanted else { return false }
        var part = next(isLast: false)
        part.bytes = bytes
        part.time = time
        return await send(part)
    }

    /// Sends the last part.
    func finish(
        _ bytes: [UInt8] = [],
        time: Timestamp? = nil,
        result: Document? = nil,
        isTruncated: Bool = false
    ) async {
        var part = next(isLast: true)
        part.bytes = bytes
        part.time = time
        part.result = result
        part.isTruncated = isTruncated
        _ = await send(part)
    }

    /// Sends the last part: why it was not done.
    func fail(_ error: RequestError) async {
        var part = next(isLast: true)
        part.error = .init(reason: error.reason, message: error.description)
        _ = await send(part)
    }

    private func next(isLast: Bool) -> ReplyPart {
        lastNumber += 1
        return ReplyPart(number: lastNumber, isLast: isLast)
    }

    private func send(_ part: ReplyPart) async -> Bool {
        guard !isOver else { return false }
        isOver = part.isLast
        let payload = part.payload
        await allowance.wait(for: payload.count)
        return await queue.add(
            OutboundMessage(
                topic: topic,
                payload: payload,
                isRetained: false,
                isUrgent: false,
                responseTopic: responseTopic,
                correlationData: correlationData
            )
        )
    }
}

/// Which topics belong to this node.
struct NodeTopics: Equatable, Sendable {
    var prefix: String
    var nodeName: String

    /// Where an answer may go: what was asked for, unless it would be taken for something else.
    ///
    /// Below our prefix that is `replies/ID` of this node only: an asker must not make us write a
    /// status, or another node's wishes. Elsewhere the broker's ACL decides.
    func responseTopic(_ topic: String, id: String) -> String? {
        guard !topic.contains(where: { "+#\0".contains($0) }), !topic.hasPrefix("$") else {
            return nil
        }
        guard topic == prefix || topic.hasPrefix(prefix + "/") else { return topic }
        return topic == "\(prefix)/\(nodeName)/\(TopicName.reply(id: id).path)" ? topic : nil
    }
}
