public import KubeModel

/// What became of a manifest.
public enum ManifestOutcome: Equatable, Sendable {
    /// It counts from now on; so many objects were asked to go.
    case accepted(deletionCount: Int)
    /// It is the stored one.
    case same
    /// The stored one stays.
    case refused(ManifestError)
}

extension StateStore {
    private enum Key {
        static let epoch = "manifest.epoch"
        static let generation = "manifest.generation"
        static let issuedAt = "manifest.issuedAt"
        static let digest = "manifest.digest"
        static let reason = "manifest.reason"
        static let message = "manifest.message"
        static let signer = "manifest.signer"
        static let ignored = "manifest.ignored"
    }

    /// The manifest that counts; nil where objects count one by one.
    ///
    /// - Throws: What kept it from being read.
    public func manifest() throws(StoreError) -> ManifestHead? {
        guard let epoch = try value(Key.epoch),
            let generation = try value(Key.generation).flatMap({ Int64($0) }),
            let issuedAt = try value(Key.issuedAt).flatMap({ Int64($0) })
        else { return nil }
        return ManifestHead(
            epoch: epoch,
            generation: generation,
            issuedAt: Timestamp(nanosecondsSinceEpoch: issuedAt),
            sha256: try value(Key.digest).flatMap { Hexadecimal.bytes($0) } ?? []
        )
    }

    /// The key that signed the manifest that counts; nil where nobody did.
    ///
    /// - Throws: What kept it from being read.
    public func manifestSigner() throws(StoreError) -> String? { try value(Key.signer) }

    /// Takes an inventory in one transaction: what it lists and is staged is applied, what it does not
    /// list is asked to go (rules 2 and 3 of the contract).
    ///
    /// - Parameters:
    ///   - manifest: The inventory.
    ///   - payload: Its exact bytes.
    ///   - signer: The key that signed it; nil where nobody has to.
    ///   - node: This node.
    ///   - time: Now, for what is to go.
    /// - Returns: What became of it.
    /// - Throws: What kept it from disk; then nothing has changed.
    public func accept(
        _ manifest: DesiredManifest,
        payload: [UInt8],
        signer: String? = nil,
        node: String,
        at time: Timestamp
    ) throws(StoreError) -> ManifestOutcome {
        let sha256 = Digests.system.sha256(payload)
        let outcome = try connection.transaction(.full) { () throws(StoreError) in
            let decision = ManifestOrder.decide(
                stored: try self.manifest(),
                incoming: manifest,
                sha256: sha256,
                node: node
            )
            switch decision {
            case .accepted: return try apply(manifest, sha256, signer, at: time)
            case .same:
                try note(problem: nil)
                // Why: a database that was rescued has its number, but may have lost its list.
                let count = try connection.integer("SELECT count(*) FROM manifest_item")
                guard count == Int64(manifest.items.count) else {
                    return try apply(manifest, sha256, signer, at: time)
                }
                return .same
            case .refused(let error):
                try note(problem: error)
                return .refused(error)
            }
        }
        desiredBell.ring()
        return outcome
    }

    /// Remembers why the last manifest was refused, for `status/desired`.
    ///
    /// - Throws: What kept it from disk.
    public func refuse(manifest error: ManifestError) throws(StoreError) {
        try connection.transaction(.full) { () throws(StoreError) in try note(problem: error) }
        desiredBell.ring()
    }

    /// Lets objects count one by one again; nothing is deleted, and what is staged stays.
    ///
    /// - Returns: Whether there was a manifest.
    /// - Throws: What kept it from disk.
    @discardableResult
    public func forgetManifest() throws(StoreError) -> Bool {
        let wasThere = try connection.transaction(.full) { () throws(StoreError) in
            let wasThere = try manifest() != nil
            try connection.run("DELETE FROM manifest_item")
            for key in [Key.epoch, Key.generation, Key.issuedAt, Key.digest, Key.signer] {
                try write(key, nil)
            }
            try note(problem: nil)
            return wasThere
        }
        if wasThere { desiredBell.ring() }
        return wasThere
    }

    private func note(problem: ManifestError?) throws(StoreError) {
        if case .oldGeneration? = problem {
            // Why no error upstream: a broker's old copy says nothing about the controller.
            let count = try value(Key.ignored).flatMap { Int64($0) } ?? 0
            return try write(Key.ignored, String(count &+ 1))
        }
        try write(Key.reason, problem?.reason)
        try write(Key.message, problem?.description)
    }

