import Documents
import KubeModel
import Uplink

/// What one status says about what the operator waits for.
enum BrokerVerdict: Equatable {
    case undecided
    case yes
    case no(String)
}

/// What `status/desired` says about one object.
enum StoredObject {
    /// The object's entry in the inventory; `nil` when the node has not stored it.
    static func find(_ key: ObjectKey, in inventory: ObjectView) -> Document? {
        entry(key, inventory.document["objects"])
    }

    /// The version that an entry names, if it is about the object with this uid.
    static func version(_ entry: Document?, of uid: String?) -> String? {
        guard let entry, let uid, entry["uid"]?.string == uid else { return nil }
        return entry["resourceVersion"]?.string
    }

    /// The reason why the node did not take it.
    static func error(_ key: ObjectKey, in inventory: ObjectView) -> Document? {
        entry(key, inventory.document["errors"])
    }

    private static func entry(_ key: ObjectKey, _ list: Document?) -> Document? {
        list?.array?.first {
            $0["kind"]?.string == key.kind.objectKind?.rawValue
                && $0["namespace"]?.string == key.namespace && $0["name"]?.string == key.name
        }
    }
}

extension VersionStep {
    /// What a pod's status says about this version of it; remarks go to the console.
    func verdict(_ answer: ObjectView, _ console: Console) -> BrokerVerdict {
        guard answer.uid == uid, answer.resourceVersion == resourceVersion,
            let accepted = answer.condition(ConditionType.accepted)
        else { return .undecided }
        if accepted["status"]?.string == "True" {
            if let remark = accepted["message"]?.string { console.remark("note: \(remark)") }
            return .yes
        }
        return Self.refusal(accepted)
    }

    /// What the inventory says about this version of an object of another kind.
    func verdict(_ inventory: ObjectView, about key: ObjectKey) -> BrokerVerdict {
        func isThis(_ entry: Document) -> Bool {
            entry["uid"]?.string == uid && entry["resourceVersion"]?.string == resourceVersion
        }
        if let stored = StoredObject.find(key, in: inventory), isThis(stored) { return .yes }
        guard let error = StoredObject.error(key, in: inventory), error["uid"]?.string == uid else {
            return .undecided
        }
        return Self.refusal(error)
    }

    private static func refusal(_ report: Document) -> BrokerVerdict {
        let reason = report["reason"]?.string ?? "Refused"
        return .no(reason + ": " + (report["message"]?.string ?? "the node gave no message"))
    }
}

extension ObjectKey {
    /// The object that a topic is about; `nil` for all other topics.
    init?(topic: TopicName) {
        switch topic {
        case .desired(let kind, let namespace, let name):
            guard let resource = ResourceKind(kind.rawValue) else { return nil }
            self.init(kind: resource, namespace: namespace, name: name)
        case .podStatus(let namespace, let name):
            self.init(kind: .pods, namespace: namespace, name: name)
        case .manifest, .manifestSignature, .request, .connection, .desiredStatus, .nodeStatus,
            .events, .reply:
            return nil
        }
    }
}
