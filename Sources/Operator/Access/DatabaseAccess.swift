import ControlAPI
import Documents
import Host
import KubeModel
import StateStore

/// Reads a node's own files while its daemon is not running, and says from when they are.
struct DatabaseAccess: NodeAccess {
    private let store: StateStore
    private let path: String
    private let logsDirectory: String
    private let console: Console
    /// When the database was last written, in nanoseconds since 1970.
    private let written: Int64?
    private let reason: ControlError

    /// Opens the database to read, and remarks on what is read.
    init(reach: Reach, reason: ControlError, console: Console) throws(OperatorError) {
        path = reach.stateDirectory + "/state.db"
        logsDirectory = reach.logsDirectory
        self.console = console
        self.reason = reason
        do throws(StoreError) {
            store = try StateStore(path: path, readOnly: true)
        } catch .missing {
            throw .database(
                path: path,
                message: "there is no database, and \(reason): start swiftletd, or name its "
                    + "places with --socket and --state"
            )
        } catch {
            throw .database(path: path, message: "\(error) (and \(reason))")
        }
        // What was committed last is in the log beside the file, until that is folded in.
        written = FileTime.modified(path + "-wal") ?? FileTime.modified(path)
        let age = Self.words(forWritten: written, now: console.now())
        console.remark("note: swiftletd is not running; this is from \(path), \(age)")
    }

    var lookAgainMilliseconds: Int { 2_000 }
    // Nobody writes.
    var canChange: Bool { false }

    func objects(
        _ kind: ResourceKind,
        in namespace: String?
    ) async throws(OperatorError) -> [Document] {
        let all: [Document]
        switch kind {
        case .pods: all = try await allPods()
        case .configMaps: all = try await desired(.configMap)
        case .secrets: all = try await desired(.secret).map { Secret.redacted($0) }
        case .events: all = try await events()
        case .nodes, .images:
            throw needsDaemon("the node's own status is known to a running swiftletd only")
        }
        guard let namespace else { return all }
        return all.filter { ObjectView($0).namespace == namespace }
    }

    func object(_ key: ObjectKey) async throws(OperatorError) -> Document? {
        try await objects(key.kind, in: key.namespace).first { ObjectView($0).name == key.name }
    }

    func status() async throws(OperatorError) -> Document {
        let pods = try await allPods()
        let running = pods.count { $0["status"]?["phase"]?.string == "Running" }
        var counts = ObjectBuilder()
        counts.set("desired", Int64(pods.count))
        counts.set("running", Int64(running))
        var report = ObjectBuilder()
        report.set("daemon", "not running")
        report.set("written", written.map { Timestamp(nanosecondsSinceEpoch: $0).rfc3339 })
        report.set("pods", counts.document)
        report.set("lastErrors", try await refusals(), \.self)
        return report.document
    }

    func usage() async throws(OperatorError) -> Document {
        throw needsDaemon("what is used now is measured by a running swiftletd only")
    }

    func log(
        _ question: LogQuestion,
        sink: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError) {
        guard let pod = try await pod(question.pod) else {
            throw .notFound(kind: "pod", name: question.pod.name)
        }
        let file = try LogFile(pod: pod, question: question, directory: logsDirectory)
        guard let path = file.path(isPrevious: question.isPrevious) else {
            throw .notFound(kind: "log", name: file.directory)
        }
        // Nobody tells whether the workload still writes, so a followed log ends with the reader.
        let never: @Sendable () -> Bool = { false }
        let log = ContainerLog.read(
            path,
            tail: question.tailLineCount.map { Int(clamping: $0) },
            sinceNanoseconds: question.sinceNanoseconds(now: console.now()),
            followUntil: question.follows ? never : nil
        )
        var entries = log.makeAsyncIterator()
        do throws(HostError) {
            while let entry = try await entries.next() {
                let end: [UInt8] = entry.isPartial ? [] : [0x0A]
                guard await sink(entry.text + end) else { return }
            }
        } catch {
            throw .notRead(message: error.description)
        }
    }

    func restart(
        _ pod: PodName,
        container: String?
    ) async throws(OperatorError) -> [String] {
        throw .control(reason)
    }

    func apply(_ object: ManifestObject) async throws(OperatorError) -> AppliedChange {
        throw .control(reason)
    }

    func delete(_ deletion: Deletion) async throws(OperatorError) {
        throw .control(reason)
    }
}

extension DatabaseAccess {
    /// From when the facts are, in words.
    private static func words(forWritten written: Int64?, now: Int64) -> String {
        guard let written else { return "of unknown age" }
        let moment = Timestamp(nanosecondsSinceEpoch: written).rfc3339
        let age = Age.text(since: written, now: now)
        return "written at " + moment + (age == Age.unknown ? "" : " (\(age) ago)")
    }

    private func needsDaemon(_ what: String) -> OperatorError {
        .notThisWay(what: what, advice: "start it with `systemctl start swiftletd`")
    }

    private func events() async throws(OperatorError) -> [Document] {
        do {
            return try await store.events().compactMap { try? Document(json: $0) }
        } catch {
            throw .database(path: path, message: "\(error)")
        }
    }

    private func desired(_ kind: ObjectKind) async throws(OperatorError) -> [Document] {
        do {
            return try await store.desired(kind).map(wish).sorted(by: ObjectView.isBefore)
        } catch {
            throw .database(path: path, message: "\(error)")
        }
    }

    /// What is wanted with what was seen of it, and what was seen that is no longer wanted.
    private func allPods() async throws(OperatorError) -> [Document] {
        let snapshot: StoreSnapshot
        do {
            snapshot = try await store.snapshot()
        } catch {
            throw .database(path: path, message: "\(error)")
        }
        var reports: [String: Document] = [:]
        for pod in snapshot.observed { reports[pod.uid] = report(pod) }
        var pods: [Document] = []
        for object in snapshot.desired where object.kind == .pod {
            let report = reports.removeValue(forKey: object.uid)
            if let pod = PodMerge.merge(desired: wish(object), reported: report) {
                pods.append(pod)
            }
        }
        pods += reports.values.compactMap { PodMerge.merge(desired: nil, reported: $0) }
        return pods.sorted(by: ObjectView.isBefore)
    }

    private func wish(_ object: DesiredObject) -> Document {
        let payload = (try? Document(json: object.payload)) ?? .object([])
        var wish = payload.setting(["metadata", "name"], to: .string(object.name))
            .setting(["metadata", "namespace"], to: .string(object.namespace))
            .setting(["metadata", "uid"], to: .string(object.uid))
            .setting(["metadata", "resourceVersion"], to: .string(object.resourceVersion))
        if let moment = object.deletionRequestedAt?.rfc3339 {
            wish = wish.setting(["metadata", "deletionTimestamp"], to: .string(moment))
        }
        return wish
    }

    private func report(_ pod: ObservedPod) -> Document {
        let status = (try? Document(json: pod.status)) ?? .object([])
        return status.setting(["metadata", "name"], to: .string(pod.name))
            .setting(["metadata", "namespace"], to: .string(pod.namespace))
            .setting(["metadata", "uid"], to: .string(pod.uid))
    }

    private func refusals() async throws(OperatorError) -> [Document] {
        do {
            return try await store.refusals().map { refusal in
                [
                    "namespace": .string(refusal.reference.namespace),
                    "name": .string(refusal.reference.name),
                    "reason": .string(refusal.reason), "message": .string(refusal.message),
                ]
            }
        } catch {
            throw .database(path: path, message: "\(error)")
        }
    }
}
