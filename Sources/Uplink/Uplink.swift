import Dispatch
public import Logging
import Synchronization

/// The one owner of the connection to the broker.
///
/// It carries out what ``UplinkSession`` decides: one event at a time, in order, each action to its
/// end before the next. The connection itself lives on a thread of its own, because name look-ups,
/// TCP and the library block.
public actor Uplink {
    private enum Signal: Sendable {
        case connection(session: UInt64, ConnectionEvent)
        case ring
        case tick
        case renew(UplinkConfiguration)
        case stop
    }

    private var configuration: UplinkConfiguration
    private let backend: any UplinkBackend
    private let logger: Logger
    private let clock: @Sendable () -> Nanoseconds
    private var machine: UplinkSession
    private var random = SystemRandomNumberGenerator()
    private var connection: BrokerConnection?
    private var stopWaiters: [CheckedContinuation<Void, Never>] = []
    private var hasEnded = false
    private var isRunning = false

    private let gate = InboundGate()
    private let alarm: Alarm
    // Why serial: the next connection must not begin while the last one is still stuck in a look-up;
    // it would come back later with our own client id and take the session over.
    private let thread = DispatchQueue(label: "uplink-connection")
    // Why unbounded is bounded: messages by the gate, answers by what the session has in flight,
    // rings by `isRung`, ticks by the alarm.
    private let signals: AsyncStream<Signal>
    private let post: AsyncStream<Signal>.Continuation
    private let isRung = Mutex(false)

    /// An uplink that is not running yet.
    public init(
        configuration: UplinkConfiguration,
        backend: any UplinkBackend,
        logger: Logger = Logger(label: "uplink")
    ) {
        self.init(
            configuration: configuration,
            backend: backend,
            logger: logger,
            clock: { .boottime() }
        )
    }

    /// For tests: time as they say, looked at when ``look()`` is called.
    init(
        configuration: UplinkConfiguration,
        backend: any UplinkBackend,
        logger: Logger,
        clock: @escaping @Sendable () -> Nanoseconds
    ) {
        self.configuration = configuration
        self.backend = backend
        self.logger = logger
        self.clock = clock
        let (signals, post) = AsyncStream.makeStream(of: Signal.self)
        self.signals = signals
        self.post = post
        alarm = Alarm { post.yield(.tick) }
        machine = UplinkSession(
            bootID: configuration.bootID,
            connectionTopic: TopicName.connection.topic(
                prefix: configuration.prefix,
                nodeName: configuration.nodeName
            )
        )
    }

    /// Connects, and connects again, until the task is cancelled or ``stop()`` is done.
    ///
    /// To be called once. After a cancellation the broker publishes the will.
    public func run() async {
        guard !isRunning else { return }
        isRunning = true
        defer { end() }
        guard await isUsable() else { return }
        await handle(.start)
        for await signal in signals {
            await take(signal)
            if machine.isStopped { break }
        }
    }

    private func end() {
        connection?.abandon()
        hasEnded = true
        for waiter in stopWaiters { waiter.resume() }
        stopWaiters = []
    }

    /// A wildcard in a name would subscribe to other nodes' topics.
    private func isUsable() async -> Bool {
        let isName = TopicName.isNamespace(configuration.nodeName)
        guard !isName || !TopicFilter.isTopic(configuration.prefix) else { return true }
        let wrong =
            isName
            ? "the prefix \"\(configuration.prefix)\" is not a topic"
            : "the node name \"\(configuration.nodeName)\" is not an RFC 1123 label"
        let now = clock().count
        let state = LinkState(phase: .offline, sinceNanoseconds: now, detail: wrong)
        log(state)
        await backend.linkChanged(state)
        return false
    }

    /// Says that the outbox holds something; cheap, and callable from anywhere.
    public nonisolated func ring() {
        let isFirst = isRung.withLock { isRung in
            defer { isRung = true }
            return !isRung
        }
        if isFirst { post.yield(.ring) }
    }

    /// Connects anew with other certificates, passwords or secrets; cheap, and callable from anywhere.
    ///
    /// The broker, the node, the prefix and the client id stay what they were.
    public nonisolated func renew(_ configuration: UplinkConfiguration) {
        post.yield(.renew(configuration))
    }

    /// Looks at the clock now.
    nonisolated func look() { post.yield(.tick) }

    /// Publishes `stopped`, leaves the broker in good order and ends ``run()``.
    ///
    /// Bounded to 5 s, if the backend is.
    public func stop() async {
        guard isRunning, !hasEnded else { return }
        post.yield(.stop)
        await withCheckedContinuation { stopWaiters.append($0) }
    }

    private func take(_ signal: Signal) async {
        switch signal {
        case .ring:
            isRung.withLock { $0 = false }
            await handle(.ring)
        case .tick:
            await handle(.tick)
        case .renew(let newer):
            take(newer)
            await handle(.renew)
        case .stop:
            await handle(.stop)
        case .connection(let session, let event):
            await handle(translated(event, of: session))
            if case .message(let message) = event,
                gate.leave(byteCount: message.payload.count)
            {
                connection?.wake()
            }
        }
    }

    private func take(_ newer: UplinkConfiguration) {
        configuration.username = newer.username
        configuration.password = newer.password
        configuration.certificateAuthorityFile = newer.certificateAuthorityFile
        configuration.certificateFile = newer.certificateFile
        configuration.keyFile = newer.keyFile
        configuration.sharedSecret = newer.sharedSecret
        configuration.earliestTimeSeconds = newer.earliestTimeSeconds
    }

    private func handle(_ event: SessionEvent) async {
        var events = [event]
        while !events.isEmpty {
            let actions = machine.handle(
                events.removeFirst(),
                at: clock(),
                using: &random
            )
            for action in actions {
                if let answer = await perform(action) { events.append(answer) }
            }
            if events.isEmpty, machine.wantsOutbox {
                events.append(.outbox(await backend.due(limit: machine.pacer.batch)))
            }
        }
        if let wakeAt = machine.wakeAt { alarm.set(for: wakeAt, at: clock()) }
    }

    /// Carries out one action; some have an answer, which is the next event.
    private func perform(_ action: SessionAction) async -> SessionEvent? {
        switch action {
        case .nextSession:
            let last = await backend.lastAcknowledgedSession()
            let session = await backend.nextSession()
            return .numbered(
                session: session,
                lastAcknowledged: last,
                wallNanoseconds: Nanoseconds.wall(),
                counts: await backend.statusCounts()
            )
        case .open(let session, let will):
            open(session: session, will: will)
        case .subscribe(let token, let filter, let qualityOfService, let handling):
            let whole = "\(configuration.prefix)/\(configuration.nodeName)/\(filter)"
            connection?.send(
                .subscribe(token, filter: whole, qualityOfService: qualityOfService, handling)
            )
        case .publish(let token, let message):
            if token.isOfOutbox { await backend.sending(message) }
            send(message, token)
        case .close(let isGraceful):
            if isGraceful { connection?.send(.disconnect) } else { connection?.abandon() }
        case .deliver(let message):
            guard await backend.stored(message) else { return .notStored }
        case .acknowledged(let message):
            await backend.acknowledged(message)
        case .sessionAcknowledged(let session):
            await backend.sessionAcknowledged(session)
        case .statusesConfirmed(let count):
            await backend.statusesConfirmed(count)
        case .forgetUnconfirmed:
            await backend.forgetUnconfirmed()
        case .raiseSession(let session):
            logger.warning("the broker has seen session \(session) of ours: our counter was lost")
            await backend.raiseSession(to: session)
        case .forgetAcknowledgements:
            logger.notice("the broker has lost its memory of us: every status is sent again")
            await backend.forgetAcknowledgements()
        case .report(let state):
            log(state)
            await backend.linkChanged(state)
        }
        return nil
    }

    private func send(_ message: OutboundMessage, _ token: Token) {
        let own = "\(configuration.prefix)/\(configuration.nodeName)/\(message.topic)"
        connection?.send(
            .publish(
                token,
                Publication(
                    topic: message.responseTopic ?? own,
                    payload: message.payload,
                    isRetained: message.isRetained,
                    correlationData: message.correlationData
                )
            )
        )
    }

    private func open(session: UInt64, will: [UInt8]) {
        let request = ConnectRequest(
            configuration: configuration,
            isCleanStart: false,
            will: ConnectRequest.Will(
                topic: TopicName.connection.topic(
                    prefix: configuration.prefix,
                    nodeName: configuration.nodeName
                ),
                payload: will,
                delaySeconds: configuration.willDelaySeconds
            )
        )
        let made = BrokerConnection(request, gate: gate) { [post] event in
            post.yield(.connection(session: session, event))
        }
        connection = made
        thread.async { made.run() }
    }

    private func translated(_ event: ConnectionEvent, of session: UInt64) -> SessionEvent {
        switch event {
        case .transportReady: .transportReady(session: session)
        case .connected(let isResumed): .connected(session: session, isResumed: isResumed)
        case .subscribed(let token, let code): .subscribed(session: session, token, code: code)
        case .published(let token, let code): .published(session: session, token, code: code)
        case .message(let message): .message(session: session, message)
        case .closed(let code, let reason): .closed(session: session, code: code, reason: reason)
        }
    }

    private func log(_ state: LinkState) {
        let broker = "\(configuration.url)"
        switch state.phase {
        case .online: logger.notice("online at \(broker), session \(state.session ?? 0)")
        case .connecting: logger.debug("connecting to \(broker)")
        case .stopped: logger.notice("left \(broker)")
        case .offline: logger.warning("offline: \(state.detail)")
        case .duplicateClientID:
            logger.error("another client uses the id \(configuration.clientID): \(state.detail)")
        }
    }
}
