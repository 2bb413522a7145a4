/// What is kept of the manifest that was accepted last.
public struct ManifestHead: Equatable, Sendable {
    /// Which history.
    public var epoch: String
    /// Where in it.
    public var generation: Int64
    /// When it was made.
    public var issuedAt: Timestamp
    /// SHA-256 of its bytes.
    public var sha256: [UInt8]

    /// A head made in code.
    public init(epoch: String, generation: Int64, issuedAt: Timestamp, sha256: [UInt8]) {
        self.epoch = epoch
        self.generation = generation
        self.issuedAt = issuedAt
        self.sha256 = sha256
    }
}

/// Whether a manifest that arrives replaces the stored one: rule 3 of the MQTT contract.
public enum ManifestOrder {
    /// What becomes of the one that arrives.
    public enum Decision: Equatable, Sendable {
        /// It counts from now on.
        case accepted
        /// It is the stored one: acknowledged again.
        case same
        /// The stored one stays.
        case refused(ManifestError)
    }

    /// Decides about `incoming`, whose bytes have the digest `sha256`.
    ///
    /// - Parameters:
    ///   - stored: The last one that was accepted; nil before the first.
    ///   - incoming: What arrived.
    ///   - sha256: The digest of its bytes.
    ///   - node: This node.
    /// - Returns: What becomes of it.
    public static func decide(
        stored: ManifestHead?,
        incoming: DesiredManifest,
        sha256: [UInt8],
        node: String
    ) -> Decision {
        guard incoming.node == node else { return .refused(.otherNode(incoming.node)) }
        guard !incoming.items.isEmpty || incoming.allowsEmpty else { return .refused(.empty) }
        guard let stored else { return .accepted }
        guard incoming.epoch == stored.epoch else {
            // Why newer and not equal: two controllers that were restored in the same second would
            // take the node from each other for ever.
            return incoming.issuedAt > stored.issuedAt
                ? .accepted : .refused(.oldEpoch(incoming.epoch, stored: stored.epoch))
        }
        if incoming.generation > stored.generation { return .accepted }
        guard incoming.generation == stored.generation else {
            return .refused(
                .oldGeneration(incoming.generation, stored: stored.generation)
            )
        }
        return sha256 == stored.sha256 ? .same : .refused(.ambiguous(incoming.generation))
    }
}
