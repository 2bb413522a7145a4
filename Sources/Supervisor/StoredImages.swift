public import Host
public import Images
public import Logging

/// The image store on disk, filled by the program `swiftlet-pull`: one process for each pull, gone when
/// it is done.
public struct StoredImages: ImageSource {
    let store: ImageStore
    let puller: String
    private let confinement: PullConfinement?
    let names: ImageNames
    let policy: SignaturePolicy
    private let registries: RegistryRules
    private let logger: Logger
    private let workshop = Workshop()
    /// Why another one: looking through the store must not hold up the start of a container.
    let keeping = Workshop()
    private let checks = FirstUse()
    /// Bytes that a pull lacked on the disk.
    let shortage = Shortage()
    private let quiet: QuietRegistries

    // Source: sysexits.h, EX_DATAERR: the program says that the same pull never succeeds.
    private static let never: Int32 = 65

    /// A source that keeps images in `store` and starts the program `puller`.
    ///
    /// `names` says what the texts in pods mean here, `policy` which images must be signed,
    /// `registries` how they are reached, and `confinement` what a pull gives up; nil: nothing.
    public init(
        store: ImageStore,
        puller: String,
        names: ImageNames,
        policy: SignaturePolicy = SignaturePolicy(),
        registries: RegistryRules = RegistryRules(),
        confinement: PullConfinement? = nil,
        logger: Logger = Logger(label: "images"),
        now: @escaping @Sendable () -> Int64 = { Clock.boottimeNanoseconds() }
    ) {
        self.store = store
        self.puller = puller
        self.names = names
        self.policy = policy
        self.registries = registries
        self.confinement = confinement
        self.logger = logger
        quiet = QuietRegistries(now: now)
    }

    /// The image, if it is on disk whole.
    ///
    /// Its bytes are looked at when it is first asked for in the life of this daemon. When what runs
    /// was damaged and the layers were not, it is put together again without a network; else it counts
    /// as not here, and is pulled.
    public func find(_ text: String) async throws(ImageProblem) -> (any LocalImage)? {
        let reference = try names.reference(text)
        let found = try await lookUp(reference)
        guard found == nil, checks.takeDamaged(reference) else {
            return found.map { ImageOnDisk(image: $0, name: text) }
        }
        let restored = try? await runPuller(["--restore", "\(reference)"]) { _ in }
        guard restored?.1 == .exited(code: 0) else { return nil }
        return try await lookUp(reference).map { ImageOnDisk(image: $0, name: text) }
    }

    private func lookUp(_ reference: ImageReference) async throws(ImageProblem) -> StoredImage? {
        try await workshop.run { [store, checks, policy] () throws(ImageProblem) -> StoredImage? in
            do throws(ImageError) {
                guard let image = try store.lookup(reference) else {
                    // A name without its image: what is left of it may be enough to make it anew.
                    if let digest = try store.manifestDigest(of: reference) {
                        checks.noteDamaged(reference, digest)
                    }
                    return nil
                }
                // Each time: a key may have been taken out of the policy since it was pulled.
                let check = SignatureCheck(store, policy)
                do throws(ImageError) {
                    _ = try check.check(reference, image.signedDigests)
                } catch .untrusted(_, let reason) {
                    checks.noteUntrusted(reference, reason)
                    return nil
                } catch {
                    throw error
                }
                guard checks.isFirst(image.manifestDigest), try !store.isIntact(image) else {
                    return image
                }
                try store.setAside(image, store.verify(image))
                checks.noteDamaged(reference, image.manifestDigest)
                return nil
            } catch {
                throw .unusable(error.description)
            }
        }
    }

    /// Fetches the image in a process of its own.
    public func pull(_ text: String) async throws(ImageProblem) -> any LocalImage {
        try await pull(text) { _ in }
    }

    /// Fetches the image with nobody's credentials but the node's.
    public func pull(
        _ text: String,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) -> any LocalImage {
        try await pull(text, secrets: PullSecrets(), progress: progress)
    }

