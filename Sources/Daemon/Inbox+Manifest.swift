internal import Host
internal import KubeModel
internal import StateStore

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
            if !isRetained { try await store.forgetManifest() }
            return nil
        }
        let manifest: DesiredManifest
        do throws(ManifestError) { manifest = try DesiredManifest(payload: payload) } catch {
            try await store.refuse(manifest: error)
            if !isRetained { try await answerAgain() }
            return .refused(error)
        }
        let outcome = try await store.accept(
            manifest,
            payload: payload,
            node: nodeName,
            at: Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds())
        )
        switch outcome {
        case .accepted: break
        case .same, .refused: if !isRetained { try await answerAgain() }
        }
        return outcome
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
