internal import ControlAPI
internal import Documents
internal import Images
internal import Synchronization
public import Supervisor

/// What the control socket answers below `/swiftlet/v1/images`.
///
/// GET only looks; what changes is POST, PUT and DELETE, which the socket lets root and the daemon's own
/// user do. A file of the operator's comes as bytes and never as a path, so that nobody makes the daemon
/// read what they may not. An image is named in the query: its name has slashes.
///
/// ```
/// GET    images                       all, as a List            GET  images?reference=R     one
/// POST   images/pull?reference=R      lines of JSON             POST images/verify[?reference=R]  lines
/// POST   images/prune[?all=true][&dryRun=true]                  DELETE images?reference=R
/// GET    images/export?reference=R    a tar archive
/// POST   images/uploads               {"id": N}                 PUT  images/uploads/N?offset=B  {"bytes": M}
/// POST   images/uploads/N[?name=R]    lines: takes the archive  DELETE images/uploads/N
/// ```
///
/// The last line of a failed answer in lines is `{"error": {"reason", "message", "retry"}}`.
public struct ImageRoutes: Sendable {
    private let images: StoredImages
    private let supervisor: Supervisor
    private let jobs = JobQueue()
    private let uploads: UploadDesk

    // Why: progress lines of which only the newest matter to somebody this slow.
    private static let linesMax = 256

    /// Routes to one store.
    public init(images: StoredImages, supervisor: Supervisor) {
        self.images = images
        self.supervisor = supervisor
        uploads = UploadDesk(images: images)
    }

    /// Does what takes long, until the task is cancelled.
    public func run() async { await jobs.run() }

    /// Answers one request; `nil` when there is no such place.
    func handle(_ request: ControlRequest, _ path: [String]) async -> ControlResponse? {
        let reference = request.query["reference"]
        do throws(ImageProblem) {
            switch (request.method, path) {
            case (.get, []):
                guard let reference else { return try await list() }
                return try await inspect(reference)
            case (.delete, []):
                guard let reference else { return Self.unnamed }
                return try await remove(reference)
            case (.post, ["pull"]):
                guard let reference else { return Self.unnamed }
                return pull(reference)
            case (.post, ["verify"]): return verify(reference)
            case (.post, ["prune"]): return try await prune(request)
            case (.get, ["export"]):
                guard let reference else { return Self.unnamed }
                return try await export(reference)
            case (_, let path) where path.first == "uploads":
                return try await upload(request, Array(path.dropFirst()))
            case (_, _): return nil
            }
        } catch {
            return Self.failure(error)
        }
    }

    private func needs() async throws(ImageProblem) -> ImageNeeds {
        guard let needs = await supervisor.imageNeeds() else {
            throw .unavailable("the database does not say what is needed, so nothing is removed")
        }
        return needs
    }

    private func list() async throws(ImageProblem) -> ControlResponse {
        // Who only looks may do so though nobody knows what is needed.
        let needs = await supervisor.imageNeeds() ?? ImageNeeds()
        let list: Document = [
            "apiVersion": "v1", "kind": "List", "metadata": [:],
            "items": .array(try await images.list(needs)),
        ]
        return .json(list.json())
    }

    private func inspect(_ reference: String) async throws(ImageProblem) -> ControlResponse {
        let needs = await supervisor.imageNeeds() ?? ImageNeeds()
        guard let image = try await images.inspect(reference, needs) else {
            return Self.unknown(reference)
        }
        return .json(image.json())
    }

    private func remove(_ reference: String) async throws(ImageProblem) -> ControlResponse {
        switch try await images.remove(reference, try await needs()) {
        case .removed(let byteCount):
            return .json(
                (["removed": [.string(reference)], "bytes": .integer(byteCount)] as Document).json()
            )
        case .unknown: return Self.unknown(reference)
        case .needed(let pods):
            return .failure(
                status: 409,
                reason: "Conflict",
                message: "image \(reference) is needed by \(pods.joined(separator: ", "))"
            )
        }
    }

    private func prune(_ request: ControlRequest) async throws(ImageProblem) -> ControlResponse {
        let (names, byteCount) = try await images.prune(
            try await needs(),
            includesKept: request.query["all"] == "true",
            isTrial: request.query["dryRun"] == "true"
        )
        let result: Document = ["removed": .strings(names), "bytes": .integer(byteCount)]
        return .json(result.json())
    }

    private func pull(_ reference: String) -> ControlResponse {
        lines { [supervisor] say throws(ImageProblem) in
            let imageID = try await supervisor.pull(reference, progress: say)
            say((["imageID": .string(imageID)] as Document).jsonText())
        }
    }

