internal import ControlAPI
internal import Glibc
public import Host
internal import Images
internal import Lifecycle
public import Logging
internal import StateStore
internal import Supervisor
internal import Trust
internal import Uplink

/// The daemon: every part made, tied together, run as one tree of tasks, and ended in good order.
///
/// Order of the start: database, control socket, what an earlier life left, what is stored; only then
/// the network, and the start of a pod never waits for that.
public struct DaemonProgram: Sendable {
    private let configuration: DaemonConfiguration
    private let programs: String
    private let notifier: ServiceNotifier?
    private let reloadProblem: @Sendable () -> String?
    private let logger: Logger

    /// The version of this program.
    public static let version = Release.version
    // Why: what an operator looks at is fresh enough, and a day of it writes next to nothing.
    private static let measureAgain = Duration.seconds(300)
    // Why: what only a start needs is not needed any more by then.
    private static let settled = Duration.seconds(15)
    // Why: systemd gives up after 90 s; a slow card takes longer to rescue a database of 100 MB, or to
    // read what hundreds of pods left. Whoever is not done by then hangs.
    private static let startSeconds: Int64 = 600
    // Why: systemd kills after 90 s; an end that takes longer than this has lost the broker anyway.
    private static let stopPatience = Duration.seconds(8)

    // Why: what comes after the pods have ended, with the patience for the broker.
    private static let endSeconds: Int64 = 15

    // Why: the kernel needs some milliseconds to take a killed process apart.
    private static let lockTriesMax = 40
    private static let lockPause = Duration.milliseconds(50)

    /// A daemon that is not running yet.
    ///
    /// `reloadProblem` says, when it is asked to read its configuration anew, what is wrong with that.
    public init(
        configuration: DaemonConfiguration,
        programs: String,
        notifier: ServiceNotifier?,
        reloadProblem: @escaping @Sendable () -> String?,
        logger: Logger = Logger(label: "swiftletd")
    ) {
        self.configuration = configuration
        self.programs = programs
        self.notifier = notifier
        self.reloadProblem = reloadProblem
        self.logger = logger
    }

    /// Runs until a signal says to end; workloads go on.
    ///
    /// - Parameter signals: What the system says.
    /// - Throws: Why it cannot run.
    /// - Returns: Whether it is to start anew, since its configuration has changed.
    public func run(
        signals: AsyncStream<SignalStream.Signal>
    ) async throws(DaemonError) -> Bool {
        try makeFolders()
        let lock = try await takeLock()
        defer { withExtendedLifetime(lock) {} }
        notify(.extendTimeout(seconds: Self.startSeconds), .status("opens the database"))
        let store = try openStore()
        let sandbox = NodeSandbox(
            isRequired: configuration.requiresSandbox,
            puller: configuration.images.pullUser
        )
        sandbox.log(to: logger)
        let stored = try images(sandbox)
        let supervisor = supervisor(store, stored, sandbox)
        let imageRoutes = ImageRoutes(images: stored, supervisor: supervisor)
        let trust = try configuration.trust()
        let inbox = Inbox(store: store, nodeName: configuration.nodeName, trust: trust)
        do throws(StoreError) { try await inbox.prepare() } catch { throw .store(error) }
        let routes = ControlRoutes(
            supervisor: supervisor,
            store: store,
            inbox: inbox,
            nodeName: configuration.nodeName,
            images: imageRoutes
        )
        let server = controlServer(routes)
        let metrics = configuration.metrics.map {
            ControlServer(host: $0.host, port: $0.port, handler: PublicRoutes(routes))
        }
        let time = TrustedTime(confirmed: (try? await store.confirmedTime()) ?? nil)
        let requests = requestDesk(store, supervisor, trust, time)
        let uplink = try uplink(
            BrokerBackend(store: store, inbox: inbox, supervisor: supervisor, requests: requests),
            time
        )
        let parts = Parts(
            store: store,
            supervisor: supervisor,
            server: server,
            uplink: uplink,
            requests: requests,
            imageRoutes: imageRoutes,
            keeper: keeper(stored, supervisor),
            time: time,
            manifests: StaticManifests(
                folder: configuration.manifests,
                store: store,
                nodeName: configuration.nodeName,
                supervisor: supervisor,
                logger: logger
            ),
            metrics: metrics
        )
        let isAnew = try await run(parts, signals)
        logger.notice("stopped; workloads go on")
        return isAnew
    }

