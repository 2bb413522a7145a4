import Documents
import KubeModel
import StateStore
import Trust
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
        if signingKey != nil, try await !isRetainedSignedByUs() {
            throw .refused(
                what: "the change",
                message:
                    "the manifest on the broker is not signed by this key: somebody else put it "
                    + "there; look at what is there, then `swiftlet sign --all`"
            )
        }
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
        let known = try await Self.problem(first("status/desired"))
        let answers: AsyncStream<InboundMessage>
        do {
            answers = try await client.messages(topic, timeoutSeconds: timeoutSeconds)
        } catch {
            throw .broker(error)
        }
        // Why first: a node that has the signature already needs one look at the manifest.
        try await publishSignature(of: payload)
        try await publish(topics.topic("desired/manifest"), payload)
        do throws(OperatorError) {
            try await confirmed(by: answers, what: "the manifest") { answer, message in
                Self.judge(answer.document, manifest, isOld: message.isRetained, known: known)
            }
        } catch {
            // Nothing new in all that time: the node means the old words.
            guard case .unanswered = error, let known else { throw error }
            throw .refused(what: "the manifest", message: Printable.cell(Self.words(known)))
        }
    }

    private func isRetainedSignedByUs() async throws(OperatorError) -> Bool {
        guard let signingKey, let trust = try? TrustedKeys([signingKey.verifyingKey]),
            let manifest = try await messages("desired/manifest").first,
            let message = try await messages("desired/manifest.sig").first,
            let signature = Signature(payload: message.payload)
        else { return false }
        do throws(TrustError) {
            try trust.verify(signature, manifest: manifest.payload)
            return true
        } catch {
            return false
        }
    }

    private func publishSignature(of payload: [UInt8]) async throws(OperatorError) {
        let topic = topics.topic("desired/manifest.sig")
        guard let signingKey else {
            guard try await messages("desired/manifest.sig").isEmpty else {
                throw .usage(
                    "what node \(topics.nodeName) runs is signed: add --signing-key FILE"
                )
            }
            return
        }
        let signature: Signature
        do throws(TrustError) { signature = try signingKey.sign(manifest: payload) } catch {
            throw .refused(what: "the manifest", message: error.description)
        }
        try await publish(topic, signature.payload)
    }

    /// Signs a manifest that lists every object the broker holds for the node.
    func signEverything() async throws(OperatorError) -> DesiredManifest {
        var items: [DesiredManifest.Item] = []
        for message in try await messages("desired/+/+/+") {
            guard case .desired(let kind, let namespace, let name) = message.name,
                let kind = ObjectKind(plural: kind.rawValue),
                let name = try? ObjectName(namespace: namespace, name: name)
            else { continue }
            let view = ObjectView((try? Document(json: message.payload)) ?? .null)
            items.append(
                .init(
                    address: .init(kind: kind, name: name),
                    uid: view.uid ?? "",
                    resourceVersion: view.resourceVersion ?? "",
                    sha256: Digests.system.sha256(message.payload)
                )
            )
        }
        // Why the node's word: what the broker holds as the last manifest may be anybody's.
        let stored = try await first("status/desired")
        let next = DesiredManifest(
            node: topics.nodeName,
            epoch: stored?["epoch"]?.string ?? UniqueID.random(),
            generation: (stored?["generation"]?.integer ?? 0) &+ 1,
            issuedAt: Timestamp(nanosecondsSinceEpoch: console.now()),
            allowsEmpty: items.isEmpty,
            items: items.sorted { $0.address.name < $1.address.name }
        )
        try await publish(next, next.payload)
        return next
    }

    /// Lists an object no more; answers whether there is a manifest.
    func drop(_ key: ObjectKey) async throws(OperatorError) -> Bool {
        try await editManifest { edit in
            if let address = Self.address(key) { edit.drop(address) }
        }
    }

    /// What `status/desired` says about a manifest.
    ///
    /// What was said before ours was published (`isOld`) can only confirm, and a refusal that was `known`
    /// before may be said once more for the reason of before.
    static func judge(
        _ status: Document,
        _ manifest: DesiredManifest,
        isOld: Bool,
        known: Document?
    ) -> BrokerVerdict {
        let isOurs = status["epoch"]?.string == manifest.epoch
        if isOurs, let generation = status["generation"]?.integer {
            if generation == manifest.generation { return .yes }
            if generation > manifest.generation, !isOld {
                return .no("another controller was faster: try again")
            }
        }
        guard let problem = problem(status), !isOld, problem != known else { return .undecided }
        return .no(words(problem))
    }

    private static func problem(_ status: Document?) -> Document? {
        status?["errors"]?.array?.first { $0["kind"]?.string == "Manifest" }
    }

    private static func words(_ problem: Document) -> String {
        let reason = problem["reason"]?.string ?? "Refused"
        return "\(reason): \(problem["message"]?.string ?? "the node gave no message")"
    }
}