    private func verify(_ reference: String?) -> ControlResponse {
        lines { [images] say throws(ImageProblem) in
            _ = try await images.verify(reference) { say($0.jsonText()) }
        }
    }

    private func export(_ reference: String) async throws(ImageProblem) -> ControlResponse {
        let feed = ArchiveFeed(try await images.export(reference), images)
        return ControlResponse(
            status: 200,
            contentType: "application/x-tar",
            body: .stream(AsyncStream { await feed.next() })
        )
    }

    /// An answer whose lines come from a job that goes on though nobody reads them.
    ///
    /// A failure is the last line: the head of the answer has long been sent.
    private func lines(
        _ job:
            @escaping @Sendable (@escaping @Sendable (String) -> Void) async throws(ImageProblem)
            -> Void
    ) -> ControlResponse {
        let (chunks, post) = AsyncStream.makeStream(
            of: [UInt8].self,
            bufferingPolicy: .bufferingNewest(Self.linesMax)
        )
        let say: @Sendable (String) -> Void = { post.yield(Array(($0 + "\n").utf8)) }
        let isTaken = jobs.add {
            do throws(ImageProblem) { try await job(say) } catch {
                say(error.report.line)
            }
            post.finish()
        }
        guard isTaken else {
            return .failure(
                status: 503,
                reason: "TooManyRequests",
                message: "too many pulls and imports wait already: try later"
            )
        }
        return ControlResponse(
            status: 200,
            contentType: "application/x-ndjson",
            body: .stream(chunks)
        )
    }
}

extension ImageRoutes {
    private func upload(
        _ request: ControlRequest,
        _ path: [String]
    ) async throws(ImageProblem) -> ControlResponse? {
        switch (request.method, path.count) {
        case (.post, 0):
            guard let id = try await uploads.begin() else {
                return .failure(
                    status: 503,
                    reason: "TooManyRequests",
                    message: "other archives are being sent: try later"
                )
            }
            return .json((["id": .string(id)] as Document).json(), status: 201)
        case (.put, 1):
            guard let offset = request.query["offset"].flatMap({ Int64($0) }), offset >= 0 else {
                return .failure(
                    status: 400,
                    reason: "BadRequest",
                    message: "offset must be the number of bytes sent before"
                )
            }
            let count = try await uploads.append(request.body, to: path[0], at: offset)
            guard let count else { return Self.noUpload }
            return .json((["bytes": .integer(count)] as Document).json())
        case (.delete, 1):
            guard await uploads.take(path[0]) != nil else { return Self.noUpload }
            return .json(([:] as Document).json())
        case (.post, 1):
            guard let upload = await uploads.take(path[0]) else { return Self.noUpload }
            return lines { [images] say throws(ImageProblem) in
                defer { withExtendedLifetime(upload) {} }
                try await images.takeArchive(
                    upload.path,
                    as: request.query["name"],
                    progress: say
                )
            }
        case (_, _): return nil
        }
    }

    private static let noUpload = ControlResponse.failure(
        status: 404,
        reason: "NotFound",
        message: "there is no such upload, or it was given up after two minutes of silence"
    )

    private static let unnamed = ControlResponse.failure(
        status: 400,
        reason: "BadRequest",
        message: "name an image: ?reference=NAME"
    )

    private static func unknown(_ reference: String) -> ControlResponse {
        .failure(
            status: 404,
            reason: "NotFound",
            message: "image \(reference) is not on this node"
        )
    }

    private static func failure(_ problem: ImageProblem) -> ControlResponse {
        let status =
            switch problem {
            case .invalidName: 400
            case .unavailable, .unusable: 503
            case .refused: 422
            }
        return .failure(status: status, reason: problem.reason, message: problem.description)
    }
}

extension ImageProblem {
    /// The problem as the last line of an answer.
    fileprivate var report: PullReport {
        let isWorthRetrying =
            switch self {
            case .unavailable, .unusable: true
            case .invalidName, .refused: false
            }
        return .failed(reason: reason, message: description, isWorthRetrying: isWorthRetrying)
    }
}

/// An archive as chunks of an answer.
private actor ArchiveFeed {
    private var archive: TarStream
    private let images: StoredImages

    init(_ archive: TarStream, _ images: StoredImages) {
        self.archive = archive
        self.images = images
    }

    /// The next bytes; nil at the end, and when the disk gives no more: who reads finds the archive's
    /// end missing.
    func next() async -> [UInt8]? {
        do throws(ImageProblem) {
            let (rest, bytes) = try await images.next(of: archive)
            archive = rest
            return bytes
        } catch {
            return nil
        }
    }
}