    /// Who answers a controller's requests; nobody without a broker.
    private func requestDesk(
        _ store: StateStore,
        _ supervisor: Supervisor,
        _ trust: TrustedKeys?,
        _ time: TrustedTime
    ) -> RequestDesk? {
        configuration.broker.map { broker in
            RequestDesk(
                store: store,
                supervisor: supervisor,
                prefix: broker.prefix,
                nodeName: configuration.nodeName,
                trust: trust,
                limits: broker.replies,
                now: { time.now },
                ring: { store.outboxBell.ring() }
            )
        }
    }

    /// The supervisor, with the sandbox that this node allows.
    private func supervisor(
        _ store: StateStore,
        _ images: StoredImages,
        _ sandbox: NodeSandbox
    ) -> Supervisor {
        Supervisor(
            configuration: supervisorConfiguration(sandbox),
            store: store,
            host: sandbox.host(configuration.layout, runner: "\(programs)/swiftlet-run"),
            images: images
        )
    }

    /// What runs side by side.
    private struct Parts: Sendable {
        let store: StateStore
        let supervisor: Supervisor
        let server: ControlServer
        let uplink: Uplink?
        let requests: RequestDesk?
        let imageRoutes: ImageRoutes
        let keeper: ImageKeeper
        let time: TrustedTime
        let manifests: StaticManifests
        let metrics: ControlServer?
    }

    private func run(
        _ parts: Parts,
        _ signals: AsyncStream<SignalStream.Signal>
    ) async throws(DaemonError) -> Bool {
        let (listening, isListening) = AsyncStream.makeStream(of: Void.self)
        let (recovered, hasRecovered) = AsyncStream.makeStream(of: Void.self)
        let ending: Ending? = await withTaskGroup(of: Ending?.self) { group in
            group.addTask { [logger] in
                do throws(ControlError) {
                    try await parts.server.run(onListening: { isListening.finish() })
                    return nil
                } catch {
                    isListening.finish()
                    logger.critical("\(error)")
                    return .failed(.control(error))
                }
            }
            if let metrics = parts.metrics {
                group.addTask { [logger] in
                    do throws(ControlError) { try await metrics.run() } catch {
                        // Why no failure: pods are worth more than their numbers.
                        logger.error("no metrics: \(error)")
                    }
                    return nil
                }
            }
            group.addTask {
                for await _ in listening {}
                notify(.extendTimeout(seconds: Self.startSeconds), .status("takes over its pods"))
                await parts.supervisor.run(onRecovered: { hasRecovered.finish() })
                return nil
            }
            group.addTask {
                for await _ in recovered {}
                guard !Task.isCancelled else { return nil }
                await ready(parts)
                return nil
            }
            group.addTask {
                let isAnew = await waitForEnd(signals)
                await stop(parts, isAnew: isAnew)
                return isAnew ? .anew : .told
            }
            var ending: Ending?
            for await result in group {
                guard let result else { continue }
                ending = ending ?? result
                group.cancelAll()
                parts.supervisor.stop()
            }
            return ending
        }
        switch ending {
        case .anew?: return true
        case .told?, nil: return false
        case .failed(let problem)?: throw problem
        }
    }

    /// Why it ends.
    private enum Ending: Sendable {
        case told
        case anew
        case failed(DaemonError)
    }

