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

    /// Certificates to trust in place of the system's, as PEM.
    ///
    /// Why not a file: who pulls may have no right to read it any more.
    public var authorities: [UInt8]? {
        get { link.authorities }
        set { link.authorities = newValue }
    }

    /// A certificate to show, and its key, as PEM.
    public var clientCertificate: (certificate: [UInt8], key: [UInt8])? {
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
