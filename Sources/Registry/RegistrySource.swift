internal import Documents
public import Images

/// The images of one registry, over the distribution protocol.
///
/// Source: OCI distribution specification 1.1; Docker's schema 2 by its media types.
public final class RegistrySource: BlobSource {
    /// Manifests whose bytes are kept between being resolved and being read, so that none is asked
    /// for twice; a pull needs an index, a manifest, and a signature's.
    private static let manifestsKeptMax = 4
    private static let accepted =
        "Accept: application/vnd.oci.image.index.v1+json, "
        + "application/vnd.oci.image.manifest.v1+json, "
        + "application/vnd.docker.distribution.manifest.list.v2+json, "
        + "application/vnd.docker.distribution.manifest.v2+json"

    private let host: String
    private let repository: String
    private let session: Session
    private let pace: Pace
    private var manifests: [(digest: Digest, bytes: [UInt8])] = []

    /// Where it asks: `https://HOST[:PORT]`.
    var origin: String { session.origin }

    /// The repository of `host`; `docker.io` is asked where it really answers.
    public init(
        host: String,
        repository: String,
        settings: RegistrySettings,
        credentials: Credentials,
        pace: Pace
    ) {
        self.host = host
        self.repository = repository
        self.pace = pace
        let server = host == "docker.io" ? "registry-1.docker.io" : host
        session = Session(
            origin: "\(settings.usesPlainHTTP ? "http" : "https")://\(server)",
            scope: "repository:\(repository):pull",
            entry: credentials.entry(host: host, repository: repository),
            settings: settings
        )
    }

    /// Asks what a tag or digest stands for; the bytes come along, and their digest is our own.
    public func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        let name = reference.digest.map { "\($0)" } ?? reference.tag ?? "latest"
        let (bytes, type) = try manifest(name)
        let digest = Digest.of(bytes, reference.digest?.algorithm ?? .sha256)
        if let wanted = reference.digest, wanted != digest {
            throw .digestMismatch(what: "manifest", expected: wanted, actual: digest)
        }
        keep(bytes, digest)
        return BlobDescriptor(mediaType: type, digest: digest, byteCount: Int64(bytes.count))
    }

    /// Reads a manifest, or a blob by closed ranges; what has come is never asked for again.
    public func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        if MediaTypes.isIndex(blob.mediaType) || MediaTypes.isManifest(blob.mediaType) {
            let kept = manifests.first { $0.digest == blob.digest }?.bytes
            let bytes = if let kept { kept } else { try manifest("\(blob.digest)").bytes }
            let rest = bytes.dropFirst(Int(clamping: offset))
            if !rest.isEmpty { try take(Array(rest)) }
            return
        }
        let url = session.origin + "/v2/\(repository)/blobs/\(blob.digest)"
        var reading = BlobReading(blob: blob, url: url, position: offset)
        try persist("blob \(blob.digest)") { () throws(ImageError) in
            try reading.goOn(session, take)
        }
    }

    private func keep(_ bytes: [UInt8], _ digest: Digest) {
        if manifests.count == Self.manifestsKeptMax { manifests.removeFirst() }
        manifests.append((digest, bytes))
    }

    private func manifest(_ name: String) throws(ImageError) -> (bytes: [UInt8], type: String) {
        let most = Int(ImageLimits.manifestByteCountMax)
        let url = session.origin + "/v2/\(repository)/manifests/\(name)"
        var bytes: [UInt8] = []
        var type = ""
        try persist("manifest \(name)") { () throws(ImageError) in
            bytes = []
            let request = Request(url: url, headers: [Self.accepted], decodes: true)
            let answer = session.ask(request) { reply in
                type = reply.header("content-type") ?? ""
                return true
            } take: { piece in
                bytes += piece
                return bytes.count <= most
            }
            guard bytes.count <= most else {
                throw .tooLarge(
                    what: "manifest \(name)",
                    actual: Int64(bytes.count),
                    most: Int64(most)
                )
            }
            return answer.problem.map { .failed($0, isProgress: false) } ?? .finished
        }
        type = type.split(separator: ";").first.map { String($0).trimmed } ?? ""
        if !MediaTypes.isIndex(type), !MediaTypes.isManifest(type) {
            type = declaredType(bytes) ?? type
        }
        return (bytes, type)
    }

    /// What a manifest says of itself, for servers that send it as plain JSON or as bytes.
    private func declaredType(_ bytes: [UInt8]) -> String? {
        let limits = DocumentLimits(byteCountMax: Int(ImageLimits.manifestByteCountMax))
        guard let document = try? Document(json: bytes, limits: limits) else { return nil }
        if let type = document["mediaType"]?.string { return type }
        if document["manifests"] != nil { return "application/vnd.oci.image.index.v1+json" }
        return document["layers"] == nil ? nil : "application/vnd.oci.image.manifest.v1+json"
    }

    /// Tries until it is done, it is hopeless, or too many tries in a row brought nothing.
    private func persist(
        _ what: String,
        _ step: () throws(ImageError) -> BlobReading.Step
    ) throws(ImageError) {
        var fruitless = 0
        // Ends: each turn finishes, throws, brings bytes of a bounded whole, or counts up to a bound.
        while true {
            switch try step() {
            case .finished: return
            case .more: fruitless = 0
            case .failed(let problem, let isProgress):
                fruitless = isProgress ? 1 : fruitless + 1
                let wait = pace.milliseconds(beforeTry: fruitless, retryAfter: problem.retryAfter)
                guard problem.verdict == .again || problem.verdict == .wholeOnly, let wait else {
                    if let seconds = problem.retryAfter { pace.leaves(seconds) }
                    throw problem.error(host: host, repository: repository, what: what)
                }
                pace.wait(wait)
            }
        }
    }
}
