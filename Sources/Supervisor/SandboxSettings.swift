public import Host

/// What workloads are held in on this node, and what an operator demands.
public struct SandboxSettings: Equatable, Sendable {
    /// What the kernel and our own rights allow.
    public var kernel: KernelSupport
    /// What a workload does without, in words; empty when nothing.
    public var missing: [String]
    /// Whether no workload starts while anything is missing.
    public var isRequired: Bool

    /// Why pods have no control groups of their own, or what those lack; empty when they have all.
    ///
    /// It is never demanded: the interpreter keeps memory, and the runner its share of a processor.
    public var controlGroupProblem: String

    /// Settings of a node whose kernel is like this.
    public init(
        kernel: KernelSupport,
        missing: [String]? = nil,
        isRequired: Bool = false,
        controlGroupProblem: String = ""
    ) {
        self.controlGroupProblem = controlGroupProblem
        self.kernel = kernel
        self.missing = missing ?? kernel.missing
        self.isRequired = isRequired
    }
}