    /// Fetches the image in a process of its own, and hands on what that says.
    public func pull(
        _ text: String,
        secrets: PullSecrets,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(ImageProblem) -> any LocalImage {
        let reference = try names.reference(text)
        try quiet.check(reference)
        let last: PullReport?
        let exit: ProcessExit
        do throws(HostError) {
            (last, exit) = try await runPuller(
                registries.flags(for: reference) + ["\(reference)"],
                secrets: try credentials(secrets, for: reference),
                reading: registries.files(for: reference)
            ) { [quiet] line in
                quiet.hear(line, of: reference)
                progress(line)
            }
        } catch {
            throw .unavailable(error.description)
        }
        guard exit == .exited(code: 0) else {
            let problem = Self.problem(last, exit, text)
            guard case .unavailable(let message) = problem,
                let reason = checks.takeUntrusted(reference)
            else { throw problem }
            throw .unavailable("\(message); the one on disk is not used: \(reason)")
        }
        guard let image = try await find(text) else {
            throw .unavailable("image \(text) was pulled and is not in the store")
        }
        return image
    }

    /// A pod's credentials, and the node's behind them.
    private func credentials(
        _ secrets: PullSecrets,
        for reference: ImageReference
    ) throws(HostError) -> PullSecrets {
        guard case .registry = reference.place else { return PullSecrets() }
        guard let path = registries.credentialsFile else { return secrets }
        // Read each time: passwords change.
        let bytes = try FileBytes.read(path, byteCountMax: Self.credentialsByteCountMax)
        return secrets.merging(PullSecrets(json: bytes))
    }

    // Why: a slow link takes an hour for an image; two lines a minute say that it lives.
    private static let tellAgainNanoseconds: Int64 = 30_000_000_000

    // A Secret has as many.
    private static let credentialsByteCountMax = 1_048_576

    /// The variables that name proxies, as curl and others read them.
    private static let proxies = [
        "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",
        "NO_PROXY",
    ]

    /// Runs the program to its end, and answers with the last that it said.
    func runPuller(
        _ arguments: [String],
        secrets: PullSecrets = PullSecrets(),
        reading readable: [String] = [],
        _ progress: @Sendable (String) -> Void
    ) async throws(HostError) -> (PullReport?, ProcessExit) {
        let handle: ProcessHandle
        let lines: AsyncStream<String>
        do {
            let pipe = try OwnedDescriptor.pipe()
            // In memory, and gone with the process: passwords are in no file and in no argument.
            let passwords = try secrets.json.map { json throws(HostError) in
                try OwnedDescriptor.sealed(json, name: "credentials")
            }
            var descriptors = [passwords].compactMap(\.self)
            var flags = passwords == nil ? [] : ["--auth-fd", "3"]
            if let confinement {
                let handed = try confinement.handOver(
                    store: store.directory,
                    readable: readable,
                    first: 3 + Int32(descriptors.count)
                )
                descriptors += handed.descriptors
                flags += handed.flags
            }
            handle = try ProcessHandle.spawn(
                path: puller,
                arguments: ["--store", store.directory] + flags + arguments,
                environment: Self.proxies.compactMap { name in
                    EnvironmentVariable.value(name).map { "\(name)=\($0)" }
                },
                standardOutput: pipe.writer,
                inheritedDescriptors: descriptors
            )
            lines = try PipeLines.read(pipe.reader)
        }
        var last: PullReport?
        var toldAt = Clock.boottimeNanoseconds()
        for await line in lines {
            let report = PullReport(line: line)
            if case .progress(let progress) = report,
                Clock.boottimeNanoseconds() - toldAt >= Self.tellAgainNanoseconds
            {
                toldAt = Clock.boottimeNanoseconds()
                logger.info("pulling", metadata: progress.metadata(arguments.last ?? ""))
            }
            if case .shortage(let byteCount) = report { shortage.note(byteCount) }
            if case .warning(let text) = report { logger.warning("\(text)") }
            last = report ?? last
            progress(line)
        }
        // The daemon is ending: a pull that goes on alone would meet the next daemon's.
        if Task.isCancelled { handle.signal(15) }
        return (last, await handle.exited())
    }

    static func problem(
        _ last: PullReport?,
        _ exit: ProcessExit,
        _ text: String
    ) -> ImageProblem {
        guard case .failed(let reason, let message, let isWorthRetrying)? = last else {
            let code = exit.shellCode.map { "\($0)" } ?? "nobody knows what"
            let message = "swiftlet-pull ended with \(code) and did not say why"
            return exit == .exited(code: never) ? .refused(message) : .unavailable(message)
        }
        if reason == "InvalidImageName" { return .invalidName(message) }
        return isWorthRetrying ? .unavailable(message) : .refused(message)
    }
}

private struct ImageOnDisk: LocalImage {
    let image: StoredImage
    let name: String

    var imageID: String { "\(nameWithoutTag)@\(image.manifestDigest)" }
    var environment: [String] { image.configuration.environment }
    var workingDirectory: String { image.configuration.workingDirectory }

    private var nameWithoutTag: String {
        let base = name.split(separator: "@").first.map(String.init) ?? name
        guard let colon = base.lastIndex(of: ":"), base[colon...].contains("/") == false,
            base[..<colon] != "oci"
        else { return base }
        return String(base[..<colon])
    }

    func entry(
        command: [String]?,
        arguments: [String]?,
        workingDirectory: String?
    ) throws(ImageProblem) -> RunEntry {
        do throws(ImageError) {
            let entry = try image.entry(
                command: command,
                args: arguments,
                workingDirectory: workingDirectory
            )
            return RunEntry(
                modulePath: entry.modulePath,
                arguments: entry.arguments,
                invoke: entry.function,
                isAdmitted: entry.isAdmitted
            )
        } catch {
            throw .unusable(error.description)
        }
    }

    func copyRoot(to path: String) throws(ImageProblem) {
        do throws(ImageError) { try image.copyRoot(to: path) } catch {
            throw .unusable(error.description)
        }
    }
}

extension PullProgress {
    fileprivate func metadata(_ image: String) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "image": "\(image)", "bytes": "\(byteCount)", "total": "\(totalByteCount)",
        ]
        metadata["bytesPerSecond"] = bytesPerSecond.map { "\($0)" }
        metadata["secondsLeft"] = secondsLeft.map { "\($0)" }
        return metadata
    }
}
