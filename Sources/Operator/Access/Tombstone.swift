import Documents
import KubeModel

/// What a controller publishes so that a node ends a pod (contract, rule 2).
enum Tombstone: Equatable {
    /// The object with the time of its deletion; the node answers with its last status.
    case object(Document)
    /// The empty message, where the object itself is lost; seen live, it deletes too.
    case empty

    /// The way to end a pod; `nil` when neither a wish nor a report is there: nothing to delete.
    ///
    /// The version is counted up, since a node takes an equal one for old news (rule 4). It names the
    /// pod that the node has, if that is known: a node that was away has not seen what came after it,
    /// and lets a deletion of that pass. `stored` is the object's entry in the node's inventory, whose
    /// version is later when somebody has changed it there.
    init?(
        _ deletion: Deletion,
        retained: Document?,
        reported: Document?,
        stored: Document? = nil,
        uid: String? = nil,
        now: Int64
    ) {
        let essence = deletion.key.kind == .pods ? "spec" : "metadata"
        guard let retained, retained[essence] != nil else {
            guard retained != nil || reported != nil else { return nil }
            self = .empty
            return
        }
        var object = retained.setting(["status"], to: nil)
        if !ObjectView(object).isBeingDeleted {
            let text = Timestamp(nanosecondsSinceEpoch: now).rfc3339
            object = object.setting(["metadata", "deletionTimestamp"], to: .string(text))
        }
        if let grace = deletion.graceSeconds {
            object = object.setting(
                ["metadata", "deletionGracePeriodSeconds"],
                to: .integer(grace)
            )
        }
        let named = uid ?? reported.flatMap { ObjectView($0).uid }
        if let named { object = object.setting(["metadata", "uid"], to: .string(named)) }
        let view = ObjectView(object)
        let last = VersionStep.later(
            view.resourceVersion,
            StoredObject.version(stored, of: view.uid)
        )
        let next = last.flatMap(VersionStep.successor)
        // Without one the node makes a version from the bytes, which are new.
        self = .object(
            object.setting(["metadata", "resourceVersion"], to: next.map { .string($0) })
        )
    }

    /// The bytes to publish.
    var payload: [UInt8] {
        switch self {
        case .object(let document): document.json()
        case .empty: []
        }
    }
}
