internal import Documents
public import KubeModel

/// A controller's question or order to one node: the payload of `requests/ID`.
///
/// Form: `{"verb": "logs", "pod": "web", …, "deadline": "2026-11-23T08:00:00Z"}`. Source: the MQTT
/// contract's table of topics.
public struct NodeRequest: Equatable, Sendable {
    /// What is asked.
    public var verb: Verb
    /// After this time it is not to be done any more; nil for never.
    public var deadline: Timestamp?

    /// A request made in code.
    public init(_ verb: Verb, deadline: Timestamp? = nil) {
        self.verb = verb
        self.deadline = deadline
    }

    /// The verbs of the contract.
    public enum Verb: Equatable, Sendable {
        /// What a container has written.
        case logs(LogRequest)
        /// How the node is; also sends every status again when `isEverythingAgain`.
        case report(isEverythingAgain: Bool)
        /// Stop and start one container of a pod, or all.
        case restart(PodTarget)
        /// Fetch an image, also if it is on disk.
        case pull(image: String)
        /// Remove the images that no wanted pod names.
        case prune
        /// End another request's answer.
        case cancel(request: String)

        /// As the payload spells it.
        public var name: String {
            switch self {
            case .logs: "logs"
            case .report: "report"
            case .restart: "restart"
            case .pull: "pull"
            case .prune: "prune"
            case .cancel: "cancel"
            }
        }

        static let names = ["logs", "report", "restart", "pull", "prune", "cancel"]
    }

    /// A pod, and perhaps one of its containers.
    public struct PodTarget: Equatable, Sendable {
        /// Where the pod is.
        public var namespace: String
        /// Which pod.
        public var pod: String
        /// Which container; nil for its only one, or for all.
        public var container: String?

        /// A target.
        public init(namespace: String = "default", pod: String, container: String? = nil) {
            self.namespace = namespace
            self.pod = pod
            self.container = container
        }
    }

    /// Which part of which log.
    public struct LogRequest: Equatable, Sendable {
        /// Whose log.
        public var target: PodTarget
        /// Whether to go on as lines are written, for ``followSeconds``.
        public var follows = false
        /// The run before the present one.
        public var isPrevious = false
        /// At most so many of the last lines; nil for all.
        public var tailLineCount: Int64?
        /// Only what was written in the last so many seconds; nil for all.
        public var sinceSeconds: Int64?
        /// Only what was written after this time; nil for all.
        public var sinceTime: Timestamp?
        /// At most so many bytes of text; nil for what the node allows.
        public var byteCountMax: Int64?
        /// How long to follow before the asker must ask again: one that is gone costs no more.
        public var followSeconds: Int64 = UplinkLimits.followSecondsDefault

        /// The whole log.
        public init(target: PodTarget) {
            self.target = target
        }
    }
}

extension NodeRequest {
    /// Reads a payload; unknown fields are refused, since a misspelt one would mean harm.
    ///
    /// - Parameter payload: JSON.
    /// - Throws: What is wrong with it.
    public init(payload: [UInt8]) throws(RequestError) {
        guard payload.count <= UplinkLimits.requestBytesMax else {
            throw .tooLarge(byteCount: payload.count, byteCountMax: UplinkLimits.requestBytesMax)
        }
        let document: Document
        do { document = try Document(json: payload) } catch { throw .unreadable(error) }
        do throws(FieldError) { try self.init(DocumentReader(document)) } catch {
            throw .invalid(error)
        }
    }

    private init(_ reader: DocumentReader) throws(FieldError) {
        let place = try reader.required("verb")
        let fields: Set<String>
        switch try place.string() {
        case "logs":
            fields = [
                "namespace", "pod", "container", "follow", "previous", "tailLines", "sinceSeconds",
                "sinceTime", "limitBytes", "followSeconds",
            ]
            verb = .logs(try LogRequest(reader))
        case "report":
            fields = ["resend"]
            let again = try reader.optional("resend")?.bool() ?? false
            verb = .report(isEverythingAgain: again)
        case "restart":
            fields = ["namespace", "pod", "container"]
            verb = .restart(try PodTarget(reader))
        case "pull":
            fields = ["image"]
            verb = .pull(image: try reader.required("image").string())
        case "prune":
            fields = []
            verb = .prune
        case "cancel":
            fields = ["request"]
            verb = .cancel(request: try reader.required("request").string())
        case _:
            throw place.error("must be one of \(Verb.names.joined(separator: ", "))")
        }
        try reader.refuseUnknown(known: fields.union(["verb", "deadline"]))
        deadline = try reader.optional("deadline")?.moment()
    }

    /// The payload.
    public var payload: [UInt8] {
        var body = ObjectBuilder()
        body.set("verb", verb.name)
        switch verb {
        case .logs(let log): log.write(to: &body)
        case .report(let again): if again { body.set("resend", true) }
        case .restart(let target): target.write(to: &body)
        case .pull(let image): body.set("image", image)
        case .prune: break
        case .cancel(let request): body.set("request", request)
        }
        body.set("deadline", deadline?.rfc3339Nanoseconds)
        return body.document.json()
    }
}

extension NodeRequest.PodTarget {
    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        namespace = try reader.optional("namespace")?.string() ?? "default"
        pod = try reader.required("pod").string()
        container = try reader.optional("container")?.string()
    }

    fileprivate func write(to body: inout ObjectBuilder) {
        body.set("namespace", namespace)
        body.set("pod", pod)
        body.set("container", container)
    }
}

extension NodeRequest.LogRequest {
    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        target = try NodeRequest.PodTarget(reader)
        follows = try reader.optional("follow")?.bool() ?? false
        isPrevious = try reader.optional("previous")?.bool() ?? false
        tailLineCount = try reader.optional("tailLines")?.integer(in: 0...Int64(Int32.max))
        // More than thirty years ask for all there is.
        sinceSeconds = try reader.optional("sinceSeconds")?.integer(in: 0...1_000_000_000)
        sinceTime = try reader.optional("sinceTime")?.moment()
        byteCountMax = try reader.optional("limitBytes")?.integer(in: 1...Int64.max)
        if let seconds = try reader.optional("followSeconds") {
            followSeconds = try seconds.integer(in: 1...UplinkLimits.followSecondsMax)
        }
    }

    fileprivate func write(to body: inout ObjectBuilder) {
        target.write(to: &body)
        if follows {
            body.set("follow", true)
            body.set("followSeconds", followSeconds)
        }
        if isPrevious { body.set("previous", true) }
        body.set("tailLines", tailLineCount)
        body.set("sinceSeconds", sinceSeconds)
        body.set("sinceTime", sinceTime?.rfc3339Nanoseconds)
        body.set("limitBytes", byteCountMax)
    }
}

extension DocumentReader {
    /// The moment that an RFC 3339 text names.
    ///
    /// - Throws: When this is something else.
    func moment() throws(FieldError) -> Timestamp {
        guard let moment = Timestamp(rfc3339: try string()) else {
            throw error("must be a time like 2026-11-23T08:00:00Z")
        }
        return moment
    }
}
