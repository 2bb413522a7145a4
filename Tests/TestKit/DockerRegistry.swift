/// Debian's docker-registry on a loopback port of its own.
public struct DockerRegistry: Sendable {
    /// Lines of its configuration that let in nobody but `us` with the password `sesam`.
    public static let withPassword = "auth: {htpasswd: {realm: here, path: \"USERS\"}}"

    /// Where it listens.
    public let port: UInt16
    /// `HOST:PORT`.
    public var host: String { "127.0.0.1:\(port)" }

    /// Starts one, and waits until it answers; it ends with the fixture.
    ///
    /// - Parameters:
    ///   - fixture: Where its files lie.
    ///   - auth: Lines of its configuration about who may come.
    ///   - authority: Who signed its certificate, `broker`, and signs those of its clients; `gateway` is one.
    ///     Nil: it speaks plain HTTP.
    /// - Returns: The registry.
    /// - Throws: Why there is none.
    public static func start(
        in fixture: Fixture,
        auth: String = "",
        authority: Authority? = nil
    ) async throws -> Self {
        let port = try portForRestarts()
        let users = fixture.path("users")
        // The password is "sesam", by bcrypt, which is all that this registry takes.
        let hash = "$2b$04$S.ZsQYL1Zn/m/pMkOU7pDuES3jrXZo8NU2xXlIQI3Pioy.oYP56KS"
        try writeFile(users, "us:\(hash)\n")
        let configuration = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: "\(fixture.path("registry"))"}}
            http: {addr: "127.0.0.1:\(port)"\(authority.map(Self.encryption) ?? "")}
            \(auth.replacing("USERS", with: users))

            """
        try writeFile(fixture.path("registry.yml"), configuration)
        let process = try fixture.start(
            Requirement.registry.path(),
            ["serve", fixture.path("registry.yml")],
            name: "registry"
        )
        try await eventually("the registry answers") {
            if let code = process.exitCode {
                throw TestKitError(message: "the registry ended with \(code): \(process.output)")
            }
            var words = ["-s", "-o", "/dev/null", "http://127.0.0.1:\(port)/v2/"]
            if let authority {
                let client = "\(authority.folder)/gateway"
                words = [
                    "-s", "-k", "-o", "/dev/null", "--cert", client + ".crt", "--key",
                    client + ".key",
                ]
                words.append("https://127.0.0.1:\(port)/v2/")
            }
            return try await runAside(Requirement.curl.path(), words).exitCode == 0
        }
        return Self(port: port)
    }

    private static func encryption(_ authority: Authority) -> String {
        let folder = authority.folder
        return ", tls: {certificate: \"\(folder)/broker.crt\", key: \"\(folder)/broker.key\", "
            + "clientcas: [\"\(folder)/ca.crt\"]}"
    }

    /// Copies an image of a layout here, as `org/app:TAG`.
    ///
    /// - Parameters:
    ///   - layout: The folder of the layout.
    ///   - tag: Its tag, there and here.
    ///   - flags: More words for skopeo.
    /// - Throws: What skopeo says.
    public func push(_ layout: String, _ tag: String, _ flags: [String] = []) async throws {
        let words =
            ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false"] + flags + [
                "oci:\(layout):\(tag)", "docker://\(host)/org/app:\(tag)",
            ]
        let pushed = try await runAside(Requirement.skopeo.path(), words)
        guard pushed.exitCode == 0 else { throw TestKitError(message: pushed.standardError) }
    }
}