    /// Everything that an earlier life left runs again: says so, and goes to the network.
    private func ready(_ parts: Parts) async {
        notify(.ready, .status("node \(configuration.nodeName)"))
        logger.notice(
            "ready",
            metadata: ["node": "\(configuration.nodeName)", "version": "\(Self.version)"]
        )
        await withDiscardingTaskGroup { group in
            group.addTask { await watch(parts.supervisor) }
            group.addTask { await parts.manifests.run() }
            group.addTask { await parts.imageRoutes.run() }
            group.addTask { await parts.keeper.run() }
            group.addTask { await letGoOfPages() }
            group.addTask { await PrePuller(parts.supervisor).run() }
            group.addTask { await watchNetwork(parts.supervisor) }
            group.addTask {
                while !Task.isCancelled {
                    await parts.supervisor.publishNode()
                    try? await Task.sleep(for: Self.measureAgain)
                }
            }
            guard let uplink = parts.uplink else { return }
            group.addTask { await uplink.run() }
            group.addTask { await watchCredentials(uplink, parts.time) }
            if let requests = parts.requests { group.addTask { await requests.run() } }
            // Made here, not in the task: no ring may be missed until that begins.
            let rings = parts.store.outboxBell.rings()
            group.addTask { for await _ in rings { uplink.ring() } }
        }
    }

    /// Tells the supervisor when the kernel says that the network has come up.
    private func watchNetwork(_ supervisor: Supervisor) async {
        do throws(HostError) {
            for await _ in try NetworkWatch.arrivals() { supervisor.networkReturned() }
        } catch {
            logger.info("the kernel does not tell when the network comes up: \(error)")
        }
    }

    /// Keeps in memory what an idle daemon uses, instead of all that was ever used once.
    private func letGoOfPages() async {
        var pause = Self.settled
        while !Task.isCancelled {
            try? await Task.sleep(for: pause)
            ProgramPages.letGo()
            pause = Self.measureAgain
        }
    }

    /// Tells the service manager that the loop goes round, as long as it does.
    private func watch(_ supervisor: Supervisor) async {
        guard let interval = notifier?.watchdogNanoseconds else { return }
        let pause = Duration.nanoseconds(Int64(clamping: interval / 3))
        var last = await supervisor.turnCount
        while !Task.isCancelled {
            supervisor.look()
            try? await Task.sleep(for: pause)
            let now = await supervisor.turnCount
            if now != last { notify(.watchdog) }
            last = now
        }
    }

    /// Answers whether to start anew.
    ///
    /// Why anew, and not key by key: workloads outlive the daemon and are found again within
    /// milliseconds, so that every key is reloaded by the one path that is always tested.
    private func waitForEnd(_ signals: AsyncStream<SignalStream.Signal>) async -> Bool {
        for await signal in signals {
            switch signal {
            case .terminate, .interrupt: return false
            case .hangup:
                guard let problem = reloadProblem() else { return true }
                logger.error("the configuration stays as it was: \(problem)")
            }
        }
        return false
    }

    /// Ends the pods when it is the machine that goes down, and not only this service.
    private func endPods(_ supervisor: Supervisor) async {
        let seconds = supervisor.shutdownGraceSeconds
        guard seconds > 0, await ServiceManager().isMachineStopping() else { return }
        notify(.extendTimeout(seconds: seconds + Self.endSeconds), .status("the machine goes down"))
        await supervisor.shutDown()
    }

    /// Leaves the broker in good order, within bounds, and ends the loop.
    private func stop(_ parts: Parts, isAnew: Bool) async {
        notify(isAnew ? .status("starts anew with another configuration") : .stopping)
        if !isAnew { await endPods(parts.supervisor) }
        logger.notice(isAnew ? "starting anew with another configuration" : "stopping")
        if let uplink = parts.uplink {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await uplink.stop() }
                group.addTask { try? await Task.sleep(for: Self.stopPatience) }
                await group.next()
                group.cancelAll()
            }
        }
        parts.supervisor.stop()
    }

    private func notify(_ messages: ServiceNotifier.Message...) {
        guard let notifier else { return }
        for message in messages {
            do throws(HostError) { try notifier.send(message) } catch {
                logger.warning("the service manager was not told: \(error)")
            }
        }
    }
}

extension DaemonProgram {
    private func supervisorConfiguration(_ sandbox: NodeSandbox) -> SupervisorConfiguration {
        var settings = SupervisorConfiguration(
            nodeName: configuration.nodeName,
            layout: configuration.layout,
            hostPathRoots: configuration.hostPathRoots,
            persistentVolumes: configuration.persistentVolumes,
            logFileBytesMax: configuration.logFileBytesMax,
            logFilesMax: configuration.logFilesMax,
            nodeLabels: configuration.nodeLabels,
            version: Self.version,
            bootID: Clock.bootID(),
            node: configuration.node,
            sandbox: sandbox.settings
        )
        settings.pullWindows = configuration.images.pullWindows
        return settings
    }

