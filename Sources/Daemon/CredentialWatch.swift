internal import Host
internal import Logging
internal import Trust
internal import Uplink

/// Sees new certificates, passwords and secrets on disk, and has the uplink use them without a restart.
struct CredentialWatch: Sendable {
    private let broker: DaemonConfiguration.Broker
    private let logger: Logger

    // Why: a certificate and its key are two files, and whoever replaces them does one after the other.
    private static let settles = Duration.milliseconds(500)
    // Why: a chain and a key have some KiB.
    private static let fileBytesMax = 1 << 20

    init(_ broker: DaemonConfiguration.Broker, logger: Logger) {
        self.broker = broker
        self.logger = logger
    }

    /// The files that are watched.
    var files: [String] {
        [
            broker.caFile, broker.certificateFile, broker.keyFile, broker.passwordFile,
            broker.pskFile,
        ]
        .compactMap(\.self)
    }

    /// Calls `renew` each time that the files hold something new and whole; until cancelled.
    func run(renew: @Sendable () async -> Void) async {
        guard !files.isEmpty else { return }
        let rings: AsyncStream<Void>
        do throws(HostError) { rings = try FileWatch.changes(near: files) } catch {
            return logger.warning("new certificates need a restart: \(error)")
        }
        var known = contents()
        for await _ in rings {
            try? await Task.sleep(for: Self.settles)
            let found = contents()
            guard found != known else { continue }
            // Half a pair would end a connection that works; the other half rings again.
            if let problem = problem(of: found) {
                logger.warning("new certificates are not used yet: \(problem)")
                continue
            }
            known = found
            logger.notice("new certificates or passwords: the broker is connected anew")
            await renew()
        }
    }

    private func contents() -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for file in files {
            contents[file] = try? FileBytes.read(file, byteCountMax: Self.fileBytesMax)
        }
        return contents
    }

    /// What keeps these files from being used; nil when nothing does.
    func problem(of contents: [String: [UInt8]]) -> String? {
        if let missing = files.first(where: { contents[$0]?.isEmpty ?? true }) {
            return "\(missing) is not there, or empty"
        }
        guard let certificateFile = broker.certificateFile, let keyFile = broker.keyFile,
            let problem = CertificatePair.problem(
                certificate: contents[certificateFile] ?? [],
                key: contents[keyFile] ?? []
            )
        else { return nil }
        return "\(certificateFile) and \(keyFile): \(problem)"
    }
}
