import Documents
import KubeModel

/// The object that a controller publishes so that a node ends a pod (contract, rule 2).
enum Tombstone {
    /// Made from what was published last, or else from what the node reports; `nil` when neither
    /// is there, and then nothing is to be deleted.
    static func make(
        _ deletion: Deletion,
        retained: Document?,
        reported: Document?,
        now: Int64
    ) -> Document? {
        guard let base = retained ?? reported else { return nil }
        var object = base.setting(["status"], to: nil)
        object = object.setting(["metadata", "name"], to: .string(deletion.pod.name))
        object = object.setting(["metadata", "namespace"], to: .string(deletion.pod.namespace))
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
        return object
    }
}
