import Documents
import KubeModel
import Uplink

/// Reads a log in answers of bounded length, one after the other where it is followed; a value.
struct RemoteLog: Equatable {
    /// What to ask next.
    private(set) var request: NodeRequest.LogRequest
    private(set) var isAtEnd = false
    /// Whether the node stopped only because its time to follow was over.
    private(set) var goesOn = false
    /// What to tell the reader about the answer that has just ended.
    private(set) var remark: String?
    private var lastNumber: Int64 = 0
    private var hasGap = false
    private let question: LogQuestion

    /// Seconds that a part may take: the node sends at a limited rate, over a bad link.
    private static let partSeconds = 30

    init(_ question: LogQuestion) {
        self.question = question
        request = NodeRequest.LogRequest(
            target: NodeRequest.PodTarget(
                namespace: question.pod.namespace,
                pod: question.pod.name,
                container: question.container
            )
        )
        request.follows = question.follows
        request.isPrevious = question.isPrevious
        request.tailLineCount = question.tailLineCount
        request.sinceSeconds = question.sinceSeconds
    }

    /// Seconds to wait for the next part.
    var patience: Int {
        request.follows
            ? Int(clamping: request.followSeconds) + Self.partSeconds : Self.partSeconds
    }

    /// An answer begins.
    mutating func begin() {
        isAtEnd = false
        goesOn = false
        remark = nil
        lastNumber = 0
        hasGap = false
    }

    /// Takes a part; gives its bytes.
    mutating func take(_ part: ReplyPart) throws(OperatorError) -> [UInt8] {
        if let failure = part.error {
            let what = "the log of \(question.pod.name)"
            throw OperatorError(failure, pod: question.pod, what: what)
        }
        if part.number != lastNumber + 1 { hasGap = true }
        lastNumber = part.number
        if let time = part.time {
            // From here on, whatever was asked at first.
            request.sinceTime = time
            request.sinceSeconds = nil
            request.tailLineCount = nil
        }
        if part.isLast { end(part) }
        return part.bytes
    }

    private mutating func end(_ part: ReplyPart) {
        isAtEnd = true
        goesOn = request.follows && part.result?["continues"]?.bool == true
        if part.isTruncated {
            remark =
                "note: the node sends no more at once; ask for less with --tail or --since, "
                + "or run `swiftlet logs \(question.pod.name)` on the node"
        } else if hasGap {
            remark = "note: the broker dropped some of the log on its way here"
        }
    }
}
