internal import Host
internal import KubeModel
public import Logging
public import StateStore
public import Supervisor
internal import Synchronization
public import Uplink

/// Stands between the broker and the database: what comes is written down, what goes is read from there.
public struct BrokerBackend: UplinkBackend {
    private let store: StateStore
    private let inbox: Inbox
    private let supervisor: Supervisor
    private let requests: RequestDesk?
    private let logger: Logger
    private let lastSession = LastSession()

    /// A backend for one node.
    public init(
        store: StateStore,
        inbox: Inbox,
        supervisor: Supervisor,
        requests: RequestDesk? = nil,
        logger: Logger = Logger(label: "broker")
    ) {
        self.store = store
        self.inbox = inbox
        self.supervisor = supervisor
        self.requests = requests
        self.logger = logger
    }

    /// Writes down what arrived before it returns (rule 1); what cannot be written is not answered.
    public func received(_ message: InboundMessage) async { _ = await stored(message) }

    /// As ``received(_:)``; `false` when the disk did not take it, so that it is asked for again.
    public func stored(_ message: InboundMessage) async -> Bool {
        switch message.name {
        case .desired(let kind, let namespace, let name)?:
            return await desired(message, kind, namespace, name)
        case .request(let id)?:
            await requests?.take(message, id: id)
        case .manifest?: return await manifest(message)
        case .manifestSignature?: return await manifest(message)
        case .connection?, .desiredStatus?, .nodeStatus?, .podStatus?, .events?, .reply?:
            break
        case nil:
            logger.warning(
                "a message on a topic without meaning is ignored",
                metadata: ["topic": "\(message.topic.prefix(200))"]
            )
        }
        return true
    }

    private func desired(
        _ message: InboundMessage,
        _ kind: TopicName.DesiredKind,
        _ namespace: String,
        _ name: String
    ) async -> Bool {
        let objectKind: ObjectKind =
            switch kind {
            case .pods: .pod
            case .configMaps: .configMap
            case .secrets: .secret
            }
        guard let objectName = try? ObjectName(namespace: namespace, name: name) else {
            return true
        }
        let address = DesiredObject.Address(kind: objectKind, name: objectName)
        do throws(StoreError) {
            guard !message.payload.isEmpty else {
                // Rule 2: an empty message seen live deletes; one that is merely missing never does.
                guard !message.isRetained else { return true }
                let now = Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
                if try await inbox.takeNothing(for: address, at: now) {
                    logger.info(
                        "asked to end",
                        metadata: ["object": "\(kind.rawValue)/\(objectName)"]
                    )
                }
                return true
            }
            switch try await inbox.take(message.payload, as: address) {
            case .taken(let object, let acceptance):
                logger.info(
                    "taken",
                    metadata: [
                        "object": "\(kind.rawValue)/\(objectName)", "outcome": "\(acceptance)",
                        "resourceVersion": "\(object.resourceVersion)",
                    ]
                )
            case .refused(let refusal):
                // Why only live ones: what is retained is refused again by every life of the daemon.
                if message.isRetained {
                    logger.warning(
                        "refused again: \(refusal.message)",
                        metadata: ["object": "\(kind.rawValue)/\(objectName)"]
                    )
                } else {
                    await supervisor.report(refusal)
                }
            case .staged:
                logger.info(
                    "kept for a manifest that lists it",
                    metadata: ["object": "\(kind.rawValue)/\(objectName)"]
                )
            }
            return true
        } catch {
            // Not on disk, so not answered, and asked for again: the broker has its PUBACK already.
            await supervisor.complain(
                error.description,
                reason: "NotStored",
                namespace: namespace,
                name: name
            )
            return false
        }
    }

    private func manifest(_ message: InboundMessage) async -> Bool {
        do throws(StoreError) {
            let outcome =
                message.name == .manifest
                ? try await inbox.takeManifest(message.payload, isRetained: message.isRetained)
                : try await inbox.takeSignature(message.payload, isRetained: message.isRetained)
            switch outcome {
            case .accepted(let deletionCount)?:
                logger.notice(
                    "manifest accepted",
                    metadata: ["deletions": "\(deletionCount)"]
                )
            case .refused(let error)?:
                await supervisor.complain(error.description, reason: error.reason)
            case .same?, nil: break
            }
            return true
        } catch {
            await supervisor.complain(error.description, reason: "NotStored")
            return false
        }
    }

