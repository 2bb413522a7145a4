/// Which swiftlet this is.
public enum Release {
    /// The version of all four programs, by semantic versioning.
    public static let version = "0.1.0"
    /// When it was made, in seconds since 1970: no clock that is right shows less (2026-11-23).
    public static let madeAtSeconds: Int64 = 1_795_392_000
}
