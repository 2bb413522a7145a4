/// What this process was started with.
public enum EnvironmentVariable {
    /// The value of a variable, or `nil` when it is unset.
    public static func value(_ name: String) -> String? { SystemCall.environmentVariable(name) }

    /// The value of a variable, or `nil` when it is unset or empty.
    public static func filled(_ name: String) -> String? {
        value(name).flatMap { $0.isEmpty ? nil : $0 }
    }
}
