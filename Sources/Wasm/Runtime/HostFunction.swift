/// A function of the host's that guests may import.
public struct HostFunction {
    /// What it takes and gives; it may name no module's types.
    public let type: FunctionType
    let body: (HostCall) throws(Trap) -> Void

    /// A function that runs `body` for each call.
    ///
    /// `body` writes as many results as `type` has; what it does not write is unspecified. A trap that
    /// it throws ends the guest.
    public init(type: FunctionType, body: @escaping (HostCall) throws(Trap) -> Void) {
        self.type = type
        self.body = body
    }
}
