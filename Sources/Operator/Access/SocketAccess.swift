import ControlAPI
import Documents
import KubeModel

/// Reaches a node through its daemon's control socket.
struct SocketAccess: NodeAccess {
    private let client: ControlClient
    private let path: String
    private let console: Console

    /// How often a deletion looks whether the pod is gone, in milliseconds.
    private static let pollMilliseconds = 100

    init(path: String, console: Console) {
        self.client = ControlClient(path: path)
        self.path = path
        self.console = console
    }

    // Why so often: it is a local socket, and people look at the answer.
    var lookAgainMilliseconds: Int { 500 }

    func objects(
        _ kind: ResourceKind,
        in namespace: String?
    ) async throws(OperatorError) -> [Document] {
        guard let objectKind = kind.objectKind else {
            return ImageSummary.images(of: try await objects(.nodes, in: nil))
        }
        let objects = try await list(["api", "v1", kind.plural], kind: objectKind.rawValue)
        guard kind.isNamespaced, let namespace else { return objects }
        return objects.filter { ObjectView($0).namespace == namespace }
    }

    func object(_ key: ObjectKey) async throws(OperatorError) -> Document? {
        guard key.kind.isDesired else {
            return try await objects(key.kind, in: key.namespace)
                .first { ObjectView($0).name == key.name }
        }
        let reply = try await request(.get, Self.path(of: key))
        guard reply.status != 404 else { return Optional.none }
        return try document(reply, what: key.words)
    }

    func status() async throws(OperatorError) -> Document {
        try document(await request(.get, ["swiftlet", "v1", "status"]), what: "status")
    }

    func usage() async throws(OperatorError) -> Document {
        try document(await request(.get, ["stats", "summary"]), what: "usage")
    }

    func log(
        _ question: LogQuestion,
        sink: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError) {
        let reply: ControlReply
        do {
            reply = try await client.stream(
                Self.path(of: ObjectKey(pod: question.pod)) + ["log"],
                query: question.parameters,
                onChunk: sink
            )
        } catch {
            throw .control(error)
        }
        if reply.status == 404, message(reply) == nil {
            throw .notFound(kind: "pod", name: question.pod.name)
        }
        guard reply.isSuccess else { throw refusal(reply, "the log of \(question.pod.name)") }
    }

    func restart(
        _ pod: PodName,
        container: String?
    ) async throws(OperatorError) -> [String] {
        let query = container.map { ["container": $0] } ?? [:]
        let reply = try await request(
            .post,
            Self.path(of: ObjectKey(pod: pod)) + ["restart"],
            query: query
        )
        let answer = try document(reply, what: "the restart of \(pod.name)")
        return answer["restarted"]?.array?.compactMap(\.string) ?? []
    }

    func apply(_ wanted: ManifestObject) async throws(OperatorError) -> AppliedChange {
        let present = try await object(wanted.key)
        let step = try VersionStep(
            wanted: wanted.document,
            retained: present,
            reported: nil,
            newUID: UniqueID.random(),
            now: console.now()
        )
        let reply = try await request(.put, Self.path(of: wanted.key), body: step.object.json())
        guard reply.isSuccess else { throw refusal(reply, wanted.key.words) }
        return step.change
    }

    func delete(_ deletion: Deletion) async throws(OperatorError) {
        let path = Self.path(of: deletion.key)
        guard let present = try await object(deletion.key) else {
            throw .notFound(kind: deletion.key.kind.singular, name: deletion.key.name)
        }
        let query = deletion.graceSeconds.map { ["gracePeriodSeconds": String($0)] } ?? [:]
        let reply = try await request(.delete, path, query: query)
        if reply.status == 404 { return }
        guard reply.isSuccess else { throw refusal(reply, "the end of \(deletion.key.words)") }
        try await waitUntilGone(deletion, uid: ObjectView(present).uid)
    }

    /// Waits until the object is gone, or another one has its name.
    private func waitUntilGone(_ deletion: Deletion, uid: String?) async throws(OperatorError) {
        let deadline = ContinuousClock.now + .seconds(deletion.timeoutSeconds)
        while let present = try await object(deletion.key), ObjectView(present).uid == uid {
            guard ContinuousClock.now < deadline else {
                throw .unanswered(
                    what: "the end of \(deletion.key.words)",
                    seconds: deletion.timeoutSeconds,
                    advice: "it goes on; look with `swiftlet describe \(deletion.key.text)`"
                )
            }
            try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
    }

    private static func path(of key: ObjectKey) -> [String] {
        ["api", "v1", "namespaces", key.namespace, key.kind.plural, key.name]
    }

    private func request(
        _ method: ControlMethod,
        _ path: [String],
        query: [String: String] = [:],
        body: [UInt8] = []
    ) async throws(OperatorError) -> ControlReply {
        do {
            return try await client.request(method, path, query: query, body: body)
        } catch {
            throw .control(error)
        }
    }

    private func list(_ path: [String], kind: String) async throws(OperatorError) -> [Document] {
        let list = try document(await request(.get, path), what: path.last ?? "")
        guard let items = list["items"]?.array else {
            throw .unreadable(source: self.path, message: "the answer is no list")
        }
        // Why: the items of a typed list may leave out what the list says for all.
        return items.map { item in
            guard item["kind"] == nil else { return item }
            let members = item.members ?? []
            return .object(
                [
                    Document.Member(name: "apiVersion", value: "v1"),
                    Document.Member(name: "kind", value: .string(kind)),
                ] + members
            )
        }
    }

    private func document(_ reply: ControlReply, what: String) throws(OperatorError) -> Document {
        guard reply.isSuccess else { throw refusal(reply, what) }
        do throws(DocumentError) {
            return try Document(json: reply.body, limits: .file)
        } catch {
            throw .unreadable(source: path, message: "the answer is not JSON: \(error)")
        }
    }

    private func refusal(_ reply: ControlReply, _ what: String) -> OperatorError {
        .refused(what: what, message: message(reply) ?? "HTTP status \(reply.status)")
    }

    /// The sentence of a v1.Status.
    private func message(_ reply: ControlReply) -> String? {
        let status = try? Document(json: reply.body)
        return status?["message"]?.string.map(Printable.cell)
    }
}

extension LogQuestion {
    /// The question as the parameters of Kubernetes' pod log.
    var parameters: [String: String] {
        var parameters: [String: String] = [:]
        if let container { parameters["container"] = container }
        if follows { parameters["follow"] = "true" }
        if isPrevious { parameters["previous"] = "true" }
        if let tailLineCount { parameters["tailLines"] = String(tailLineCount) }
        if let sinceSeconds { parameters["sinceSeconds"] = String(sinceSeconds) }
        return parameters
    }
}
