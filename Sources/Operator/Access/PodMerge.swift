import Documents
import KubeModel

/// Puts together what is wanted of a pod and what is reported about it, which travel apart.
///
/// The broker and the database keep two documents a pod: the object as the controller wrote it, and
/// a v1.Pod with metadata and status only.
enum PodMerge {
    /// One object from both; `nil` when there is nothing, or the node has said that it is gone.
    static func merge(desired: Document?, reported: Document?) -> Document? {
        let report = reported.map { ObjectView($0) }
        let isGone = report?.isTrue(ConditionType.deleted) ?? false
        guard let desired else { return isGone ? Optional.none : reported }
        let wish = ObjectView(desired)
        if isGone, wish.isBeingDeleted { return Optional.none }
        // Why: a report about another uid is about the pod before this one.
        guard let report, !isGone, report.uid == nil || wish.uid == nil || report.uid == wish.uid
        else { return pending(desired) }
        var merged = desired
        if let uid = report.uid, wish.uid == nil {
            merged = merged.setting(["metadata", "uid"], to: .string(uid))
        }
        for name in ["creationTimestamp", "deletionTimestamp"] {
            if let value = report.metadata?[name], desired["metadata"]?[name] == nil {
                merged = merged.setting(["metadata", name], to: value)
            }
        }
        if let node = report.spec?["nodeName"], wish.spec?["nodeName"] == nil {
            merged = merged.setting(["spec", "nodeName"], to: node)
        }
        return merged.setting(["status"], to: report.status)
    }

    /// A pod that nothing has been reported about.
    private static func pending(_ desired: Document) -> Document {
        desired.setting(["status"], to: ["phase": "Pending"])
    }
}
