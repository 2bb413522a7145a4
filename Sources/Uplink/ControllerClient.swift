import Dispatch
import Synchronization

/// The controller's side of the contract, for `swiftlet --broker`.
///
/// One short connection with a clean start and a random client id. Every call has a time-out, also
/// where a name look-up hangs: the connection blocks a thread of its own.
public final class ControllerClient: Sendable {
    private struct Stream: Sendable {
        var filter: TopicFilter
        var post: AsyncStream<InboundMessage>.Continuation
    }

    private struct Listing: Sendable {
        var filter: TopicFilter
        var messages: [String: InboundMessage] = [:]
    }

    private enum Answer: Sendable {
        case code(Int)
        case failed(UplinkError)
    }

    private struct State: Sendable {
        var connection: BrokerConnection?
        var nextToken = Token.firstOfOutbox
        var waiting: [Token: CheckedContinuation<Answer, Never>] = [:]
        var streams: [Token: Stream] = [:]
        var listings: [Token: Listing] = [:]
        /// Set once, when the connection has ended.
        var end: UplinkError?
        var isAccepted = false
    }

    private let configuration: UplinkConfiguration
    private let gate = InboundGate()
    private let thread = DispatchQueue(label: "controller-connection")
    private let timer = DispatchQueue(label: "controller-timer")
    private let state = Mutex(State())

    private static let connecting = Token(number: 1)
    private static let closing = Token(number: 2)

    /// A client that is not connected yet; it takes a random client id of its own.
    public init(configuration: UplinkConfiguration) {
        var random = SystemRandomNumberGenerator()
        var own = configuration
        own.clientID = "swiftlet-" + String(random.next() as UInt64, radix: 36)
        self.configuration = own
    }

