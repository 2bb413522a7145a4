public import Documents

extension PodStatus {
    /// The status as Kubernetes writes it.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("phase", phase.rawValue)
        object.set("conditions", conditions, \.document)
        object.set("message", message)
        object.set("reason", reason)
        object.set("hostIP", hostIP)
        object.set("hostIPs", hostIP.map { [["ip": .string($0)]] as Document })
        object.set("podIP", podIP)
        object.set("podIPs", podIP.map { [["ip": .string($0)]] as Document })
        object.set("startTime", startTime?.rfc3339)
        object.set("initContainerStatuses", initContainerStatuses, \.document)
        object.set("containerStatuses", containerStatuses, \.document)
        object.set("qosClass", qosClass?.rawValue)
        return object.document
    }
}

extension PodCondition {
    /// The condition as Kubernetes writes it.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("type", type)
        object.set("status", status.rawValue)
        object.set("lastHeartbeatTime", lastHeartbeatTime?.rfc3339)
        object.set("lastTransitionTime", lastTransitionTime?.rfc3339)
        object.set("reason", reason)
        object.set("message", message)
        return object.document
    }
}

extension ContainerStatus {
    /// The status as Kubernetes writes it.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        object.set("state", state.document)
        object.set("lastState", lastState?.document ?? [:])
        object.set("ready", ready)
        object.set("restartCount", restartCount)
        object.set("image", image)
        object.set("imageID", imageID)
        object.set("containerID", containerID)
        object.set("started", started)
        return object.document
    }
}

extension ContainerState {
    /// The state as Kubernetes writes it.
    public var document: Document {
        var object = ObjectBuilder()
        switch self {
        case .waiting(let reason, let message):
            object.set("reason", reason)
            object.set("message", message)
            return ["waiting": object.document]
        case .running(let startedAt):
            return ["running": ["startedAt": .string(startedAt.rfc3339)]]
        case .terminated(let end):
            object.set("exitCode", Int64(end.exitCode))
            object.set("signal", end.signal.map { Int64($0) })
            object.set("reason", end.reason)
            object.set("message", end.message)
            object.set("startedAt", end.startedAt?.rfc3339)
            object.set("finishedAt", end.finishedAt?.rfc3339)
            object.set("containerID", end.containerID)
            return ["terminated": object.document]
        }
    }
}