    /// The next number of the session counter.
    ///
    /// Where the broker never answered to the one before, many are taken at once: a gateway without a link
    /// tries for days, and each number on its own would be a write for good.
    public func nextSession() async -> UInt64 {
        if let next = lastSession.reserved() { return next }
        do throws(StoreError) {
            let isAway = try await store.lastAcknowledgedSession() != lastSession.current
            let count = isAway && lastSession.current > 0 ? LastSession.reserveCount : 1
            return lastSession.reserve(try await store.nextSession(count: count), count: count)
        } catch {
            await supervisor.complain(error.description, reason: "NotStored")
            return lastSession.next()
        }
    }

    /// Makes the counter at least this.
    public func raiseSession(to session: UInt64) async {
        lastSession.raise(to: session)
        await attempt { () throws(StoreError) in try await store.raiseSession(to: session) }
    }

    /// The session whose birth the broker last acknowledged.
    public func lastAcknowledgedSession() async -> UInt64? {
        (try? await store.lastAcknowledgedSession()) ?? nil
    }

    /// Keeps the number of the session whose birth was acknowledged.
    public func sessionAcknowledged(_ session: UInt64) async {
        await attempt { () throws(StoreError) in
            try await store.sessionAcknowledged(session)
            // Rule 10: a broker whose certificate was good at this time says that it has come.
            try await store.confirm(
                time: Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
            )
        }
    }

    /// What waits to be sent.
    public func due(limit: Int) async -> [OutboundMessage] {
        let messages = (try? await store.due(limit: limit)) ?? []
        let answers = requests?.replies.due(limit: limit - messages.count) ?? []
        return messages.map {
            OutboundMessage(
                topic: $0.topic,
                payload: $0.payload,
                isRetained: $0.isRetained,
                isUrgent: $0.isUrgent
            )
        } + answers
    }

    /// Notes that what the broker holds on the message's topic is unknown until its acknowledgement.
    public func sending(_ message: OutboundMessage) async {
        guard message.isRetained else { return }
        await attempt { () throws(StoreError) in try await store.sending(topic: message.topic) }
    }

    /// Takes a message off what waits.
    public func acknowledged(_ message: OutboundMessage) async {
        guard requests?.replies.acknowledged(message) != true else { return }
        await attempt { () throws(StoreError) in
            try await store.acknowledge(topic: message.topic, payload: message.payload)
        }
    }

    /// How many statuses the broker has acknowledged and confirmed.
    public func statusCounts() async -> StatusCounts {
        guard let counts = try? await store.statusCounts() else { return StatusCounts() }
        return StatusCounts(acknowledged: counts.acknowledged, confirmed: counts.confirmed)
    }

    /// Keeps the count that the broker has confirmed.
    public func statusesConfirmed(_ count: UInt64) async {
        await attempt { () throws(StoreError) in try await store.confirmStatuses(count) }
    }

    /// Makes due again what was acknowledged after that.
    public func forgetUnconfirmed() async {
        await attempt { () throws(StoreError) in try await store.forgetUnconfirmed() }
    }

    /// Makes all that was acknowledged due again.
    public func forgetAcknowledgements() async {
        await attempt { () throws(StoreError) in try await store.forgetAcknowledgements() }
    }

    /// Shows how the link is.
    public func linkChanged(_ state: LinkState) async {
        requests?.replies.linkChanged(isOnline: state.phase == .online)
        await supervisor.linkChanged(state: state.phase.rawValue, detail: state.detail)
    }

    private func attempt(_ work: () async throws(StoreError) -> Void) async {
        do throws(StoreError) { try await work() } catch {
            await supervisor.complain(error.description, reason: "DatabaseFailed")
        }
    }
}

/// The session numbers of this life: the last one, and up to which they are on disk already.
private final class LastSession: Sendable {
    // Why: at one try in 150 s, the mean while the link is away, these last four hours.
    static let reserveCount: UInt64 = 100

    private let numbers = Mutex<(last: UInt64, reserved: UInt64)>((0, 0))

    var current: UInt64 { numbers.withLock { $0.last } }

    /// The next number that was taken before; nil when there is none.
    func reserved() -> UInt64? {
        numbers.withLock { numbers in
            guard numbers.last < numbers.reserved else { return nil }
            numbers.last += 1
            return numbers.last
        }
    }

    /// Notes that `count` numbers from `first` on are on disk; answers with the first.
    func reserve(_ first: UInt64, count: UInt64) -> UInt64 {
        numbers.withLock { numbers in
            numbers.last = max(numbers.last, first)
            numbers.reserved = max(numbers.reserved, first &+ (count &- 1))
            return first
        }
    }

    func raise(to session: UInt64) {
        numbers.withLock { $0.last = max($0.last, session) }
    }

    /// The next number where the disk gives none.
    func next() -> UInt64 {
        numbers.withLock { numbers in
            numbers.last &+= 1
            return numbers.last
        }
    }
}
