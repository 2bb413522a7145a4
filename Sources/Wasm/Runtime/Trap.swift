/// Why a guest ended before its time, and where it was.
public struct Trap: Error, Equatable, Sendable {
    /// What happened.
    public var reason: TrapReason
    /// The functions that were running, the innermost first; at most ``backtraceCountMax``.
    public var backtrace: [TrapFrame]
    /// The guest's exit code, with ``TrapReason/exit`` only.
    public var exitCode: Int32?
    /// What the host has to say about it.
    public var message: String?

    /// Functions kept of a backtrace: more help nobody, and recursion can be deep.
    public static let backtraceCountMax = 64

    /// A trap without a place.
    public init(_ reason: TrapReason, message: String? = nil) {
        self.reason = reason
        self.backtrace = []
        self.message = message
    }

    /// What a function of the host throws when the guest wants to end with `code`.
    public static func exit(_ code: Int32) -> Trap {
        var trap = Trap(.exit)
        trap.exitCode = code
        return trap
    }

    /// What a function of the host throws when it fails.
    public static func host(_ message: String) -> Trap {
        Trap(.hostFailure, message: message)
    }
}

extension Trap: CustomStringConvertible {
    /// The reason, and what the host said.
    public var description: String {
        message.map { "\(reason): \($0)" } ?? "\(reason)"
    }
}

/// A function that was running when a trap happened.
public struct TrapFrame: Sendable, Hashable {
    /// In the index space of its module.
    public var functionIndex: UInt32
    /// From the module's name section.
    public var functionName: String?

    /// The function `functionIndex` of some module.
    public init(functionIndex: UInt32, functionName: String? = nil) {
        self.functionIndex = functionIndex
        self.functionName = functionName
    }
}
