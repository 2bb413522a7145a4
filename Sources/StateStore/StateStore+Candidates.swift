public import KubeModel

/// What became of an object where a manifest counts.
public enum CandidateOutcome: Equatable, Sendable {
    /// The manifest lists these bytes, and they count.
    case applied(Acceptance)
    /// The manifest lists these bytes, and they are refused.
    case refused(Refusal)
    /// They are kept for a manifest that lists them.
    case staged
}

extension StateStore {
    /// Takes an object that counts only if the manifest lists its bytes (rule 3 of the contract).
    ///
    /// Versions are not compared: the manifest's generation is the order.
    ///
    /// - Parameter candidate: The object, or why it would be refused.
    /// - Returns: What became of it.
    /// - Throws: What kept it from disk; it then counts as never seen.
    public func take(_ candidate: Candidate) throws(StoreError) -> CandidateOutcome {
        let outcome = try connection.transaction(.full) {
            () throws(StoreError) -> CandidateOutcome in
            let digest = Digests.system.sha256(candidate.payload)
            guard try isListed(candidate.reference, digest) else {
                try StagedRow.replace(candidate, connection)
                try StagedRow.trim(connection, limits)
                return .staged
            }
            return try apply(candidate)
        }
        if outcome != .staged { desiredBell.ring() }
        return outcome
    }

    /// Forgets what is staged under a name: its topic was cleared.
    ///
    /// - Throws: What kept it from being forgotten.
    public func unstage(_ address: DesiredObject.Address) throws(StoreError) {
        let reference = ObjectReference(
            kind: address.kind,
            namespace: address.name.namespace,
            name: address.name.name,
            uid: ""
        )
        try StagedRow.remove(reference, connection)
    }

    private func isListed(
        _ reference: ObjectReference,
        _ digest: [UInt8]
    ) throws(StoreError) -> Bool {
        let row = try connection.row(
            "SELECT digest FROM manifest_item WHERE kind = ? AND namespace = ? AND name = ?",
            SQLValue(reference.kind.rawValue),
            SQLValue(reference.namespace),
            SQLValue(reference.name)
        )
        return row?.first == .blob(digest)
    }

    /// Applies what is staged under a name, if the manifest lists its bytes; in a transaction.
    func applyStaged(_ address: DesiredObject.Address) throws(StoreError) {
        let row = try connection.row(
            "SELECT digest FROM manifest_item WHERE kind = ? AND namespace = ? AND name = ?",
            SQLValue(address.kind.rawValue),
            SQLValue(address.name.namespace),
            SQLValue(address.name.name)
        )
        guard let digest = row?.first?.blob,
            let candidate = try StagedRow.candidate(address, sha256: digest, connection)
        else { return }
        _ = try apply(candidate)
    }

    /// Makes a candidate count; in a transaction.
    private func apply(_ candidate: Candidate) throws(StoreError) -> CandidateOutcome {
        switch candidate {
        case .refused(let refusal, _):
            try write(refusal)
            // Kept: the next manifest that lists it refuses it again.
            try StagedRow.replace(candidate, connection)
            return .refused(refusal)
        case .object(let object):
            let acceptance = try apply(object)
            try forgetRefusal(object.kind, object.namespace, object.name)
            guard acceptance != .ignored(storedUID: object.uid) else {
                try StagedRow.replace(candidate, connection)
                return .staged
            }
            try StagedRow.remove(object.reference, connection)
            return .applied(acceptance)
        }
    }

    private func apply(_ object: DesiredObject) throws(StoreError) -> Acceptance {
        let stored = try desired(object.kind, object.namespace, object.name)
        if object.deletionRequestedAt != nil { return try applyEnd(object, stored) }
        guard let stored else {
            try checkCount(of: "desired", limits.desiredObjectCountMax)
            try DesiredRow.replace(object, connection)
            return .stored
        }
        guard stored.uid == object.uid else {
            try DesiredRow.replace(object, connection)
            return .replaced(oldUID: stored.uid)
        }
        // What is wanted again while it ends waits for its end; `remove` looks here.
        guard stored.deletionRequestedAt == nil else { return .ignored(storedUID: object.uid) }
        guard stored != object else { return .unchanged }
        try DesiredRow.replace(object, connection)
        return .stored
    }

    private func applyEnd(
        _ object: DesiredObject,
        _ stored: DesiredObject?
    ) throws(StoreError) -> Acceptance {
        guard var stored, stored.uid == object.uid else { return .unchanged }
        // The spec of a request to end is not looked at: what runs is the stored one.
        stored.version = object.version
        stored.deletionRequestedAt = stored.deletionRequestedAt ?? object.deletionRequestedAt
        stored.deletionGracePeriodSeconds =
            object.deletionGracePeriodSeconds ?? stored.deletionGracePeriodSeconds
        guard object.kind == .pod else {
            try delete(stored.reference)
            return .stored
        }
        try DesiredRow.replace(stored, connection)
        return .stored
    }
}
