import Documents
import KubeModel

/// What a controller publishes so that a node sees the next version of an object, as a value.
///
/// Contract, rule 4: for the same uid a smaller decimal resourceVersion is old news, an equal one
/// changes nothing, and another uid under the same name ends the old pod first. So an apply keeps
/// the uid, counts the version up, and gives a new uid only to what is new: to a pod that is not
/// there, and to other work for a pod that has done its work, which would stay done.
struct VersionStep: Equatable {
    /// The object to publish.
    var object: Document
    var uid: String
    var resourceVersion: String
    var change: AppliedChange

    /// The step from what is there to what is wanted.
    ///
    /// - Parameters:
    ///   - wanted: The object as its author wrote it.
    ///   - retained: What the controller has published last, if the broker still has it.
    ///   - reported: What the node reports; the next best when the broker has lost its memory.
    ///   - stored: The object's entry in the node's inventory: a later version than the published one when
    ///     somebody has changed it at the node.
    ///   - newUID: An id that nothing else has.
    ///   - now: Nanoseconds since 1970.
    /// - Throws: ``OperatorError/refused(what:message:)`` when the version cannot grow.
    init(
        wanted: Document,
        retained: Document?,
        reported: Document?,
        stored: Document? = nil,
        newUID: String,
        now: Int64
    ) throws(OperatorError) {
        let before = Self.living(retained) ?? Self.living(reported)
        let wantedView = ObjectView(wanted)
        var object = wanted.setting(["status"], to: nil)
        if let before, before.uid == wantedView.uid ?? before.uid, let uid = before.uid {
            let isAnew =
                wantedView.uid == nil
                && Self.hasEnded(uid, [reported, retained])
                && Self.isOtherWork(wanted, before.document)
            self.uid = isAnew ? newUID : uid
            change = isAnew ? .replaced : .configured
            if !isAnew { object = Self.carryOver(from: before, into: object) }
        } else {
            self.uid = wantedView.uid ?? newUID
            change = .created
        }
        if ObjectView(object).metadata?["creationTimestamp"]?.string == nil,
            now >= Age.believableNanoseconds
        {
            let text = Timestamp(nanosecondsSinceEpoch: now).rfc3339
            object = object.setting(["metadata", "creationTimestamp"], to: .string(text))
        }
        object = object.setting(["metadata", "uid"], to: .string(uid))
        let published = ObjectView(retained ?? reported ?? .null).resourceVersion
        let last = Self.later(published, StoredObject.version(stored, of: uid))
        if change == .configured, let before, last == published,
            Self.isSame(object, before.document)
        {
            change = .unchanged
            resourceVersion = before.resourceVersion ?? ""
        } else {
            // Why not the last one again: who edits what `get` printed sends its version along, and the
            // node takes an equal one for old news.
            if let given = wantedView.resourceVersion, given != published, given != last {
                resourceVersion = given
            } else {
                resourceVersion = try Self.next(after: last)
            }
        }
        self.object = object.setting(["metadata", "resourceVersion"], to: .string(resourceVersion))
    }

    /// The version after `version`; after one that is not decimal a new count begins.
    static func next(after version: String?) throws(OperatorError) -> String {
        guard let version, let number = UInt64(version), String(number) == version else {
            return "1"
        }
        guard let next = successor(version) else {
            throw .refused(
                what: "resourceVersion \(version)",
                message: "it cannot grow any more: delete the pod and apply it again"
            )
        }
        return next
    }

    /// One more than a decimal version; `nil` for any other, and for the last there is.
    static func successor(_ version: String) -> String? {
        guard let number = UInt64(version), String(number) == version, number < .max else {
            return nil
        }
        return String(number + 1)
    }

    /// The greater one of a version and another, where both are decimal; else the version.
    static func later(_ version: String?, _ other: String?) -> String? {
        guard let version, let number = UInt64(version), let other, let another = UInt64(other)
        else { return version }
        return another > number ? other : version
    }

    /// What can be built upon: an object that is there, and is not on its way out.
    private static func living(_ document: Document?) -> ObjectView? {
        guard let document else { return nil }
        let view = ObjectView(document)
        guard view.uid != nil, !view.isBeingDeleted, !view.isTrue(ConditionType.deleted) else {
            return nil
        }
        return view
    }

    /// Whether a pod has run to its end, as far as anybody reports.
    private static func hasEnded(_ uid: String, _ documents: [Document?]) -> Bool {
        documents.compactMap { $0 }.contains { document in
            guard ObjectView(document).uid == uid, let phase = document["status"]?["phase"]?.string
            else { return false }
            return PodPhase(rawValue: phase)?.isTerminal ?? false
        }
    }

    /// Whether a pod asks for another spec than one that is there.
    private static func isOtherWork(_ wanted: Document, _ present: Document) -> Bool {
        guard var pod = try? Pod(wanted), let before = try? Pod(present) else { return false }
        if pod.spec.nodeName.isEmpty { pod.spec.nodeName = before.spec.nodeName }
        return pod.spec != before.spec
    }

    private static func carryOver(from before: ObjectView, into object: Document) -> Document {
        guard let created = before.metadata?["creationTimestamp"],
            ObjectView(object).metadata?["creationTimestamp"]?.string == nil
        else { return object }
        return object.setting(["metadata", "creationTimestamp"], to: created)
    }

    /// Whether two objects ask for the same, whatever their version, whoever wrote the members in
    /// which order, and whether defaults are written out (a daemon writes them).
    private static func isSame(_ left: Document, _ right: Document) -> Bool {
        func essence(_ document: Document) -> Document {
            document.setting(["metadata", "resourceVersion"], to: nil).setting(["status"], to: nil)
                .withSortedMembers
        }
        // A report without what is wanted says nothing.
        guard right["spec"] != nil || right["kind"] != "Pod" else { return false }
        if essence(left) == essence(right) { return true }
        guard var wanted = try? Pod(left), let present = try? Pod(right) else { return false }
        if wanted.spec.nodeName.isEmpty { wanted.spec.nodeName = present.spec.nodeName }
        return wanted.spec == present.spec && wanted.metadata.labels == present.metadata.labels
            && wanted.metadata.annotations == present.metadata.annotations
    }
}

extension Document {
    /// The same values with the members of every object sorted by name, for comparing.
    fileprivate var withSortedMembers: Document {
        if let members {
            let sorted = members.sorted { $0.name < $1.name }
            return .object(
                sorted.map { Member(name: $0.name, value: $0.value.withSortedMembers) }
            )
        }
        return array.map { .array($0.map(\.withSortedMembers)) } ?? self
    }
}
