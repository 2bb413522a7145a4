public import Documents

// Reading a status is lenient: unknown fields are left out, since a newer node may have sent it.

extension PodStatus {
    /// Reads a status that a node wrote.
    ///
    /// - Parameters:
    ///   - document: The object's `status`.
    ///   - path: Where it stands, for errors.
    /// - Throws: A field of the wrong type.
    public init(_ document: Document, path: String = "status") throws(FieldError) {
        let reader = DocumentReader(document, path: path)
        self.init(phase: try reader.choice("phase", absent: .unknown))
        conditions = try reader.list("conditions", PodCondition.init(reading:))
        message = try reader.optional("message")?.string()
        reason = try reader.optional("reason")?.string()
        podIP = try reader.optional("podIP")?.string()
        hostIP = try reader.optional("hostIP")?.string()
        startTime = try reader.timestamp("startTime")
        initContainerStatuses = try reader.list(
            "initContainerStatuses",
            ContainerStatus.init(reading:)
        )
        containerStatuses = try reader.list("containerStatuses", ContainerStatus.init(reading:))
        if try reader.string("qosClass") != "" {
            qosClass = try reader.choice("qosClass", absent: .bestEffort)
        }
    }
}

extension PodCondition {
    init(reading reader: DocumentReader) throws(FieldError) {
        self.init(
            type: try reader.requiredString("type"),
            status: try reader.choice("status", absent: .unknown),
            reason: try reader.optional("reason")?.string(),
            message: try reader.optional("message")?.string(),
            lastTransitionTime: try reader.timestamp("lastTransitionTime"),
            lastHeartbeatTime: try reader.timestamp("lastHeartbeatTime")
        )
    }
}

extension ContainerStatus {
    fileprivate init(reading reader: DocumentReader) throws(FieldError) {
        self.init(
            name: try reader.requiredString("name"),
            image: try reader.string("image"),
            imageID: try reader.string("imageID"),
            containerID: try reader.optional("containerID")?.string(),
            ready: try reader.bool("ready"),
            restartCount: try reader.integer("restartCount", in: 0...Int64.max) ?? 0,
            started: try reader.optional("started")?.bool(),
            state: .waiting(reason: "", message: nil)
        )
        if let state = try reader.optional("state") {
            self.state = try ContainerState(reading: state) ?? self.state
        }
        if let state = try reader.optional("lastState") {
            lastState = try ContainerState(reading: state)
        }
    }
}

extension ContainerState {
    /// The state here; nil for an object that names none.
    fileprivate init?(reading reader: DocumentReader) throws(FieldError) {
        if let waiting = try reader.optional("waiting") {
            self = .waiting(
                reason: try waiting.string("reason"),
                message: try waiting.optional("message")?.string()
            )
        } else if let running = try reader.optional("running") {
            let startedAt = try running.timestamp("startedAt")
            self = .running(startedAt: startedAt ?? Timestamp(nanosecondsSinceEpoch: 0))
        } else if let end = try reader.optional("terminated") {
            self = .terminated(try Termination(reading: end))
        } else {
            return nil
        }
    }
}

extension ContainerState.Termination {
    fileprivate init(reading reader: DocumentReader) throws(FieldError) {
        let codes = Int64(Int32.min)...Int64(Int32.max)
        let code = try reader.integer("exitCode", in: codes) ?? 0
        self.init(
            exitCode: Int32(truncatingIfNeeded: code),
            signal: try reader.integer("signal", in: codes).map { Int32(truncatingIfNeeded: $0) },
            reason: try reader.string("reason"),
            message: try reader.optional("message")?.string(),
            startedAt: try reader.timestamp("startedAt"),
            finishedAt: try reader.timestamp("finishedAt"),
            containerID: try reader.optional("containerID")?.string()
        )
    }
}

/// What a node says about a pod: metadata and status, without the spec that it was sent.
public struct PodReport: Equatable, Sendable {
    /// Name, uid and the version of the spec that the status is about.
    public var metadata: ObjectMetadata
    /// How the pod is.
    public var status: PodStatus

    /// A report made in code.
    public init(metadata: ObjectMetadata, status: PodStatus) {
        self.metadata = metadata
        self.status = status
    }

    /// Reads a report; a spec beside it is left unread.
    ///
    /// - Parameter document: A v1.Pod.
    /// - Throws: A field of the wrong type.
    public init(_ document: Document) throws(FieldError) {
        let reader = DocumentReader(document)
        try reader.requireKind("Pod")
        metadata = try ObjectMetadata(reader.required("metadata").document)
        status = try PodStatus(reader.optional("status")?.document ?? [:])
    }

    /// The report as a v1.Pod.
    public var document: Document {
        [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata.document,
            "status": status.document,
        ]
    }
}
