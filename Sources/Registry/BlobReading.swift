internal import Images

/// One blob on its way: where it is, and how the server has to be asked for the rest.
struct BlobReading {
    /// Bytes of one range: seconds of a good mobile link.
    ///
    /// What came of a range that breaks off is kept, so its length costs nothing then; each question costs
    /// a round trip and, with a token, a kilobyte.
    static let chunkByteCount: Int64 = 4 * 1024 * 1024

    /// What one request brought.
    enum Step: Equatable {
        case finished
        /// More is to be asked for.
        case more
        case failed(Problem, isProgress: Bool)
    }

    /// What the head of an answer means.
    enum Opening: Equatable {
        /// The bytes are good after the first `skipping`, up to the place `end`.
        case take(skipping: Int64, end: Int64)
        /// This is not what was asked for; the whole, packed or not, may be.
        case wrong(String, isPacked: Bool)
    }

    let blob: BlobDescriptor
    let url: String
    private(set) var position: Int64
    /// Where the registry sent us last; asked anew after each failure, since such places expire.
    private var place: String?
    private var asksForWhole = false
    private var isPacked = false

    init(blob: BlobDescriptor, url: String, position: Int64) {
        self.blob = blob
        self.url = url
        self.position = position
    }

    /// The range to ask for; none for a small blob from its beginning, which every server can send.
    var range: ClosedRange<Int64>? {
        let left = blob.byteCount - position
        guard !asksForWhole, position > 0 || left > Self.chunkByteCount, left > 0 else {
            return nil
        }
        return position...(position + min(left, Self.chunkByteCount) - 1)
    }

    /// Asks once, and hands over what comes.
    mutating func goOn(
        _ session: Session,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) -> Step {
        guard position < blob.byteCount else { return .finished }
        let before = position
        var here = position
        let request = Request(
            url: place ?? url,
            headers: ["Accept: */*"] + (isPacked ? [] : ["Accept-Encoding: identity"]),
            range: range,
            decodes: isPacked
        )
        var opening = Opening.wrong("no answer", isPacked: false)
        var skipped: Int64 = 0
        var failure: ImageError?
        let answer = session.ask(request) { [blob] reply in
            opening = Self.opening(reply, to: request, at: before, of: blob.byteCount)
            guard case .take = opening else { return false }
            return true
        } take: { bytes in
            guard case .take(let skipping, let end) = opening else { return false }
            var bytes = bytes
            if skipped < skipping {
                let count = min(Int64(bytes.count), skipping - skipped)
                skipped += count
                bytes.removeFirst(Int(count))
            }
            // What comes behind the end is nobody's; the transfer is cut off there.
            let isTooMuch = Int64(bytes.count) > end - here
            if isTooMuch { bytes.removeLast(bytes.count - Int(end - here)) }
            guard !bytes.isEmpty else { return !isTooMuch }
            do throws(ImageError) { try take(bytes) } catch {
                failure = error
                return false
            }
            here += Int64(bytes.count)
            return !isTooMuch
        }
        position = here
        if let failure { throw failure }
        return step(answer, opening, isProgress: position > before)
    }

    private mutating func step(
        _ answer: Session.Answer,
        _ opening: Opening,
        isProgress: Bool
    ) -> Step {
        if position == blob.byteCount { return .finished }
        var problem = answer.problem
        if problem == nil {
            switch opening {
            case .wrong(let message, let isPacked):
                asksForWhole = true
                self.isPacked = isPacked
                problem = Problem(verdict: .again, message: message)
            case .take(_, let end) where position < end:
                problem = Problem(verdict: .again, message: "the answer ended early")
            case .take: break
            }
        }
        guard var problem else {
            place = answer.url
            return .more
        }
        if problem.verdict == .wholeOnly { asksForWhole = true }
        // A place that a redirect led to may have expired; the registry knows the new one.
        if answer.url != url, problem.verdict != .again { problem.verdict = .again }
        place = nil
        return .failed(problem, isProgress: isProgress)
    }

    /// What the head of an answer to `request` means for a blob of `byteCount` bytes.
    static func opening(
        _ reply: Reply,
        to request: Request,
        at position: Int64,
        of byteCount: Int64
    ) -> Opening {
        let packing = reply.header("content-encoding")?.lowercased() ?? "identity"
        let isPacked = packing != "identity"
        guard !isPacked || request.decodes else {
            return .wrong("the answer came packed with \(packing)", isPacked: packing == "gzip")
        }
        if reply.status == 206 {
            guard let range = request.range, let sent = reply.contentRange,
                sent.range.lowerBound == position, sent.range.upperBound <= range.upperBound,
                sent.total == nil || sent.total == byteCount
            else { return .wrong("the answer is of another range", isPacked: false) }
            return .take(skipping: 0, end: sent.range.upperBound + 1)
        }
        if !isPacked, let text = reply.header("content-length"), Int64(text) != byteCount {
            return .wrong(
                "the answer has \(text) bytes, and \(byteCount) were promised",
                isPacked: false
            )
        }
        // The whole comes in any case, so what is here already is only let pass.
        return .take(skipping: position, end: byteCount)
    }
}
