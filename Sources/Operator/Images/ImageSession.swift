import ControlAPI
import Documents
import Images
import Synchronization

/// The verbs for images: over the daemon's socket, and for looking on its files when it is not running.
public struct ImageSession: Sendable {
    /// Bytes of an archive that are sent at once; a request's body is bounded.
    private static let pieceByteCount = 512 * 1_024

    private let reach: Reach
    private let console: Console

    /// A session that has not begun to connect.
    ///
    /// - Throws: ``OperatorError/notThisWay(what:advice:)`` for a node behind a broker.
    public init(reach: Reach, console: Console) throws(OperatorError) {
        guard reach.broker == nil else {
            throw .notThisWay(
                what: "images are managed on the device",
                advice: "leave out --broker there; `get images` lists them from afar"
            )
        }
        self.reach = reach
        self.console = console
    }

    private var socket: ImageSocket { ImageSocket(path: reach.socketPath) }

    /// All images.
    public func list(format: OutputFormat) async throws(OperatorError) {
        let images: [Document]
        do throws(OperatorError) {
            images = try await socket.ask(.get, what: "the list")?["items"]?.array ?? []
        } catch .control(let error) where error.isNotRunning {
            images = try offline(error).documents()
        }
        let table = ImageTable(format: format, now: console.now())
        if images.isEmpty, format.isTable { return console.remark("no images found") }
        console.text(table.text(images))
    }

    /// One image, by name or digest.
    public func inspect(_ name: String, format: OutputFormat) async throws(OperatorError) {
        let image: Document?
        do throws(OperatorError) {
            image = try await socket.ask(.get, query: ["reference": name], what: "image \(name)")
        } catch .control(let error) where error.isNotRunning {
            let known = (try? ImageReference(name)).map { "\($0)" }
            image = try offline(error).documents().first {
                let full = $0["metadata"]?["name"]?.string
                return full == name || full == known || $0["digest"]?.string == name
            }
        }
        guard let image else { throw .notFound(kind: "image", name: name) }
        let table = ImageTable(format: format, isSingle: true, now: console.now())
        console.text(table.text([image]))
    }

    /// Pulls an image and keeps it until it is removed.
    public func pull(_ name: String) async throws(OperatorError) {
        let console = console
        try await socket.lines(["pull"], query: ["reference": name], what: "image \(name)") {
            line in
            if let imageID = line["imageID"]?.string {
                console.line(Printable.cell(imageID))
            } else if let text = Self.progress(line) {
                console.remark("\(name): \(text)")
            }
        }
    }

    private static func progress(_ line: Document) -> String? {
        PullProgress(line)?.text ?? line["text"]?.string.map(Printable.cell)
    }

    /// Sends an archive, or a layout's folder, and says what its images are called now.
    public func take(_ path: String, as name: String?) async throws(OperatorError) {
        var archive: ArchiveBytes
        do throws(ImageError) {
            archive = try ArchiveBytes(path: path == "-" ? "/dev/stdin" : path)
        } catch {
            throw .file(path: path, message: "\(error)")
        }
        let what = "the archive \(path)"
        let id = try await socket.ask(.post, ["uploads"], what: what)?["id"]?.string
        guard let id else { throw .unreadable(source: socket.path, message: "it takes no images") }
        do throws(OperatorError) {
            try await send(&archive, path, to: id, what)
        } catch {
            _ = try? await socket.ask(.delete, ["uploads", id], what: what)
            throw error
        }
        let console = console
        let query = name.map { ["name": $0] } ?? [:]
        try await socket.lines(["uploads", id], query: query, what: what) { line in
            if let image = line["image"]?.string { console.line("image/\(Printable.cell(image))") }
        }
    }

    private func send(
        _ archive: inout ArchiveBytes,
        _ path: String,
        to id: String,
        _ what: String
    ) async throws(OperatorError) {
        var offset: Int64 = 0
        var reported: Int64 = 0
        while true {
            let piece: [UInt8]?
            do throws(ImageError) { piece = try archive.next(Self.pieceByteCount) } catch {
                throw .file(path: path, message: "\(error)")
            }
            guard let piece else { break }
            let answer = try await socket.ask(
                .put,
                ["uploads", id],
                query: ["offset": "\(offset)"],
                body: piece,
                what: what
            )
            offset += Int64(piece.count)
            guard answer?["bytes"]?.integer == offset else {
                throw .refused(what: what, message: "it was not taken whole: try again")
            }
            // Ten lines for an archive, however large it is.
            if let total = archive.byteCount, total > 8 << 20, offset - reported >= total / 10 {
                reported = offset
                console.remark(
                    "\(path): sent \(ByteText.text(offset)) of \(ByteText.text(total))"
                )
            }
        }
    }

