/// How a registry is spoken to.
public struct RegistrySettings: Sendable {
    var link = Connection.Settings()

    /// HTTPS with the system's certificates, and proxies from the environment.
    public init() {}

    /// Whether plain HTTP is spoken with the registry.
    public var usesPlainHTTP: Bool {
        get { link.allowsPlainHTTP }
        set { link.allowsPlainHTTP = newValue }
    }

    /// Certificates to trust in place of the system's: a PEM file.
    public var authorityFile: String? {
        get { link.authorityFile }
        set { link.authorityFile = newValue }
    }

    /// A certificate to show, and its key: PEM files.
    public var clientCertificate: (certificate: String, key: String)? {
        get { link.clientCertificate }
        set { link.clientCertificate = newValue }
    }

    /// Bytes a second that are taken at most; 0 is no limit.
    public var byteCountPerSecondMax: Int64 {
        get { link.byteCountPerSecondMax }
        set { link.byteCountPerSecondMax = max(0, newValue) }
    }

    /// After so many seconds with next to nothing a transfer counts as stalled.
    public var stallSeconds: Int {
        get { link.stallSeconds }
        set { link.stallSeconds = max(1, newValue) }
    }
}
