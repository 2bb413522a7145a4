internal import Documents
public import KubeModel
public import StateStore
internal import Supervisor
public import Trust

/// Takes what a controller or an operator wants: checks it, writes it down, and remembers what it refused.
///
/// Nothing is answered here: the supervisor sees what is on disk and says so.
public struct Inbox: Sendable {
    let store: StateStore
    let nodeName: String
    /// Whose signature a manifest must have; nil where the broker is trusted.
    let trust: TrustedKeys?
    let pending = PendingManifest()

    /// An inbox of one node; with `trust` nothing is taken that no manifest of a trusted key lists.
    public init(store: StateStore, nodeName: String, trust: TrustedKeys? = nil) {
        self.store = store
        self.nodeName = nodeName
        self.trust = trust
    }

    /// What became of an object.
    public enum Outcome: Sendable {
        /// It is on disk, now or already.
        case taken(DesiredObject, Acceptance)
        /// It is refused, and that is on disk.
        case refused(Refusal)
        /// It is kept until a manifest lists its bytes.
        case staged
    }

    /// Takes an object that should be there.
    ///
    /// Where a manifest counts, or must, the object counts only if that lists its bytes (rule 3).
    ///
    /// - Parameters:
    ///   - payload: The object's JSON.
    ///   - address: What its topic or path says it is.
    /// - Returns: What became of it.
    /// - Throws: What kept it from disk; it then counts as never seen.
    public func take(
        _ payload: [UInt8],
        as address: DesiredObject.Address
    ) async throws(StoreError) -> Outcome {
        if let file = try await staticFile(of: address) {
            let message = "it is a static object of \(file): change it there"
            return try await refuse(refusal(payload, address, "Static", message))
        }
        let candidate = candidate(payload, address)
        if try await isUnderManifest() {
            switch try await store.take(candidate) {
            case .staged: return .staged
            case .refused(let refusal): return .refused(refusal)
            case .applied(let acceptance):
                guard case .object(let object) = candidate else { return .staged }
                return .taken(object, acceptance)
            }
        }
        let object: DesiredObject
        switch candidate {
        case .refused(let refusal, _): return try await refuse(refusal)
        case .object(let own): object = own
        }
        let acceptance = try await store.accept(object)
        switch acceptance {
        case .stored, .replaced: break
        case .unchanged:
            // Why: what was refused in between is taken back by sending the good version again.
            try await store.forgetRefusal(address)
        case .stale(let stored):
            let message =
                "metadata.resourceVersion: \(object.resourceVersion) is older than "
                + "\(stored.resourceVersion), which is stored"
            return try await refuse(refusal(payload, address, "StaleResourceVersion", message))
        case .ignored: break
        }
        return .taken(object, acceptance)
    }

    /// Whether objects count only when a manifest lists them.
    public func isUnderManifest() async throws(StoreError) -> Bool {
        guard trust == nil else { return true }
        return try await store.manifest() != nil
    }

    /// The file of this machine's own folder that an object stands in; nil where it is a controller's.
    func staticFile(
        of address: DesiredObject.Address
    ) async throws(StoreError) -> String? {
        try await store.desired(address.kind, address.name.namespace, address.name.name)?.staticFile
    }

    /// Reads and judges what arrived.
    private func candidate(_ payload: [UInt8], _ address: DesiredObject.Address) -> Candidate {
        do throws(ObjectError) {
            let object = try DesiredObject.identify(
                payload,
                as: address,
                node: nodeName,
                digests: .system
            )
            guard DirectoryLayout.isSafe(uid: object.uid) else {
                let message = "metadata.uid: must be letters, digits, dashes and dots, at most 128"
                return .refused(refusal(payload, address, "Invalid", message), payload: payload)
            }
            guard object.staticFile == nil else {
                let message =
                    "metadata.annotations[\(StaticOrigin.fileAnnotation)]: only the node sets this"
                return .refused(refusal(payload, address, "Invalid", message), payload: payload)
            }
            return .object(object)
        } catch {
            let refusal = refusal(payload, address, error.reason, error.description)
            return .refused(refusal, payload: payload)
        }
    }

    /// Asks for the end of an object, whichever has the name.
    ///
    /// - Parameters:
    ///   - address: Which.
    ///   - graceSeconds: How long its end may take; nil for what its spec says.
    ///   - time: Now.
    /// - Returns: Whether there is one.
    /// - Throws: What kept the request from disk.
    public func end(
        _ address: DesiredObject.Address,
        graceSeconds: Int64? = nil,
        at time: Timestamp
    ) async throws(StoreError) -> Bool {
        try await store.forgetRefusal(address)
        guard try await staticFile(of: address) == nil else { return false }
        return try await store.requestDeletion(
            of: ObjectReference(
                kind: address.kind,
                namespace: address.name.namespace,
                name: address.name.name,
                uid: ""
            ),
            at: time,
            gracePeriodSeconds: graceSeconds
        )
    }

    private func refuse(_ refusal: Refusal) async throws(StoreError) -> Outcome {
        try await store.refuse(refusal)
        return .refused(refusal)
    }

    private func refusal(
        _ payload: [UInt8],
        _ address: DesiredObject.Address,
        _ reason: String,
        _ message: String
    ) -> Refusal {
        let metadata =
            payload.count <= DesiredObject.payloadByteCountMax
            ? (try? Document(json: payload))?["metadata"] : nil
        let uid = metadata?["uid"]?.string ?? ""
        let version = metadata?["resourceVersion"]?.string ?? ""
        return Refusal(
            reference: ObjectReference(
                kind: address.kind,
                namespace: address.name.namespace,
                name: address.name.name,
                // A version written by hand is answered under the uid that it would have had.
                uid: uid.isEmpty
                    ? NameUUID.ofObject(
                        node: nodeName,
                        kind: address.kind,
                        namespace: address.name.namespace,
                        name: address.name.name,
                        digests: .system
                    ) : uid
            ),
            resourceVersion: version.isEmpty
                ? Hexadecimal.text(Digests.system.sha256(payload).prefix(8)) : version,
            reason: reason,
            message: message
        )
    }
}

extension StateStore {
    /// Forgets a refusal, and says so if there was one.
    func forgetRefusal(_ address: DesiredObject.Address) throws(StoreError) {
        let name = address.name
        let wasRefused = try refusals().contains {
            $0.reference.kind == address.kind && $0.reference.namespace == name.namespace
                && $0.reference.name == name.name
        }
        guard wasRefused else { return }
        try forgetRefusal(address.kind, name.namespace, name.name)
        desiredBell.ring()
    }
}
