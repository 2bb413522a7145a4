/// Which release this is.
public enum Release {
    /// The version, as `swiftlet version` prints it.
    public static let version = "0.1.0"
}
