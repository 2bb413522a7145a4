import Documents
import KubeModel
import Uplink

// Where a manifest counts on a node, the verbs keep it true: an object that it does not list would be
// ignored, and one that it still lists would not go.

extension BrokerAccess {
    /// The manifest that is retained for the node; nil where objects count one by one.
    func manifest() async throws(OperatorError) -> DesiredManifest? {
        guard let message = try await messages("desired/manifest").first else {
            return Optional.none
        }
        do throws(ManifestError) { return try DesiredManifest(payload: message.payload) } catch {
            throw .unreadable(source: message.topic, message: error.description)
        }
    }

    /// Changes the node's manifest, where it has one, and waits until the node has stored it.
    ///
    /// - Returns: Whether there is a manifest.
    func editManifest(
        _ change: (inout ManifestEdit) -> Void
    ) async throws(OperatorError) -> Bool {
        guard let retained = try await manifest() else { return false }
        var edit = ManifestEdit(retained)
        change(&edit)
        edit.finish(at: console.now())
        // Why also when nothing changed: the broker may have lost it on the way to the node.
        try await publish(edit.manifest, edit.payload)
        return true
    }

    /// Publishes a manifest, and waits for the node's word about it.
    func publish(
        _ manifest: DesiredManifest,
        _ payload: [UInt8]
    ) async throws(OperatorError) {
        let topic = topics.topic("status/desired")
        let answers: AsyncStream<InboundMessage>
        do {
            answers = try await client.messages(topic, timeoutSeconds: timeoutSeconds)
        } catch {
            throw .broker(error)
        }
        try await publish(topics.topic("desired/manifest"), payload)
        try await confirmed(by: answers, what: "the manifest") { answer, message in
            Self.judge(answer.document, manifest, isOld: message.isRetained)
        }
    }

    /// Lists an object no more; answers whether there is a manifest.
    func drop(_ key: ObjectKey) async throws(OperatorError) -> Bool {
        try await editManifest { edit in
            if let address = Self.address(key) { edit.drop(address) }
        }
    }

    /// What `status/desired` says about a manifest.
    ///
    /// What was said before ours was published (`isOld`) can only confirm.
    static func judge(
        _ status: Document,
        _ manifest: DesiredManifest,
        isOld: Bool
    ) -> BrokerVerdict {
        let isOurs = status["epoch"]?.string == manifest.epoch
        if isOurs, let generation = status["generation"]?.integer {
            if generation == manifest.generation { return .yes }
            if generation > manifest.generation, !isOld {
                return .no("another controller was faster: try again")
            }
        }
        let problem = status["errors"]?.array?.first { $0["kind"]?.string == "Manifest" }
        guard let problem, !isOld else { return .undecided }
        let reason = problem["reason"]?.string ?? "Refused"
        return .no("\(reason): \(problem["message"]?.string ?? "the node gave no message")")
    }
}
