internal import Documents
internal import Host
internal import KubeModel
internal import Supervisor
internal import Uplink

/// A container's log as the parts of one answer.
struct LogAnswer {
    private let request: NodeRequest.LogRequest
    private let supervisor: Supervisor
    private let writer: ReplyWriter

    // Why a second: lines that come one by one share a packet, which costs 80 bytes by itself.
    private static let lookAgainAfter = Duration.seconds(1)

    init(
        _ request: NodeRequest.LogRequest,
        _ supervisor: Supervisor,
        _ writer: ReplyWriter
    ) {
        self.request = request
        self.supervisor = supervisor
        self.writer = writer
    }

    /// Text that has been read and not sent yet.
    private struct Piece {
        var bytes: [UInt8] = []
        var time: Timestamp?
        var freeBytes: Int64

        /// Adds an entry; `false` when it is more than the answer may have.
        mutating func add(_ entry: ContainerLogEntry) -> Bool {
            let end: [UInt8] = entry.isPartial ? [] : [0x0A]
            let count = Int64(entry.text.count + end.count)
            guard count <= freeBytes else { return false }
            freeBytes -= count
            bytes += entry.text + end
            time = Timestamp(nanosecondsSinceEpoch: entry.timestampNanoseconds)
            return true
        }
    }

    /// Writes it to the end, to the limit, or as long as it was to be followed.
    func write() async throws(RequestError) {
        let place = try await place()
        let reader = ContainerLogReader(
            path: place.path,
            tail: request.tailLineCount.map { Int(clamping: $0) },
            sinceNanoseconds: sinceNanoseconds
        )
        let limit = writer.allowance.byteCountMax
        var piece = Piece(freeBytes: min(limit, request.byteCountMax ?? limit))
        let end = Clock.boottimeNanoseconds() &+ request.followSeconds &* 1_000_000_000
        while true {
            // Asked first: what was written before the end is then seen by the last look.
            let isOver = !request.follows || place.hasEnded
            let isLate = request.follows && Clock.boottimeNanoseconds() >= end
            let isWhole = try await read(reader, into: &piece)
            if !isWhole {
                return await writer.finish(piece.bytes, time: piece.time, isTruncated: true)
            }
            if isOver { return await writer.finish(piece.bytes, time: piece.time) }
            if isLate {
                let more: Document = ["continues": true]
                return await writer.finish(piece.bytes, time: piece.time, result: more)
            }
            guard await flush(&piece) else { return }
            try? await Task.sleep(for: Self.lookAgainAfter)
            if writer.isUnwanted { return await writer.finish() }
        }
    }

    /// The oldest time that is wanted.
    private var sinceNanoseconds: Int64 {
        var since = Int64.min
        if let time = request.sinceTime { since = time.nanosecondsSinceEpoch &+ 1 }
        guard let seconds = request.sinceSeconds else { return since }
        return max(since, Clock.wallNanoseconds() &- seconds &* 1_000_000_000)
    }

    private func place() async throws(RequestError) -> Supervisor.LogPlace {
        let target = request.target
        do throws(Supervisor.LogProblem) {
            return try await supervisor.logPlace(
                namespace: target.namespace,
                name: target.pod,
                container: target.container,
                isPrevious: request.isPrevious
            )
        } catch {
            throw RequestError(error, target)
        }
    }

    /// Reads to the present end, and sends what fills a part; `false` when the limit is reached.
    private func read(
        _ reader: ContainerLogReader,
        into piece: inout Piece
    ) async throws(RequestError) -> Bool {
        while true {
            let entry: ContainerLogEntry?
            do throws(HostError) { entry = try reader.next() } catch {
                throw .failed(reason: "Unreadable", message: error.description)
            }
            guard let entry else { return true }
            guard piece.add(entry) else { return false }
            if piece.bytes.count >= UplinkLimits.replyPartBytesMax {
                guard await flush(&piece) else { return false }
            }
        }
    }

    private func flush(_ piece: inout Piece) async -> Bool {
        guard !piece.bytes.isEmpty else { return true }
        defer { piece.bytes = [] }
        return await writer.send(piece.bytes, time: piece.time)
    }
}
