import Host
import Images
import Registry

/// How registries are reached, from the flags.
struct RegistryAccess {
    private var settings = RegistrySettings()
    private var credentials = Credentials()
    /// Scheme and host of each.
    private var mirrors: [(usesPlainHTTP: Bool, host: String)] = []

    // Why: all that a browser trusts is 200 KiB.
    private static let certificatesByteCountMax = 1 << 20

    /// What the flags say; the credentials and the files that they name are read here, once.
    ///
    /// To be called before any right is given up: a key is root's alone.
    init(_ parsed: ParsedFlags) throws(ImageError) {
        settings.usesPlainHTTP = parsed.has("--plain-http")
        settings.authorities = try Self.bytes(parsed, "--ca-file")
        if let certificate = try Self.bytes(parsed, "--cert-file") {
            let key = try Self.bytes(parsed, "--key-file") ?? certificate
            settings.clientCertificate = (certificate, key)
        }
        if let text = parsed.value("--max-bytes-per-second") {
            guard let count = Int64(text), count >= 1_024 else {
                throw .malformed(
                    what: "--max-bytes-per-second \(text)",
                    message: "it must be a number from 1024 on"
                )
            }
            settings.byteCountPerSecondMax = count
        }
        mirrors = try Self.mirrors(parsed.values("--mirror"))
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

    /// One repository of a registry, by way of its mirrors.
    func source(host: String, repository: String) -> MirroredSource {
        var sources: [RegistrySource] = []
        for mirror in mirrors {
            var settings = settings
            settings.usesPlainHTTP = mirror.usesPlainHTTP
            let pace = Pace(triesMax: Pace.mirrorTriesMax) { Pause.wait(milliseconds: $0) }
            sources.append(source(mirror.host, repository, settings, pace))
        }
        let pace = Pace(
            wait: { Pause.wait(milliseconds: $0) },
            leaves: { Program.report(.retryAfter(seconds: $0)) }
        )
        sources.append(source(host, repository, settings, pace))
        return MirroredSource(sources) { Program.report(.warning($0)) }
    }

    private func source(
        _ host: String,
        _ repository: String,
        _ settings: RegistrySettings,
        _ pace: Pace
    ) -> RegistrySource {
        RegistrySource(
            host: host,
            repository: repository,
            settings: settings,
            credentials: credentials,
            pace: pace
        )
    }

    private static func bytes(_ parsed: ParsedFlags, _ flag: String) throws(ImageError) -> [UInt8]?
    {
        guard let path = parsed.value(flag) else { return nil }
        do throws(HostError) {
            return try FileBytes.read(path, byteCountMax: certificatesByteCountMax)
        } catch {
            // Somebody may put it there, with no change to the pull.
            throw .registry(message: "\(flag) cannot be read: \(error)", isWorthRetrying: true)
        }
    }

    private static func mirrors(
        _ texts: [String]
    ) throws(ImageError) -> [(usesPlainHTTP: Bool, host: String)] {
        guard texts.count <= MirroredSource.mirrorCountMax else {
            throw .malformed(
                what: "--mirror",
                message: "at most \(MirroredSource.mirrorCountMax) are taken"
            )
        }
        var mirrors: [(usesPlainHTTP: Bool, host: String)] = []
        for text in texts {
            guard let mirror = MirrorAddress(text) else {
                throw .malformed(
                    what: "--mirror \(text)",
                    message: "it must be https://HOST[:PORT] or http://HOST[:PORT]"
                )
            }
            mirrors.append((mirror.usesPlainHTTP, mirror.host))
        }
        return mirrors
    }
}
