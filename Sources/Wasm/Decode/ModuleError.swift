/// Why a module is refused, and where in its bytes.
///
/// Wording of ``message`` is the specification's test suite's where it has one.
public struct ModuleError: Error, Equatable, Sendable {
    /// Which rule was broken.
    public enum Kind: String, Sendable {
        /// The bytes are not a module.
        case malformed
        /// They are, but it breaks a rule of validation.
        case invalid
        /// It uses a feature that is off, or not there yet.
        case unsupported
        /// It is larger than we take: see ``ModuleLimits``.
        case limit
    }

    /// Which rule was broken.
    public var kind: Kind
    /// From the start of the module.
    public var byteOffset: Int
    /// What is wrong, in a few words.
    public var message: String

    /// An error at `byteOffset`.
    public init(_ kind: Kind, at byteOffset: Int, _ message: String) {
        self.kind = kind
        self.byteOffset = byteOffset
        self.message = message
    }

    static func malformed(_ message: String, at byteOffset: Int) -> Self {
        Self(.malformed, at: byteOffset, message)
    }

    static func invalid(_ message: String, at byteOffset: Int) -> Self {
        Self(.invalid, at: byteOffset, message)
    }

    static func unsupported(_ message: String, at byteOffset: Int) -> Self {
        Self(.unsupported, at: byteOffset, message)
    }

    static func limit(_ message: String, at byteOffset: Int) -> Self {
        Self(.limit, at: byteOffset, message)
    }
}

extension ModuleError: CustomStringConvertible {
    /// `invalid module at byte 52: type mismatch`.
    public var description: String {
        switch kind {
        case .malformed: "malformed module at byte \(byteOffset): \(message)"
        case .invalid: "invalid module at byte \(byteOffset): \(message)"
        case .unsupported: "unsupported module at byte \(byteOffset): \(message)"
        case .limit: "module too large at byte \(byteOffset): \(message)"
        }
    }
}
