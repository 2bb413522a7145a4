public import Documents

/// Something that happened to an object.
public struct Event: Equatable, Sendable {
    /// How much it matters.
    public enum Severity: String, Sendable, CaseIterable {
        /// It went as it should.
        case normal = "Normal"
        /// Somebody should look.
        case warning = "Warning"
    }

    /// The event's own name, which must be unique, and its namespace.
    public var metadata: ObjectMetadata
    /// What it happened to.
    public var involvedObject: ObjectReference
    /// What happened, in one word: `Started`, `BackOff`.
    public var reason: String
    /// What happened, for people.
    public var message: String
    /// How much it matters.
    public var severity: Severity
    /// How often it happened.
    public var count: Int64
    /// When it first happened.
    public var firstTimestamp: Timestamp
    /// When it last happened.
    public var lastTimestamp: Timestamp
    /// The node that saw it.
    public var host: String

    /// An event made in code.
    public init(
        metadata: ObjectMetadata,
        involvedObject: ObjectReference,
        reason: String,
        message: String,
        severity: Severity = .normal,
        count: Int64 = 1,
        firstTimestamp: Timestamp,
        lastTimestamp: Timestamp,
        host: String
    ) {
        self.metadata = metadata
        self.involvedObject = involvedObject
        self.reason = reason
        self.message = message
        self.severity = severity
        self.count = count
        self.firstTimestamp = firstTimestamp
        self.lastTimestamp = lastTimestamp
        self.host = host
    }
}

extension Event {
    /// The event as Kubernetes writes it.
    public var document: Document {
        [
            "apiVersion": "v1", "kind": "Event", "metadata": metadata.document,
            "involvedObject": involvedObject.document, "reason": .string(reason),
            "message": .string(message), "type": .string(severity.rawValue),
            "count": .integer(count), "firstTimestamp": .string(firstTimestamp.rfc3339),
            "lastTimestamp": .string(lastTimestamp.rfc3339),
            "source": ["component": "swiftletd", "host": .string(host)],

        ]
    }
}
