import Documents

/// What a test changes about a pod.
struct PodChange {
    var version = 1
    var restartPolicy = "Always"
    var nodeName: String?
    var deletionTimestamp: String?
    var graceSeconds: Int64 = 2
    /// A variable of the container's environment.
    var mode: String?

    /// The v1.Pod, with one container that runs the image of that tag.
    func pod(_ name: String, _ uid: String, image: String) -> Document {
        var metadata = ObjectBuilder()
        metadata.set("name", name)
        metadata.set("namespace", "default")
        metadata.set("uid", uid)
        metadata.set("resourceVersion", String(version))
        metadata.set("deletionTimestamp", deletionTimestamp)
        var spec = ObjectBuilder()
        spec.set("restartPolicy", restartPolicy)
        spec.set("terminationGracePeriodSeconds", graceSeconds)
        spec.set("nodeName", nodeName)
        var container = ObjectBuilder()
        container.set("name", "main")
        container.set("image", "oci:tests:\(image)")
        if let mode {
            container.set("env", [["name": "MODE", "value": .string(mode)]] as Document)
        }
        spec.set("containers", .array([container.document]))
        return [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata.document, "spec": spec.document,
        ]
    }
}

/// A v1.Pod as a test wants to look at it.
struct PodView {
    var document: Document

    var uid: String? { document["metadata"]?["uid"]?.string }
    var resourceVersion: String? { document["metadata"]?["resourceVersion"]?.string }
    var phase: String? { document["status"]?["phase"]?.string }
    private var container: Document? { document["status"]?["containerStatuses"]?[0] }
    var restartCount: Int64? { container?["restartCount"]?.integer }
    var waitingReason: String? { container?["state"]?["waiting"]?["reason"]?.string }
    var waitingMessage: String? { container?["state"]?["waiting"]?["message"]?.string }
    var exitCode: Int64? { container?["state"]?["terminated"]?["exitCode"]?.integer }

    func condition(_ type: String) -> Document? {
        document["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }
    }
    var accepted: String? { condition("swiftlet.dev/Accepted")?["status"]?.string }
    var acceptedMessage: String { condition("swiftlet.dev/Accepted")?["message"]?.string ?? "" }
    var deleted: String? { condition("swiftlet.dev/Deleted")?["status"]?.string }
}