    /// Connects, lets `body` use the connection, and ends it whatever came of that.
    public static func withConnection<R>(
        _ configuration: UplinkConfiguration,
        _ body: (ControllerClient) async throws -> R
    ) async throws -> R {
        let client = ControllerClient(configuration: configuration)
        try await client.connect()
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Connects; to be called once.
    ///
    /// - Throws: ``UplinkError`` when the broker cannot be reached, refuses, or does not answer.
    public func connect(timeoutSeconds: Int = 10) async throws(UplinkError) {
        let request = ConnectRequest(configuration: configuration, isCleanStart: true, will: nil)
        // Why weak: the connection's thread must not keep a forgotten client alive.
        let made = BrokerConnection(request, gate: gate) { [weak self] in self?.take($0) }
        state.withLock { $0.connection = made }
        do {
            _ = try await ask(Self.connecting, what: "answer to CONNECT", seconds: timeoutSeconds) {
                thread.async { made.run() }
            }
        } catch {
            made.abandon()
            throw error
        }
    }

    /// The retained messages that match a filter; empty when there are none.
    ///
    /// `filter` is a whole topic or a filter with `+` and `#`. No guess by time is made: a second
    /// subscription is sent behind the first, and a broker answers it after what the first has
    /// brought up. QoS 0, so that no window of unacknowledged messages holds a part of it back.
    public func retained(
        _ filter: String,
        timeoutSeconds: Int = 10
    ) async throws(UplinkError) -> [InboundMessage] {
        guard let checked = TopicFilter(filter) else { throw .malformedTopic(filter) }
        let token = makeToken()
        state.withLock { $0.listings[token] = Listing(filter: checked) }
        defer { state.withLock { _ = $0.listings.removeValue(forKey: token) } }
        try await subscribe(checked, token, .always, timeoutSeconds)
        try await subscribe(checked, makeToken(), .never, timeoutSeconds)
        let found = state.withLock { $0.listings[token]?.messages } ?? [:]
        return found.values.sorted { $0.topic < $1.topic }
    }

    /// Publishes and waits for the broker's PUBACK.
    ///
    /// An empty payload with `retain` clears the topic.
    ///
    /// - Throws: ``UplinkError/tooLarge(topic:byteCount:byteCountMax:)`` above 256 KiB (rule 8).
    public func publish(
        _ topic: String,
        payload: [UInt8],
        retain: Bool,
        timeoutSeconds: Int = 10
    ) async throws(UplinkError) {
        guard payload.count <= UplinkLimits.objectBytesMax else {
            throw .tooLarge(
                topic: topic,
                byteCount: payload.count,
                byteCountMax: UplinkLimits.objectBytesMax
            )
        }
        try await publishAnySize(topic, payload: payload, retain: retain, timeoutSeconds)
    }

    /// For tests of what a node does with objects that this client would never send.
    package func publishAnySize(
        _ topic: String,
        payload: [UInt8],
        retain: Bool,
        _ timeoutSeconds: Int = 10
    ) async throws(UplinkError) {
        let publication = Publication(topic: topic, payload: payload, isRetained: retain)
        try await publish(publication, timeoutSeconds)
    }

    /// Sends a request to a node, and gives its answer part by part as it comes.
    ///
    /// `id` names the request for good: a node acts on it once. The stream ends with the connection;
    /// the reader stops at the part that is the last.
    ///
    /// - Throws: ``UplinkError`` when the broker does not take it. That the node is there, nobody says.
    public func request(
        _ payload: [UInt8],
        id: String,
        expirySeconds: UInt32,
        timeoutSeconds: Int = 10
    ) async throws(UplinkError) -> AsyncStream<ReplyPart> {
        let node = "\(configuration.prefix)/\(configuration.nodeName)"
        let answers = "\(node)/\(TopicName.reply(id: id).path)"
        let messages = try await messages(answers, timeoutSeconds: timeoutSeconds)
        try await publish(
            Publication(
                topic: "\(node)/\(TopicName.request(id: id).path)",
                payload: payload,
                isRetained: false,
                responseTopic: answers,
                correlationData: Array(id.utf8),
                expirySeconds: expirySeconds
            ),
            timeoutSeconds
        )
        let feed = ReplyFeed(messages)
        return AsyncStream { await feed.next() }
    }

    private func publish(
        _ publication: Publication,
        _ timeoutSeconds: Int
    ) async throws(UplinkError) {
        let topic = publication.topic
        guard TopicFilter.isTopic(topic) else { throw .malformedTopic(topic) }
        let token = makeToken()
        let command = ConnectionCommand.publish(token, publication)
        let code = try await ask(token, what: "PUBACK for \(topic)", seconds: timeoutSeconds) {
            send(command, token)
        }
        guard code < 0x80 else { throw .notAllowed(topic: topic, code: code) }
    }

    /// Everything on a filter from now on, retained messages first; ends when the connection does.
    ///
    /// Returns after the broker has confirmed the subscription: what is published after that is
    /// seen. A reader that falls behind loses the oldest messages.
    public func messages(
        _ filter: String,
        timeoutSeconds: Int = 10
    ) async throws(UplinkError) -> AsyncStream<InboundMessage> {
        guard let checked = TopicFilter(filter) else { throw .malformedTopic(filter) }
        let (stream, post) = AsyncStream.makeStream(
            of: InboundMessage.self,
            bufferingPolicy: .bufferingNewest(UplinkLimits.controllerMessagesMax)
        )
        let token = makeToken()
        state.withLock { $0.streams[token] = Stream(filter: checked, post: post) }
        post.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.streams.removeValue(forKey: token) }
        }
        do {
            try await subscribe(checked, token, .always, timeoutSeconds)
        } catch {
            post.finish()
            throw error
        }
        return stream
    }

    /// Ends the connection in good order; streams end too.
    public func close() async {
        guard state.withLock({ $0.connection != nil && $0.end == nil }) else { return }
        _ = try? await ask(Self.closing, what: "end", seconds: 2) {
            send(.disconnect, Self.closing)
        }
        state.withLock { $0.connection }?.abandon()
    }

    private func subscribe(
        _ filter: TopicFilter,
        _ token: Token,
        _ handling: RetainHandling,
        _ seconds: Int
    ) async throws(UplinkError) {
        let command = ConnectionCommand.subscribe(
            token,
            filter: filter.text,
            qualityOfService: 0,
            handling
        )
        let code = try await ask(token, what: "SUBACK for \(filter.text)", seconds: seconds) {
            send(command, token)
        }
        guard code < 0x80 else { throw .notAllowed(topic: filter.text, code: code) }
    }

    private func makeToken() -> Token {
        state.withLock { state in
            defer { state.nextToken = state.nextToken.next }
            return state.nextToken
        }
    }

    private func send(_ command: ConnectionCommand, _ token: Token) {
        guard state.withLock({ $0.connection })?.send(command) != true else { return }
        let url = configuration.url
        answer(token, .failed(.disconnected(url, reason: "too many calls wait, or none was made")))
    }

    /// Begins something and waits for its answer, or for the time to be up.
    private func ask(
        _ token: Token,
        what: String,
        seconds: Int,
        begin: () -> Void
    ) async throws(UplinkError) -> Int {
        let answer = await withCheckedContinuation { continuation in
            let end = state.withLock { state in
                if state.end == nil { state.waiting[token] = continuation }
                return state.end
            }
            if let end {
                continuation.resume(returning: Answer.failed(end))
                return
            }
            begin()
            timer.asyncAfter(deadline: .now() + .seconds(seconds)) { [weak self] in
                self?.answer(token, .failed(.timedOut(what: what, seconds: seconds)))
            }
        }
        switch answer {
        case .code(let code): return code
        case .failed(let error): throw error
        }
    }

    private func answer(_ token: Token, _ answer: Answer) {
        state.withLock { $0.waiting.removeValue(forKey: token) }?.resume(returning: answer)
    }

    // On the connection's thread.
    private func take(_ event: ConnectionEvent) {
        switch event {
        case .transportReady: break
        case .connected:
            state.withLock { $0.isAccepted = true }
            answer(Self.connecting, .code(0))
        case .subscribed(let token, let code), .published(let token, let code):
            answer(token, .code(code))
        case .message(let message):
            take(message)
            _ = gate.leave(byteCount: message.payload.count)
        case .closed(let code, let reason):
            closed(code: code, reason: reason)
        }
    }

    private func take(_ message: InboundMessage) {
        let posts = state.withLock { state in
            for (token, listing) in state.listings
            where message.isRetained && listing.filter.matches(message.topic) {
                state.listings[token]?.messages[message.topic] = message
            }
            return state.streams.values.filter { $0.filter.matches(message.topic) }.map(\.post)
        }
        for post in posts { post.yield(message) }
    }

    private func closed(code: Int?, reason: String) {
        let url = configuration.url
        let (waiting, streams, error) = state.withLock { state in
            let error: UplinkError
            if let code, !state.isAccepted {
                error = .refused(url, code: code, reason: reason)
            } else {
                error = .disconnected(url, reason: reason)
            }
            state.end = error
            defer {
                state.waiting = [:]
                state.streams = [:]
            }
            return (state.waiting, state.streams.values.map(\.post), error)
        }
        for (token, continuation) in waiting {
            continuation.resume(returning: token == Self.closing ? .code(0) : .failed(error))
        }
        for post in streams { post.finish() }
    }
}
