/// A small authority of a test's own: it signs certificates with OpenSSL's program.
public struct Authority {
    /// OpenSSL's program.
    public static let openssl = Requirement.program(
        "openssl",
        variable: "SWIFTLET_OPENSSL",
        candidates: []
    )
    /// Where `NAME.crt` and `NAME.key` lie; the authority's own are `ca`.
    public let folder: String
    private let program: String
    private static let key = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
    ]

    /// Makes an authority in a folder.
    public init(in folder: String) throws {
        self.folder = folder
        program = try Self.openssl.path()
        try makeRoot("ca")
        try writeFile("\(folder)/names", "subjectAltName=IP:127.0.0.1\n")
    }

    /// Makes another authority, whom nobody asked.
    public func makeRoot(_ name: String) throws {
        let files = ["-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).crt"]
        let subject = ["-subj", "/CN=\(name)", "-days", "2"]
        try openssl(["req", "-x509"] + Self.key + files + subject)
    }

    /// Signs a certificate for `commonName` into `NAME.crt` and `NAME.key`; for 127.0.0.1 if it is
    /// the broker's.
    public func sign(_ name: String, commonName: String? = nil) throws {
        let base = "\(folder)/\(name)"
        let subject = ["-subj", "/CN=\(commonName ?? name)"]
        try openssl(
            ["req"] + Self.key + ["-keyout", "\(base).key", "-out", "\(base).csr"] + subject
        )
        let signing = [
            "x509", "-req", "-in", "\(base).csr", "-CA", "\(folder)/ca.crt", "-CAkey",
            "\(folder)/ca.key", "-CAcreateserial", "-out", "\(base).crt", "-days", "2",
        ]
        try openssl(
            signing + (name == "broker" ? ["-extfile", "\(folder)/names"] : [])
        )
    }

    private func openssl(_ arguments: [String]) throws {
        let result = try run(program, arguments)
        guard result.exitCode != 0 else { return }
        throw TestKitError(message: "openssl: \(result.standardError)")
    }
}
