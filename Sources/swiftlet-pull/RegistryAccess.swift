import Host
import Images
import Registry

/// How registries are reached, from the flags.
struct RegistryAccess {
    private var settings = RegistrySettings()
    private var credentials = Credentials()

    /// HTTPS, and nobody's credentials.
    init() {}

    /// What the flags say; the credentials are read here, once, from their descriptor.
    init(_ parsed: ParsedFlags) throws(ImageError) {
        settings.usesPlainHTTP = parsed.has("--plain-http")
        settings.authorityFile = parsed.value("--ca-file")
        guard let text = parsed.value("--auth-fd") else { return }
        // 0, 1 and 2 are the standard streams, and are not read by mistake.
        guard let number = Int32(text), (3...1_024).contains(number) else {
            throw .malformed(what: "--auth-fd \(text)", message: "it must be a number from 3 on")
        }
        do {
            let bytes = try FileBytes.read(
                OwnedDescriptor(number),
                path: "--auth-fd",
                byteCountMax: Credentials.byteCountMax
            )
            credentials = try Credentials(json: bytes)
        } catch {
            throw .malformed(what: "what --auth-fd gives", message: "\(error)")
        }
    }

    /// One repository of a registry.
    func source(host: String, repository: String) -> RegistrySource {
        RegistrySource(
            host: host,
            repository: repository,
            settings: settings,
            credentials: credentials,
            pace: Pace { Pause.wait(milliseconds: $0) }
        )
    }
}
