/// Which swiftlet this is.
public enum Release {
    /// The version of all four programs, by semantic versioning.
    public static let version = "0.1.0"
}