    private func apply(
        _ manifest: DesiredManifest,
        _ sha256: [UInt8],
        _ signer: String?,
        at time: Timestamp
    ) throws(StoreError) -> ManifestOutcome {
        guard manifest.items.count <= limits.desiredObjectCountMax else {
            throw .tooMany(table: "manifest_item", rowCountMax: limits.desiredObjectCountMax)
        }
        try write(Key.epoch, manifest.epoch)
        try write(Key.generation, String(manifest.generation))
        try write(Key.issuedAt, String(manifest.issuedAt.nanosecondsSinceEpoch))
        try write(Key.digest, Hexadecimal.text(sha256))
        try write(Key.signer, signer)
        try note(problem: nil)
        try connection.run("DELETE FROM manifest_item")
        for item in manifest.items { try insert(item) }
        let deletionCount = try endUnlisted(manifest, at: time)
        // What is refused still, is refused again below.
        try connection.run("DELETE FROM refusal")
        for item in manifest.items { try applyStaged(item.address) }
        // What is wanted again while it ends waits for its end.
        for item in manifest.items { try keepEnding(item) }
        return .accepted(deletionCount: deletionCount)
    }

    private func insert(_ item: DesiredManifest.Item) throws(StoreError) {
        try connection.run(
            """
            INSERT INTO manifest_item (kind, namespace, name, uid, resource_version, digest)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            SQLValue(item.address.kind.rawValue),
            SQLValue(item.address.name.namespace),
            SQLValue(item.address.name.name),
            SQLValue(item.uid),
            SQLValue(item.resourceVersion),
            SQLValue(item.sha256)
        )
    }

    private func endUnlisted(
        _ manifest: DesiredManifest,
        at time: Timestamp
    ) throws(StoreError) -> Int {
        let listed = Dictionary(manifest.items.map { ($0.address, $0.uid) }) { first, _ in first }
        var count = 0
        for entry in try entries(of: "desired") {
            let reference = entry.reference
            guard
                let name = try? ObjectName(
                    namespace: reference.namespace,
                    name: reference.name
                )
            else { continue }
            // An object of the same name with another uid is another object.
            if let uid = listed[.init(kind: reference.kind, name: name)],
                uid.isEmpty || uid == reference.uid
            {
                continue
            }
            // What the machine's own folder holds is its owner's to end.
            let stored = try desired(reference.kind, reference.namespace, reference.name)
            guard stored?.staticFile == nil else { continue }
            if try end(reference, at: time) == true { count += 1 }
        }
        return count
    }

    private func keepEnding(_ item: DesiredManifest.Item) throws(StoreError) {
        let address = item.address
        let name = address.name
        guard let stored = try desired(address.kind, name.namespace, name.name),
            stored.deletionRequestedAt != nil,
            Digests.system.sha256(stored.payload) == item.sha256
        else { return }
        var again = stored
        again.deletionRequestedAt = nil
        again.deletionGracePeriodSeconds = nil
        try StagedRow.replace(.object(again), connection)
    }

    /// What is stored of what is wanted, for `status/desired`.
    ///
    /// - Throws: What kept it from being read.
    public func desiredReport() throws(StoreError) -> DesiredReport {
        var errors = try refusals().map { refusal in
            DesiredReport.Problem(
                kind: refusal.reference.kind.rawValue,
                namespace: refusal.reference.namespace,
                name: refusal.reference.name,
                uid: refusal.reference.uid,
                reason: refusal.reason,
                message: refusal.message
            )
        }
        if let reason = try value(Key.reason) {
            let message = try value(Key.message) ?? ""
            errors.append(
                .init(
                    kind: "Manifest",
                    namespace: "",
                    name: "manifest",
                    uid: "",
                    reason: reason,
                    message: message
                )
            )
        }
        return DesiredReport(
            manifest: try manifest(),
            objects: try entries(of: "desired"),
            missing: try entries(of: "manifest_item", where: Self.isMissing),
            errors: errors,
            ignoredManifestCount: try value(Key.ignored).flatMap { Int64($0) } ?? 0
        )
    }

    // Neither stored with these bytes, nor asked to go by them, nor refused.
    private static let isMissing = """
        NOT EXISTS (SELECT 1 FROM desired AS own WHERE own.kind = item.kind
            AND own.namespace = item.namespace AND own.name = item.name
            AND CASE WHEN own.deletion_requested_at IS NULL THEN own.digest = item.digest
                ELSE own.resource_version = item.resource_version
                    AND own.digest <> item.digest END)
        AND NOT EXISTS (SELECT 1 FROM refusal AS no WHERE no.kind = item.kind
            AND no.namespace = item.namespace AND no.name = item.name)
        """

    /// Names and versions of a table's rows.
    private func entries(
        of table: String,
        where condition: String = "1"
    ) throws(StoreError) -> [DesiredReport.Entry] {
        let sql = """
            SELECT kind, namespace, name, uid, resource_version FROM \(table) AS item
            WHERE \(condition) ORDER BY kind, namespace, name
            """
        return try connection.rows(sql) { (row) throws(StoreError) -> DesiredReport.Entry? in
            guard let kind = ObjectKind(rawValue: row[0].text) else { return nil }
            return DesiredReport.Entry(
                reference: ObjectReference(
                    kind: kind,
                    namespace: row[1].text,
                    name: row[2].text,
                    uid: row[3].text
                ),
                resourceVersion: row[4].text
            )
        }
        .compactMap { $0 }
    }
}