    /// On the socket that the service manager gave us, else on one that we make.
    private func controlServer(_ routes: ControlRoutes) -> ControlServer {
        let path = configuration.layout.socket
        guard let descriptor = ActivatedSocket.take() else {
            return ControlServer(
                path: path,
                handler: routes,
                groupID: configuration.controlGroup
            )
        }
        return ControlServer(inherited: descriptor, path: path, handler: routes)
    }

    private func makeFolders() throws(DaemonError) {
        let layout = configuration.layout
        // Why: what is in the database and in volumes is nobody else's; logs and the socket are read by
        // others, and have modes of their own.
        let folders: [(String, UInt32)] = [
            (layout.state, 0o700), (layout.run, 0o755), (layout.logs, 0o755),
            (layout.layouts, 0o755),
        ]
        do throws(HostError) {
            for (path, mode) in folders { try FileTree.make(path, mode: mode) }
        } catch {
            throw .host(error)
        }
    }

    /// One daemon for one state folder: two would start everything twice.
    ///
    /// One that was just killed may hold it a moment longer.
    private func takeLock() async throws(DaemonError) -> InstanceLock {
        let path = configuration.layout.state + "/swiftletd.instance"
        var problem = HostError.instanceIsRunning(path: path)
        for _ in 0..<Self.lockTriesMax {
            do throws(HostError) {
                return try InstanceLock(path: path, record: .ofThisProcess())
            } catch {
                problem = error
            }
            guard case .instanceIsRunning = problem else { break }
            try? await Task.sleep(for: Self.lockPause)
        }
        throw .host(problem)
    }

    private func openStore() throws(DaemonError) -> StateStore {
        do throws(StoreError) {
            let store = try StateStore(path: configuration.layout.database)
            if let aside = store.opening.setAside {
                logger.error(
                    "the database was damaged and set aside",
                    metadata: [
                        "file": "\(aside)", "damage": "\(store.opening.damage ?? "")",
                        "rescuedObjects": "\(store.opening.rescuedObjectCount)",
                    ]
                )
            }
            return store
        } catch {
            throw .store(error)
        }
    }

    private func keeper(_ images: StoredImages, _ supervisor: Supervisor) -> ImageKeeper {
        ImageKeeper(
            images: images,
            collection: configuration.images.collection,
            needs: { await supervisor.imageNeeds() }
        )
    }

    private func images(_ sandbox: NodeSandbox) throws(DaemonError) -> StoredImages {
        let policy = try configuration.images.signaturePolicy()
        do throws(ImageError) {
            let store = try ImageStore(
                directory: configuration.layout.images,
                owner: sandbox.pulls.storeOwner
            )
            try store.setPolicy(policy)
            return StoredImages(
                store: store,
                puller: "\(programs)/swiftlet-pull",
                names: ImageNames(
                    layouts: configuration.layout.layouts,
                    roots: configuration.images.layoutRoots
                ),
                policy: policy,
                registries: configuration.images.registries,
                confinement: sandbox.pulls
            )
        } catch {
            throw .images(error)
        }
    }

    private func uplink(
        _ backend: BrokerBackend,
        _ time: TrustedTime
    ) throws(DaemonError) -> Uplink? {
        guard let broker = configuration.broker else { return nil }
        return Uplink(
            configuration: try configuration.uplink(broker, earliestTime: time.earliest),
            backend: backend
        )
    }

    /// New certificates and passwords are used without a restart.
    private func watchCredentials(_ uplink: Uplink, _ time: TrustedTime) async {
        guard let broker = configuration.broker else { return }
        await CredentialWatch(broker, logger: logger).run { [configuration, logger] in
            do throws(DaemonError) {
                uplink.renew(try configuration.uplink(broker, earliestTime: time.now))
            } catch {
                logger.error("new certificates or passwords are not used: \(error)")
            }
        }
    }
}
