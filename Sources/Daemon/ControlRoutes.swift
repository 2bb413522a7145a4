public import ControlAPI
internal import Documents
internal import Host
internal import KubeModel
public import StateStore
public import Supervisor

/// What the control socket answers: Kubernetes' paths for what Kubernetes knows, our own for the rest.
public struct ControlRoutes: ControlHandler {
    private let supervisor: Supervisor
    private let store: StateStore
    private let inbox: Inbox
    private let nodeName: String
    private let images: ImageRoutes?

    /// Routes to one daemon; without `images` it has no verbs for them.
    public init(
        supervisor: Supervisor,
        store: StateStore,
        inbox: Inbox,
        nodeName: String,
        images: ImageRoutes? = nil
    ) {
        self.images = images
        self.supervisor = supervisor
        self.store = store
        self.inbox = inbox
        self.nodeName = nodeName
    }

    /// Answers one request.
    public func handle(_ request: ControlRequest) async -> ControlResponse {
        switch (request.method, request.path) {
        // Why the same: a daemon that answers has recovered; the watchdog ends one that hangs.
        case (.get, ["healthz"]), (.get, ["readyz"]), (.get, ["livez"]): return .plain("ok")
        case (.get, ["metrics"]): return await metrics()
        case (.get, ["stats", "summary"]):
            return json(StatsSummary.document(await usage(), nodeName: nodeName))
        case (.get, ["pods"]):
            return json(ObjectList.document(await supervisor.podDocuments(), kind: "PodList"))
        case (.get, ["swiftlet", "v1", "status"]):
            return json(await supervisor.statusDocument())
        case (.get, ["api", "v1", "pods"]):
            return json(ObjectList.document(await supervisor.podDocuments(), kind: "PodList"))
        case (.get, ["api", "v1", "nodes"]):
            return json(ObjectList.document([await supervisor.nodeDocument()], kind: "NodeList"))
        case (.get, ["api", "v1", "nodes", nodeName]):
            return json(await supervisor.nodeDocument())
        case (.get, ["api", "v1", "events"]): return await events()
        case (_, let path) where path.starts(with: ["swiftlet", "v1", "images"]):
            guard let images else { return Self.unknown(request) }
            return await images.handle(request, Array(path.dropFirst(3))) ?? Self.unknown(request)
        case (_, let path) where path.starts(with: ["api", "v1", "namespaces"]) && path.count >= 5:
            guard path[4] == "pods" else { return await config(request, path) }
            return await pods(request, namespace: path[3], rest: Array(path.dropFirst(5)))
        case (.get, let path) where path.starts(with: ["api", "v1"]) && path.count == 3:
            let kind = ObjectKind(plural: path[2])
            let list = if let kind { await configs.list(kind) } else { ControlResponse?.none }
            return list ?? Self.unknown(request)
        case (_, _): return Self.unknown(request)
        }
    }

    private static func unknown(_ request: ControlRequest) -> ControlResponse {
        .failure(
            status: 404,
            reason: "NotFound",
            message: "there is nothing at \(request.method.rawValue) /"
                + request.path.joined(separator: "/")
        )
    }

    private func usage() async -> Usage {
        Usage(await supervisor.workloadProcesses(), state: supervisor.stateDirectory)
    }

    private func metrics() async -> ControlResponse {
        .plain(
            Metrics.text(
                await usage(),
                status: await supervisor.statusDocument(),
                pods: await supervisor.podDocuments()
            )
        )
    }

    private var configs: ConfigRoutes { ConfigRoutes(store: store, inbox: inbox) }

    /// `…/namespaces/NAMESPACE/KIND/NAME` of other kinds than pods.
    private func config(_ request: ControlRequest, _ path: [String]) async -> ControlResponse {
        guard path.count == 6, let kind = ObjectKind(plural: path[4]) else {
            return Self.unknown(request)
        }
        do throws(FieldError) {
            let name = try ObjectName(namespace: path[3], name: path[5])
            return await configs.one(request, kind, name) ?? Self.unknown(request)
        } catch {
            return .failure(status: 422, reason: "Invalid", message: error.description)
        }
    }

    private func json(_ document: Document, status: Int = 200) -> ControlResponse {
        .json(document.json(), status: status)
    }

    private func pods(
        _ request: ControlRequest,
        namespace: String,
        rest: [String]
    ) async -> ControlResponse {
        switch (request.method, rest.count) {
        case (.get, 0):
            let pods = await supervisor.podDocuments(namespace: namespace)
            return json(ObjectList.document(pods, kind: "PodList"))
        case (.get, 1):
            let pod = await supervisor.podDocument(namespace: namespace, name: rest[0])
            return pod.map { json($0) } ?? Self.noPod(namespace, rest[0])
        case (.get, 2) where rest[1] == "log": return await log(request, namespace, rest[0])
        case (.post, 2) where rest[1] == "restart":
            return await restart(request, namespace, rest[0])
        case (.put, 1): return await put(request, namespace, rest[0])
        case (.delete, 1): return await delete(request, namespace, rest[0])
        case (_, _): return Self.unknown(request)
        }
    }

