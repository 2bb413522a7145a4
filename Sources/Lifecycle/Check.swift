internal import KubeModel

/// A question that is put to one run of a container.
public struct Check: Hashable, Sendable {
    /// What the answer is for.
    public enum Kind: String, Sendable, CaseIterable {
        /// Whether it has started: nothing else is asked before.
        case startup
        /// Whether it can serve.
        case readiness
        /// Whether it still works: what does not is ended and started again.
        case liveness
        /// What is to be done before it counts as started.
        case postStart
        /// What is to be done before it is asked to end.
        case preStop
    }

    /// The run that is meant.
    public var attempt: Int64
    /// What the answer is for.
    public var kind: Kind

    /// A question to a run.
    public init(attempt: Int64, kind: Kind) {
        self.attempt = attempt
        self.kind = kind
    }

    /// What came of it.
    public enum Answer: Equatable, Sendable {
        /// It is well, or was done.
        case yes
        /// It is not, or was not, for this reason.
        case no(String)
    }
}

/// What a container is asked, and what is done around its start and its end, as its spec says.
struct ContainerChecks: Equatable, Sendable {
    var startup: Probe?
    var readiness: Probe?
    var liveness: Probe?
    var postStart: Hook?
    var preStop: Hook?
    /// Nanoseconds between the request to end and the kill.
    var graceNanoseconds: Int64 = 0

    init() {}

    init(_ container: Container, in pod: Pod) {
        startup = container.startupProbe
        readiness = container.readinessProbe
        liveness = container.livenessProbe
        postStart = container.hooks.postStart
        preStop = container.hooks.preStop
        graceNanoseconds = nanoseconds(ofSeconds: pod.spec.terminationGracePeriodSeconds)
    }

    /// The probes of a run that begins now.
    func probes(startedAt now: Int64) -> [ProbeLifecycle] {
        [(Check.Kind.startup, startup), (.readiness, readiness), (.liveness, liveness)]
            .compactMap { kind, probe in
                probe.map { ProbeLifecycle(kind, $0, startedAt: now) }
            }
    }
}
