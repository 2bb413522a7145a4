internal import Documents

/// What is done after a container's start and before its end.
public struct ContainerHooks: Equatable, Sendable {
    /// Done at once after the start; the container counts as started when it is through.
    public var postStart: Hook?
    /// Done before the request to end; its time is part of the grace period.
    public var preStop: Hook?

    /// Hooks made in code.
    public init(postStart: Hook? = nil, preStop: Hook? = nil) {
        self.postStart = postStart
        self.preStop = preStop
    }
}

/// One thing that is done around a container's life.
public enum Hook: Equatable, Sendable {
    /// As a probe is put; no for an answer is a failure.
    case ask(Probe.Action)
    /// Nothing, for that many seconds.
    case sleep(seconds: Int64)
}

extension ContainerHooks {
    init(_ reader: DocumentReader, _ context: inout ReadingContext) throws(FieldError) {
        try reader.check(.lifecycle, &context)
        self.init()
        if let hook = try reader.optional("postStart") { postStart = try Hook(hook, &context) }
        if let hook = try reader.optional("preStop") { preStop = try Hook(hook, &context) }
    }
}

extension Hook {
    fileprivate init(
        _ reader: DocumentReader,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.lifecycleHandler, &context)
        guard let sleep = try reader.optional("sleep") else {
            self = .ask(try Probe.action(reader))
            return
        }
        for other in ["exec", "httpGet", "tcpSocket"] where try reader.optional(other) != nil {
            throw reader.error("Forbidden: may not specify more than 1 handler type")
        }
        try sleep.refuseUnknown(known: ["seconds"])
        let seconds = try sleep.integer("seconds", in: 0...PodSpec.gracePeriodSecondsMax)
        self = .sleep(seconds: seconds ?? 0)
    }
}
