public import Host
public import KubeModel
public import Lifecycle
public import Logging
internal import Probes
public import StateStore

/// The one owner of all pods of this node: it carries out what ``NodeLifecycle`` decides.
///
/// One loop takes one signal at a time: something is wanted, a process ended, an image is there, a
/// timer is due. What takes long happens in tasks beside it, whose answers are signals again.
public actor Supervisor {
    /// Tells the time; tests bring their own.
    public typealias Clock = @Sendable () -> Moment

    enum Signal: Sendable {
        case desired
        case tick
        case answer(ContainerLifecycle.Event, container: String, uid: String)
        case note(PodNote, uid: String)
        case ended(Instance, ProcessExit)
        case adopted(Instance, AdoptedWorkload?, ProcessExit)
        case retryRemoval(uid: String)
        case restart(uid: String, containers: [String])
        /// The kernel says that tasks wait for memory.
        case pressed
        case measured(NodeReading)
        case freed(NodeReading, [String: PodUsage])
        case networkReturned
        case storageMeasured([(String, StorageUsage)], tookNanoseconds: Int64)
        case shutDown
        case stop
    }

    /// Something that takes long, done beside the loop.
    enum Effect: Sendable {
        case image(Pod, Container)
        case start(Instance, Pod, Container)
        case lookAgain(Instance, ProcessExit)
        case removeFiles(uid: String, logs: String)
        case retryRemoval(String)
        /// Look what the node has left.
        case measure
        case measureStorage([Pod])
        /// Make room without ending a pod, then look what is left and what pods use.
        case free(NodeEviction.Shortage, [PodPlaces])
        case publishNode
        case ask(Asked)
        case refreshVolumes(Pod)
    }

    let configuration: SupervisorConfiguration
    let store: StateStore
    let host: any WorkloadHost
    let desk: ImageDesk
    let gauge: any NodeGauge
    let workshop = Workshop()
    let prober = Prober()
    let checkTurns = CheckTurns()
    let logger: Logger
    let clock: Clock

    /// All pods; changed by the loop only.
    var node = NodeLifecycle()
    var workloads: [Instance: any Workload] = [:]
    /// Pods with an end that is not in the database yet, and that nobody was told of.
    var untoldEnds: Set<String> = []
    var effects: [Effect] = []
    var timers = TimerHeap()
    /// What the volumes of values were made of, by the pod's uid.
    var volumeStamps: [String: Int] = [:]
    /// When pulls were tried again because the network came back.
    var pullsRetriedAt: Int64?
    /// Where the pods are.
    var addresses = PodAddresses()
    /// Who was given a port of the host last.
    var hostPorts: [HostPort: Instance] = [:]
    /// Which uid the controller wants under a name.
    var wantedUIDs: [String: String] = [:]
    /// What was refused, by `NAMESPACE/NAME`.
    var refusals: [String: Refusal] = [:]
    var published: [String: Published] = [:]
    /// Names of which only a refusal was published.
    var refusedWithoutPod: Set<String> = []
    var recentErrors = RecentErrors()
    var eventNumber: UInt64 = 0
    var eventTally = EventTally()
    var linkPhase: (state: String, detail: String, since: Moment)?
    /// When what is stored was reported last, on the monotonic clock.
    var reportedAt: Int64?
    /// What the node is short of, and which pod goes for it.
    var eviction: NodeEviction
    /// How the last measurements go on.
    var measuring = Measuring()
    /// Whether what pods write is measured.
    var isWatchingStorage = false
    /// How often that was done.
    var storageMeasureCount = 0
    /// How pods end with the machine; nil while it stays up.
    var shutdown: NodeShutdown?
    /// Who waits until what is stored was looked at; nil while nobody looks.
    //
    // Bounded by the connections of the control socket: one each.
    var readers: [CheckedContinuation<Void, Never>]?
    // Ends once they have ended, or nobody ends them any more.
    let isDown: AsyncStream<Never>
    let tellDown: AsyncStream<Never>.Continuation
    /// What holds of the node; nil until the database was asked.
    var conditions: NodeConditions?
    /// Whether the clock stood at a time to be believed when that was last looked at.
    var isClockSet: Bool?
    /// How often the loop has gone round: what the watchdog looks at.
    public private(set) var turnCount: UInt64 = 0

    // Why unbounded is bounded: each container has one process, one pull and one start at a time; rings
    // and ticks that nobody has answered are one each.
    private let signals: AsyncStream<Signal>
    let post: AsyncStream<Signal>.Continuation
    private let alarm: Alarm

    /// A supervisor that is not running yet.
    public init(
        configuration: SupervisorConfiguration,
        store: StateStore,
        host: any WorkloadHost,
        images: any ImageSource,
        gauge: (any NodeGauge)? = nil,
        logger: Logger = Logger(label: "supervisor"),
        clock: @escaping Clock = {
            Moment(
                monotonicNanoseconds: Host.Clock.boottimeNanoseconds(),
                wall: Timestamp(nanosecondsSinceEpoch: Host.Clock.wallNanoseconds())
            )
        }
    ) {
        self.configuration = configuration
        self.store = store
        self.host = host
        self.gauge = gauge ?? HostGauge(layout: configuration.layout)
        eviction = NodeEviction(configuration.node.eviction)
        self.logger = logger
        self.clock = clock
        desk = ImageDesk(source: images, windows: configuration.pullWindows)
        let (signals, post) = AsyncStream.makeStream(of: Signal.self)
        (isDown, tellDown) = AsyncStream.makeStream(of: Never.self)
        self.signals = signals
        self.post = post
        alarm = Alarm { post.yield(.tick) }
    }

    /// Runs until ``stop()`` or cancellation; workloads go on without it.
    ///
    /// - Parameter onRecovered: Called once, when all that an earlier life left is taken over and what
    ///   is stored is being started; no network was needed for it.
    public func run(onRecovered: @Sendable () -> Void = {}) async {
        readers = []
        noteClock()
        await prepareAdmission()
        await recover()
        onRecovered()
        await withDiscardingTaskGroup { group in
            // Listening begins here and not in the task, which a busy machine may begin late: what was
            // written in between would be looked at only with the next ring.
            let rings = store.desiredBell.rings()
            group.addTask { [post] in
                for await _ in rings { post.yield(.desired) }
            }
            // What was written before anybody listened.
            post.yield(.desired)
            beginMeasuring()
            launch(in: &group)
            for await signal in signals {
                if case .stop = signal { break }
                await take(signal)
                turnCount &+= 1
                launch(in: &group)
            }
            group.cancelAll()
        }
        for reader in readers ?? [] { reader.resume() }
        readers = nil
        tellDown.finish()
    }

    /// Returns when all that is stored by now was looked at, so that an answer about a pod tells of
    /// what was written before the question.
    public func seesWhatIsStored() async {
        await withCheckedContinuation { reader in
            guard readers != nil else { return reader.resume() }
            readers?.append(reader)
            post.yield(.desired)
        }
    }

    /// Ends ``run(onRecovered:)`` after what it is doing now.
    public nonisolated func stop() { post.yield(.stop) }

    /// Makes the loop go round once, to see whether it does.
    public nonisolated func look() { post.yield(.tick) }

    private func launch(in group: inout DiscardingTaskGroup) {
        for effect in effects { group.addTask { await self.perform(effect) } }
        effects = []
        if let next = timers.next { alarm.set(for: next, at: clock().monotonicNanoseconds) }
    }

    private func take(_ signal: Signal) async {
        switch signal {
        case .desired: await reconcile()
        case .tick:
            for key in timers.due(at: clock().monotonicNanoseconds) { await wake(key) }
        case .answer(let event, let container, let uid):
            let before = node.pods[uid]
            let actions = node.handle(event, of: container, in: uid, at: clock())
            await carryOut(actions, after: before, of: uid)
        case .note(let note, let uid): await report(note, about: uid)
        case .ended(let instance, let exit): await ended(instance, exit)
        case .adopted(let instance, let found, let exit):
            await adopted(instance, found, exit)
        case .retryRemoval(let uid): await finish(uid)
        case .restart(let uid, let containers):
            await carryOut(node.restart(uid, containers, at: clock()), touching: [uid])
        case .networkReturned: await retryPulls()
        case .pressed: pressed()
        case .measured(let reading): await measured(reading)
        case .freed(let reading, let usages): await freed(reading, usages)
        case .storageMeasured(let usages, let tookNanoseconds):
            await storageMeasured(usages, tookNanoseconds: tookNanoseconds)
        case .shutDown: beginShutdown()
        case .stop: break
        }
        noteClock()
        // Whatever happened, it may have been the last process of a group.
        if shutdown != nil { await advanceShutdown() }
    }

    private func wake(_ key: TimerKey) async {
        switch key {
        case .pod(let uid):
            if untoldEnds.contains(uid) { await save(uid) }
            let before = node.pods[uid]
            await carryOut(node.wake(uid, at: clock()), after: before, of: uid)
        case .node: measure()
        case .storage: measureStorage()
        case .report: await publishDesiredSoon()
        case .shutdown: await advanceShutdown()
        }
    }
}