    /// Writes an image to a file, or to standard output for `-`.
    public func export(_ name: String, to path: String) async throws(OperatorError) {
        let query = ["reference": name]
        guard path != "-" else {
            let console = console
            return try await socket.bytes(["export"], query: query, what: "image \(name)") {
                console.write($0)
            }
        }
        let file: NewFile
        do throws(ImageError) { file = try NewFile(path: path) } catch {
            throw .file(path: path, message: "\(error)")
        }
        let state = Mutex<(byteCount: Int64, tail: [UInt8], error: ImageError?)>((0, [], nil))
        do throws(OperatorError) {
            try await socket.bytes(["export"], query: query, what: "image \(name)") { chunk in
                state.withLock { state in
                    do throws(ImageError) { try file.write(chunk) } catch {
                        state.error = error
                        return false
                    }
                    state.byteCount += Int64(chunk.count)
                    state.tail = Array((state.tail + chunk).suffix(TarHeader.end.count))
                    return true
                }
            }
            let (byteCount, tail, error) = state.withLock { $0 }
            if let error { throw .file(path: path, message: "\(error)") }
            guard tail == TarHeader.end else {
                throw .unreadable(source: socket.path, message: "the archive ended early")
            }
            do throws(ImageError) { try file.finish() } catch {
                throw .file(path: path, message: "\(error)")
            }
            console.line("\(path): \(ByteText.text(byteCount))")
        } catch {
            file.discard()
            throw error
        }
    }

    /// Hashes all images, or those named; answers whether all are good.
    public func verify(_ names: [String]) async throws(OperatorError) -> Bool {
        let isGood = Mutex(true)
        let console = console
        let take: @Sendable (Document) -> Void = { verdict in
            if verdict["isGood"]?.bool != true { isGood.withLock { $0 = false } }
            console.line(Self.sentence(verdict))
        }
        do throws(OperatorError) {
            for name in names.isEmpty ? [nil] : names.map(Optional.some) {
                let query = name.map { ["reference": $0] } ?? [:]
                try await socket.lines(
                    ["verify"],
                    query: query,
                    what: "image \(name ?? "")",
                    take
                )
            }
        } catch .control(let error) where error.isNotRunning {
            try offline(error).verify(names, take)
            console.remark("note: what is damaged is set aside when swiftletd runs and verifies")
        }
        return isGood.withLock { $0 }
    }

    private static func sentence(_ verdict: Document) -> String {
        let name = Printable.cell(verdict["image"]?.string ?? "")
        let signature = Printable.cell(verdict["signature"]?.string ?? "not needed")
        if verdict["isGood"]?.bool == true {
            let mark = signature == "not needed" ? "" : ", \(signature)"
            return "\(name): good, \(ByteText.text(verdict["bytes"]?.integer ?? 0))\(mark)"
        }
        var faults: [String] = []
        for (key, word) in [("damaged", "damaged"), ("missing", "missing")] {
            let count = verdict[key]?.array?.count ?? 0
            if count > 0 { faults.append("\(count) blobs \(word)") }
        }
        if verdict["isContentIntact"]?.bool == false { faults.append("what runs has changed") }
        if faults.isEmpty { return "\(name): NOT TRUSTED, \(signature)" }
        return "\(name): DAMAGED, \(faults.joined(separator: ", ")); pull it again"
    }

    /// Removes what nothing needs.
    public func prune(includesKept: Bool, isTrial: Bool) async throws(OperatorError) {
        var query: [String: String] = [:]
        if includesKept { query["all"] = "true" }
        if isTrial { query["dryRun"] = "true" }
        let answer = try await socket.ask(.post, ["prune"], query: query, what: "the pruning")
        let names = (answer?["removed"]?.array ?? []).compactMap(\.string)
        for name in names {
            console.line("image/\(Printable.cell(name))\(isTrial ? " (dry run)" : "")")
        }
        let bytes = answer?["bytes"]?.integer ?? 0
        if !isTrial { console.remark("\(ByteText.text(bytes)) came free") }
    }

    /// Removes images by name.
    public func remove(_ names: [String]) async throws(OperatorError) {
        for name in names {
            let answer = try await socket.ask(
                .delete,
                query: ["reference": name],
                what: "the removal of \(name)"
            )
            guard answer != nil else { throw .notFound(kind: "image", name: name) }
            console.line("image/\(name) removed")
        }
    }

    private func offline(_ reason: ControlError) throws(OperatorError) -> ImageFiles {
        try ImageFiles(folder: reach.stateDirectory + "/images", reason, console)
    }
}
