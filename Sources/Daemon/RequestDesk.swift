internal import Documents
public import Host
public import KubeModel
public import Logging
public import StateStore
public import Supervisor
public import Trust
internal import Uplink

/// Takes requests, sees to it that each acts once, and answers them beside everything else.
public actor RequestDesk {
    /// What a node is willing to say.
    public struct Limits: Equatable, Sendable {
        /// Bytes of one answer's text.
        public var replyBytesMax: Int64 = 1 << 20
        /// Bytes a second of all answers together.
        public var replyBytesPerSecond: UInt64 = 64 << 10

        /// The daemon's own.
        public init() {}
    }

    struct Job: Sendable {
        var id: String
        var request: NodeRequest
        var writer: ReplyWriter
    }

    // Why: each holds a file and some KiB; a person looks at one or two logs at a time.
    private static let jobsMax = 8

    private let store: StateStore
    private let supervisor: Supervisor
    private let topics: NodeTopics
    private let allowance: ReplyWriter.Allowance
    private let logger: Logger
    private let trust: TrustedKeys?
    private let now: @Sendable () -> Timestamp
    nonisolated let replies: ReplyQueue
    private var running: [String: ReplyWriter] = [:]
    // Why unbounded is bounded: one for each of `running`.
    private let jobs: AsyncStream<Job>
    private let post: AsyncStream<Job>.Continuation

    /// A desk of one node.
    ///
    /// - Parameters:
    ///   - store: Where IDs are remembered.
    ///   - supervisor: Who knows the pods.
    ///   - prefix: What every topic begins with.
    ///   - nodeName: This node.
    ///   - trust: Whose signature a request must have; nil where the broker is trusted.
    ///   - limits: What it is willing to say.
    ///   - logger: Where it says what was asked.
    ///   - now: The time that deadlines are held against.
    ///   - ring: Called when an answer waits.
    public init(
        store: StateStore,
        supervisor: Supervisor,
        prefix: String,
        nodeName: String,
        trust: TrustedKeys? = nil,
        limits: Limits = Limits(),
        logger: Logger = Logger(label: "requests"),
        now: @escaping @Sendable () -> Timestamp = {
            Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
        },
        ring: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.supervisor = supervisor
        self.logger = logger
        self.now = now
        self.trust = trust
        topics = NodeTopics(prefix: prefix, nodeName: nodeName)
        allowance = .init(
            byteCountMax: limits.replyBytesMax,
            bytesPerSecond: limits.replyBytesPerSecond
        )
        replies = ReplyQueue(ring: ring)
        (jobs, post) = AsyncStream.makeStream(of: Job.self)
    }

    /// Answers until the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask {
                    await self.perform(job)
                    await self.ended(job.id)
                }
            }
            group.cancelAll()
        }
    }

    private func ended(_ id: String) { running[id] = nil }

    /// Takes a message on `requests/ID`; returns before it is carried out.
    func take(_ message: InboundMessage, id: String) async {
        // A retained order would be given again to every new session; the ID would stop it, but only
        // as long as it is remembered.
        guard !message.isRetained, !message.payload.isEmpty else { return }
        let writer = ReplyWriter(
            id: id,
            message: message,
            nodeTopics: topics,
            queue: replies,
            allowance: allowance
        )
        do throws(RequestError) {
            let request = try read(message.payload, id: id)
            guard try await claim(id) else {
                return logger.info("a request came twice", metadata: ["id": "\(id)"])
            }
            if let deadline = request.deadline, deadline < now() { throw .expired }
            if case .cancel(let other) = request.verb {
                running[other]?.cancel()
                _ = post.yield(Job(id: id, request: request, writer: writer))
                return
            }
            guard running.count < Self.jobsMax else { throw .busy(countMax: Self.jobsMax) }
            logger.notice("request", metadata: ["id": "\(id)", "verb": "\(request.verb.name)"])
            running[id] = writer
            post.yield(Job(id: id, request: request, writer: writer))
        } catch {
            logger.warning("request refused: \(error)", metadata: ["id": "\(id)"])
            await writer.fail(error)
        }
    }

    /// The request, once it is known whose it is.
    private func read(_ payload: [UInt8], id: String) throws(RequestError) -> NodeRequest {
        guard let trust else {
            return try NodeRequest(payload: SignedRequest(payload: payload)?.request ?? payload)
        }
        let own: [UInt8]
        do throws(TrustError) {
            own = try trust.verify(request: payload, id: id, node: topics.nodeName)
        } catch {
            throw .notTrusted(error.description)
        }
        let request = try NodeRequest(payload: own)
        // Why: IDs are remembered for a while only, and a recorded request lasts for ever.
        guard request.deadline != nil else { throw .noDeadline }
        return request
    }

    private func claim(_ id: String) async throws(RequestError) -> Bool {
        do throws(StoreError) { return try await store.claim(request: id) } catch {
            throw .failed(reason: "NotStored", message: error.description)
        }
    }

    private nonisolated func perform(_ job: Job) async {
        do throws(RequestError) {
            switch job.request.verb {
            case .logs(let log):
                try await LogAnswer(log, supervisor, job.writer).write()
            case .report(let isEverythingAgain):
                let status = await supervisor.statusDocument()
                if isEverythingAgain { try await sendEverythingAgain() }
                await job.writer.finish(result: status)
            case .restart(let target):
                let names = try await restart(target)
                await job.writer.finish(result: ["restarted": .strings(names)])
            case .pull(let image):
                await job.writer.finish(result: ["imageID": .string(try await pull(image))])
            case .prune:
                let names = try await prune()
                await job.writer.finish(result: ["removed": .strings(names)])
            case .cancel(let request):
                await job.writer.finish(result: ["cancelled": .string(request)])
            }
        } catch {
            await job.writer.fail(error)
        }
    }

    private nonisolated func sendEverythingAgain() async throws(RequestError) {
        do throws(StoreError) { try await store.forgetAcknowledgements() } catch {
            throw .failed(reason: "NotStored", message: error.description)
        }
    }

    private nonisolated func restart(
        _ target: NodeRequest.PodTarget
    ) async throws(RequestError) -> [String] {
        do throws(Supervisor.LogProblem) {
            return try await supervisor.restart(
                namespace: target.namespace,
                name: target.pod,
                container: target.container
            )
        } catch {
            throw RequestError(error, target)
        }
    }

    private nonisolated func pull(_ image: String) async throws(RequestError) -> String {
        do throws(ImageProblem) { return try await supervisor.pull(image) } catch {
            throw .failed(reason: error.reason, message: error.description)
        }
    }

    private nonisolated func prune() async throws(RequestError) -> [String] {
        do throws(ImageProblem) { return try await supervisor.prune() } catch {
            throw .failed(reason: error.reason, message: error.description)
        }
    }
}

extension RequestError {
    /// What the supervisor says about a pod, as an answer.
    init(_ problem: Supervisor.LogProblem, _ target: NodeRequest.PodTarget) {
        switch problem {
        case .noPod:
            self = .notFound("pod \(target.pod) in namespace \(target.namespace)")
        case .noContainer(let names):
            let message = "name one container of pod \(target.pod): "
            self = .failed(
                reason: "BadRequest",
                message: message + names.joined(separator: ", ")
            )
        case .noRun:
            let message = "the container has not run, or not that often, or has ended for good"
            self = .failed(reason: "BadRequest", message: message)
        }
    }
}
