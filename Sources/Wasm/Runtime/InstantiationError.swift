/// Why a module did not become an instance.
public enum InstantiationError: Error, Equatable, Sendable {
    /// An import is missing or of another type than the module wants.
    case link(module: String, name: String, message: String)
    /// The module's memories and tables, at their least, are larger than what is left of the budget.
    case limit(neededBytes: UInt64, allowedBytes: UInt64)
    /// An active segment or the start function trapped.
    case trap(Trap)
    /// It uses something that is not there yet.
    case unsupported(String)
}

extension InstantiationError: CustomStringConvertible {
    /// One sentence for a log or the standard error.
    public var description: String {
        switch self {
        case .link(let module, let name, let message):
            "import \"\(module)\" \"\(name)\": \(message)"
        case .limit(let needed, let allowed):
            "the module needs at least \(needed) bytes of memory, but the limit leaves \(allowed)"
        case .trap(let trap): "the module trapped as it was started: \(trap)"
        case .unsupported(let what): "\(what): not supported"
        }
    }
}