    private static func noPod(_ namespace: String, _ name: String) -> ControlResponse {
        .failure(
            status: 404,
            reason: "NotFound",
            message: "pods \"\(name)\" not found in namespace \(namespace)"
        )
    }

    private func events() async -> ControlResponse {
        do throws(StoreError) {
            let events = try await store.events().compactMap { try? Document(json: $0) }
            return json(ObjectList.document(events, kind: "EventList"))
        } catch {
            return ControlResponse.failure(error)
        }
    }

    private func put(
        _ request: ControlRequest,
        _ namespace: String,
        _ name: String
    ) async -> ControlResponse {
        let address: DesiredObject.Address
        do throws(FieldError) {
            address = .init(kind: .pod, name: try ObjectName(namespace: namespace, name: name))
        } catch {
            return .failure(status: 422, reason: "Invalid", message: error.description)
        }
        do throws(StoreError) {
            guard try await !inbox.isUnderManifest() else { return .manifestCounts }
            switch try await inbox.take(request.body, as: address) {
            case .staged: return .manifestCounts
            case .refused(let refusal):
                return .failure(status: 422, reason: refusal.reason, message: refusal.message)
            case .taken(let object, let acceptance):
                await supervisor.seesWhatIsStored()
                guard let pod = try? object.pod() else {
                    return .failure(status: 500, reason: "InternalError", message: "unreadable")
                }
                let isNew = acceptance == .stored
                return json(pod.document, status: isNew ? 201 : 200)
            }
        } catch {
            return .failure(error)
        }
    }

    private func delete(
        _ request: ControlRequest,
        _ namespace: String,
        _ name: String
    ) async -> ControlResponse {
        var grace: Int64?
        if let text = request.query["gracePeriodSeconds"] {
            guard let seconds = Int64(text), (0...PodSpec.gracePeriodSecondsMax).contains(seconds)
            else {
                return .failure(
                    status: 400,
                    reason: "BadRequest",
                    message: "gracePeriodSeconds=\(text) is no number of seconds"
                )
            }
            grace = seconds
        }
        guard let objectName = try? ObjectName(namespace: namespace, name: name) else {
            return Self.noPod(namespace, name)
        }
        do throws(StoreError) {
            let address = DesiredObject.Address(kind: .pod, name: objectName)
            if let file = try await inbox.staticFile(of: address) { return .isStatic(file) }
            guard try await !inbox.isUnderManifest() else { return .manifestCounts }
            let now = Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
            let isThere = try await inbox.end(
                .init(kind: .pod, name: objectName),
                graceSeconds: grace,
                at: now
            )
            guard isThere else { return Self.noPod(namespace, name) }
            await supervisor.seesWhatIsStored()
        } catch {
            return .failure(error)
        }
        let pod = await supervisor.podDocument(namespace: namespace, name: name)
        return json(pod ?? ["kind": "Status", "apiVersion": "v1", "status": "Success"])
    }

    private func restart(
        _ request: ControlRequest,
        _ namespace: String,
        _ name: String
    ) async -> ControlResponse {
        do throws(Supervisor.LogProblem) {
            let names = try await supervisor.restart(
                namespace: namespace,
                name: name,
                container: request.query["container"]
            )
            return json(["restarted": .strings(names)])
        } catch {
            return Self.failure(error, namespace, name)
        }
    }

    private func log(
        _ request: ControlRequest,
        _ namespace: String,
        _ name: String
    ) async -> ControlResponse {
        let query = request.query
        let tail = query["tailLines"].flatMap { Int($0) }
        let since = query["sinceSeconds"].flatMap { Int64($0) }
        if query["tailLines"] != nil, tail ?? -1 < 0 {
            return .failure(status: 400, reason: "BadRequest", message: "tailLines is no number")
        }
        do throws(Supervisor.LogProblem) {
            let place = try await supervisor.logPlace(
                namespace: namespace,
                name: name,
                container: query["container"],
                isPrevious: query["previous"] == "true"
            )
            let follows = query["follow"] == "true" && query["previous"] != "true"
            // More than thirty years ask for all there is.
            let span = since.map { min(max($0, 0), 1_000_000_000) * 1_000_000_000 }
            let hasEnded: @Sendable () -> Bool = { place.hasEnded }
            let log = ContainerLog.read(
                place.path,
                tail: tail,
                sinceNanoseconds: span.map { Clock.wallNanoseconds() &- $0 } ?? .min,
                followUntil: follows ? hasEnded : nil
            )
            let feed = LogFeed(log, follows: follows)
            return .text(AsyncStream { await feed.next() })
        } catch {
            return Self.failure(error, namespace, name)
        }
    }

    private static func failure(
        _ problem: Supervisor.LogProblem,
        _ namespace: String,
        _ name: String
    ) -> ControlResponse {
        switch problem {
        case .noPod: noPod(namespace, name)
        case .noContainer(let names):
            .failure(
                status: 400,
                reason: "BadRequest",
                message: "name one container of pod \(name): \(names.joined(separator: ", "))"
            )
        case .noRun:
            .failure(
                status: 400,
                reason: "BadRequest",
                message: "the container has no log of that run: it has not been started so often"
            )
        }
    }
}
