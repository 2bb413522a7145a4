internal import Host
internal import KubeModel
public import StateStore
internal import Synchronization
internal import Trust

extension Inbox {
    /// Takes what arrived on `desired/manifest` (rules 2 and 3 of the contract).
    ///
    /// - Parameters:
    ///   - payload: The bytes; empty where the topic was cleared.
    ///   - isRetained: Whether the broker had kept it, or it was sent just now.
    /// - Returns: What became of it; nil where there was nothing to do.
    /// - Throws: What kept it from disk.
    func takeManifest(
        _ payload: [UInt8],
        isRetained: Bool
    ) async throws(StoreError) -> ManifestOutcome? {
        guard !payload.isEmpty else {
            // Rule 2: only an empty message seen live says anything; nothing is deleted by it.
            if !isRetained, trust == nil { try await store.forgetManifest() }
            return nil
        }
        guard trust != nil else { return try await judge(payload, nil, isRetained) }
        pending.hold(payload: payload)
        return try await judgePending(isRetained)
    }

    /// Takes what arrived on `desired/manifest.sig`; it may come before its manifest or after it.
    ///
    /// - Returns: What became of the manifest; nil where none waits for a signature.
    /// - Throws: What kept it from disk.
    func takeSignature(
        _ payload: [UInt8],
        isRetained: Bool
    ) async throws(StoreError) -> ManifestOutcome? {
        guard trust != nil else { return nil }
        pending.hold(signature: Signature(payload: payload))
        return try await judgePending(isRetained)
    }

    /// Lets go of a manifest that nobody signed, once signatures are asked for.
    ///
    /// What runs goes on; nothing new counts before a signed manifest lists it.
    ///
    /// - Throws: What kept it from disk.
    public func prepare() async throws(StoreError) {
        guard trust != nil, try await store.manifestSigner() == nil else { return }
        try await store.forgetManifest()
    }

    private func judgePending(_ isRetained: Bool) async throws(StoreError) -> ManifestOutcome? {
        let (payload, signature) = pending.current
        guard let trust, let payload else { return nil }
        if try await store.manifest()?.sha256 == Digests.system.sha256(payload) {
            // Its signature was checked when it was stored.
            return try await judge(payload, try await store.manifestSigner(), isRetained)
        }
        guard let signature else {
            return try await refuse(.notTrusted(TrustError.notSigned.description), isRetained)
        }
        do throws(TrustError) { try trust.verify(signature, manifest: payload) } catch {
            return try await refuse(.notTrusted(error.description), isRetained)
        }
        return try await judge(payload, signature.keyID, isRetained)
    }

    private func judge(
        _ payload: [UInt8],
        _ signer: String?,
        _ isRetained: Bool
    ) async throws(StoreError) -> ManifestOutcome {
        let manifest: DesiredManifest
        do throws(ManifestError) { manifest = try DesiredManifest(payload: payload) } catch {
            return try await refuse(error, isRetained)
        }
        let outcome = try await store.accept(
            manifest,
            payload: payload,
            signer: signer,
            node: nodeName,
            at: Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
        )
        switch outcome {
        case .accepted: pending.release()
        case .same:
            pending.release()
            if !isRetained { try await answerAgain() }
        case .refused: if !isRetained { try await answerAgain() }
        }
        return outcome
    }

    private func refuse(
        _ error: ManifestError,
        _ isRetained: Bool
    ) async throws(StoreError) -> ManifestOutcome {
        try await store.refuse(manifest: error)
        if !isRetained { try await answerAgain() }
        return .refused(error)
    }

    /// Asked again, answered again, also with the same words.
    private func answerAgain() async throws(StoreError) {
        try await store.sending(topic: "status/desired")
        store.outboxBell.ring()
    }

    /// Takes an empty message on an object's topic, seen live: without a manifest it deletes.
    ///
    /// - Returns: Whether there was something to end.
    /// - Throws: What kept it from disk.
    func takeNothing(
        for address: DesiredObject.Address,
        at time: Timestamp
    ) async throws(StoreError) -> Bool {
        guard try await isUnderManifest() else { return try await end(address, at: time) }
        try await store.unstage(address)
        return false
    }
}

/// A manifest and a signature that wait for each other: two topics come in any order.
///
/// In memory only: both are retained, and asked for again by the next life of the daemon.
final class PendingManifest: Sendable {
    private struct State {
        var payload: [UInt8]?
        var signature: Signature?
    }

    private let state = Mutex(State())

    /// The last of each that came.
    var current: (payload: [UInt8]?, signature: Signature?) {
        state.withLock { ($0.payload, $0.signature) }
    }

    func hold(payload: [UInt8]) { state.withLock { $0.payload = payload } }

    func hold(signature: Signature?) { state.withLock { $0.signature = signature } }

    /// The manifest is stored; its signature may be that of no other.
    func release() { state.withLock { $0.payload = nil } }
}
