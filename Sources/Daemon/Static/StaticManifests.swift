internal import Documents
internal import Host
internal import KubeModel
internal import Logging
internal import StateStore
internal import Supervisor

/// Keeps what is stored true to the folder of manifests, for as long as it runs.
///
/// A machine without a broker runs by this alone; with one, both are served, and no manifest of a
/// controller ends what stands here: who may write the folder is the machine's owner.
struct StaticManifests: Sendable {
    let folder: String
    let store: StateStore
    let nodeName: String
    let supervisor: Supervisor
    let logger: Logger

    // Why: a folder that is made later rings for nobody, and a pod that is wanted again while it ends
    // is taken once it is gone.
    private static let lookAgain = Duration.seconds(60)

    /// Looks now and whenever something in the folder changes, until it is cancelled.
    func run() async {
        let (looks, look) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    look.yield()
                    try? await Task.sleep(for: Self.lookAgain)
                }
                look.finish()
            }
            group.addTask { [folder] in
                while !Task.isCancelled {
                    // A folder that is not there is looked for again; what it then has is seen by the clock.
                    if let rings = try? FileWatch.changes(near: [folder + "/manifest"]) {
                        look.yield()
                        for await _ in rings { look.yield() }
                    }
                    try? await Task.sleep(for: Self.lookAgain)
                }
            }
            var said: [StaticFolder.Complaint] = []
            for await _ in looks { await self.look(&said) }
        }
    }

    /// Compares the folder with what is stored, and stores the difference.
    ///
    /// - Parameter said: What was complained about at the last look, and need not be said again.
    func look(_ said: inout [StaticFolder.Complaint]) async {
        var found = StaticFolder(read(), nodeName: nodeName)
        do throws(StoreError) {
            for entry in found.entries { try await take(entry, &found) }
            try await end(found)
        } catch {
            await supervisor.complain("\(folder): \(error)", "DatabaseFailed")
        }
        for complaint in found.complaints where !said.contains(complaint) {
            let text = "\(folder)/\(complaint.file): \(complaint.message)"
            await supervisor.complain(text, "InvalidManifest")
        }
        said = found.complaints
    }

    private func read() -> [(name: String, content: Result<[UInt8], StaticFolder.HostProblem>)] {
        var names = FileTree.names(in: folder).filter(StaticFolder.isManifest).sorted()
        if names.count > StaticFolder.fileCountMax {
            logger.error(
                "more than \(StaticFolder.fileCountMax) manifests: the last are left out",
                metadata: ["folder": "\(folder)"]
            )
            names = Array(names.prefix(StaticFolder.fileCountMax))
        }
        return names.map { name in
            do throws(HostError) {
                let path = "\(folder)/\(name)"
                let bytes = try FileBytes.read(path, byteCountMax: StaticFolder.fileBytesMax)
                return (name, .success(bytes))
            } catch {
                return (name, .failure(StaticFolder.HostProblem(message: error.description)))
            }
        }
    }

    private func take(
        _ entry: StaticFolder.Entry,
        _ found: inout StaticFolder
    ) async throws(StoreError) {
        let object: DesiredObject
        do throws(ObjectError) {
            object = try DesiredObject.identify(
                entry.payload,
                as: entry.address,
                node: nodeName,
                digests: .system
            )
        } catch {
            return found.refuse(entry, error.description)
        }
        let stored = try await store.desired(object.kind, object.namespace, object.name)
        // Why: a write costs the disk a sync, and nearly always nothing has changed.
        guard stored?.payload != object.payload || stored?.deletionRequestedAt != nil else {
            return
        }
        let acceptance = try await store.accept(object)
        logger.info(
            "took a manifest of the folder",
            metadata: ["object": "\(object.reference)", "acceptance": "\(acceptance)"]
        )
    }

    private func end(_ found: StaticFolder) async throws(StoreError) {
        var stored: [(object: ObjectReference, file: String)] = []
        for object in try await store.desired() where object.deletionRequestedAt == nil {
            if let file = object.staticFile { stored.append((object.reference, file)) }
        }
        let now = Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
        for reference in found.gone(from: stored) {
            logger.info("a manifest has gone", metadata: ["object": "\(reference)"])
            switch reference.kind {
            case .pod: _ = try await store.requestDeletion(of: reference, at: now)
            case .configMap, .secret: _ = try await store.remove(reference)
            case .node, .event: continue
            }
        }
    }
}
