import Host
import Images

/// From the command line to the exit code: 0 done, 75 worth retrying, 65 never, 64 wrong usage.
enum Program {
    // Source: sysexits.h, EX_USAGE, EX_DATAERR and EX_TEMPFAIL.
    private static let usageError: Int32 = 64
    private static let dataError: Int32 = 65
    private static let temporaryFailure: Int32 = 75

    private static let parser = FlagParser(
        program: "swiftlet-pull",
        summary: "Pulls one image into an image store, verifies and admits it.",
        operands: "[REFERENCE]",
        flags: [
            FlagParser.Flag("--store", .required("DIR"), help: "the image store"),
            FlagParser.Flag(
                "--import",
                .required("PATH"),
                help: "take images from an archive or a layout; REFERENCE names the image anew"
            ),
            FlagParser.Flag(
                "--restore",
                .none,
                help: "put the image together again from what is left of it in the store"
            ),
            FlagParser.Flag(
                "--ca-file",
                .required("FILE"),
                help: "certificates to trust in place of the system's"
            ),
            FlagParser.Flag("--plain-http", .none, help: "speak HTTP with the registry, not HTTPS"),
            FlagParser.Flag(
                "--cert-file",
                .required("FILE"),
                help: "the certificate to show, as PEM; with its key, or with --key-file"
            ),
            FlagParser.Flag("--key-file", .required("FILE"), help: "the certificate's key, as PEM"),
            FlagParser.Flag(
                "--mirror",
                .required("URL"),
                isRepeatable: true,
                help: "ask https://HOST[:PORT] or http://HOST[:PORT] first"
            ),
            FlagParser.Flag(
                "--max-bytes-per-second",
                .required("N"),
                help: "take no more of the link"
            ),
            FlagParser.Flag(
                "--auth-fd",
                .required("N"),
                help: "read the registry's credentials from this descriptor"
            ),
            FlagParser.Flag(
                "--confine-fd",
                .required("N"),
                help: "read from this descriptor which rights to give up, and give them up"
            ),
        ]
    )

    static func run(_ words: [String]) -> Int32 {
        let parsed: ParsedFlags
        do {
            parsed = try parser.parse(words)
            if parsed.has("--help") {
                StandardStream.output(parser.usage)
                return 0
            }
            if parsed.has("--version") {
                StandardStream.output("swiftlet-pull \(Release.version)\n")
                return 0
            }
            guard parsed.has("--store") else { throw FlagError.missingOperand("--store DIR") }
            let isOptional = parsed.has("--import") && parsed.operands.isEmpty
            guard isOptional || parsed.operands.count == 1 else {
                throw FlagError.missingOperand("REFERENCE")
            }
        } catch {
            StandardStream.error("swiftlet-pull: \(error)\n\n\(parser.usage)")
            return usageError
        }
        return reporting { () throws(ImageError) in try work(parsed) }
    }

    /// Opens and reads what our own user may, gives up the right to do so, and goes to work.
    private static func work(_ parsed: ParsedFlags) throws(ImageError) {
        ProgramPages.letGo()
        let store = try ImageStore(directory: parsed.value("--store") ?? "")
        let captivity = try Captivity(parsed, store)
        if let path = parsed.value("--import") {
            return try importImages(path, as: parsed.operands.first, captivity)
        }
        let reference = try ImageReference(parsed.operands[0])
        guard !parsed.has("--restore") else {
            let store = try captivity.enter()
            return try pull(reference, from: StoreSource(store), into: store)
        }
        switch reference.place {
        case .layout(let path):
            let layout = captivity.layout(path)
            try pull(reference, from: layout, into: captivity.enter())
        case .registry(let host, let repository):
            let access = try RegistryAccess(parsed)
            let store = try captivity.enter()
            let source = access.source(host: host, repository: repository)
            try pull(reference, from: source, into: store)
        }
    }

    private static func importImages(
        _ path: String,
        as name: String?,
        _ captivity: Captivity
    ) throws(ImageError) {
        let name = try name.map { name throws(ImageError) in try ImageReference(name) }
        let layout = LayoutSource.isFolder(path) ? captivity.layout(path) : nil
        let job = ImageImport(
            store: try captivity.enter(),
            path: captivity.archive(path),
            name: name
        )
        for (name, image) in try job.run(layout) {
            report(.imported(name: "\(name)", digest: image.manifestDigest))
        }
    }

    private static func pull(
        _ reference: ImageReference,
        from source: some BlobSource,
        into store: ImageStore
    ) throws(ImageError) {
        let (image, fetched) = try ImagePull(store: store, reference: reference).run(from: source)
        report(.done(digest: image.manifestDigest, fetchedByteCount: fetched))
    }

    /// The exit code of a job, whose failure is the last line.
    private static func reporting(_ job: () throws(ImageError) -> Void) -> Int32 {
        do {
            try job()
            return 0
        } catch {
            if case .noRoom(_, let needed, let free) = error {
                report(.shortage(byteCount: needed - free))
            }
            report(
                .failed(
                    reason: error.reason,
                    message: "\(error)",
                    isWorthRetrying: error.isWorthRetrying
                )
            )
            StandardStream.error("swiftlet-pull: \(error)\n")
            return error.isWorthRetrying ? temporaryFailure : dataError
        }
    }

    /// Says how far the pull is; when nobody reads any more it goes on, its result lies in the store.
    static func report(_ report: PullReport) { StandardStream.output(report.line + "\n") }
}
