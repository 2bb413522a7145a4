import Documents
import KubeModel
import Testing
import Uplink

@testable import Operator

// Goal: a log that comes in answers of bounded length reads as one. Method: parts as values.
@Suite("A log over the broker")
struct RemoteLogTests {
    private func question(follows: Bool) -> LogQuestion {
        var question = LogQuestion(pod: PodName(namespace: "default", name: "web"))
        question.follows = follows
        question.tailLineCount = 3
        question.sinceSeconds = 9
        return question
    }

    private func part(
        _ number: Int64,
        _ text: String = "",
        time: Int64? = nil,
        isLast: Bool = false
    ) -> ReplyPart {
        var part = ReplyPart(number: number, isLast: isLast)
        part.bytes = Array(text.utf8)
        part.time = time.map { Timestamp(nanosecondsSinceEpoch: $0) }
        return part
    }

    @Test("a followed log is asked for again from its last line on")
    func goesOn() throws {
        var log = RemoteLog(question(follows: true))
        log.begin()
        #expect(log.request.tailLineCount == 3 && log.request.sinceSeconds == 9)
        #expect(try log.take(part(1, "a\n", time: 5)) == Array("a\n".utf8))
        var last = part(2, "b\n", time: 7, isLast: true)
        last.result = ["continues": true]
        _ = try log.take(last)
        #expect(log.isAtEnd && log.goesOn && log.remark == nil)
        #expect(log.request.sinceTime == Timestamp(nanosecondsSinceEpoch: 7))
        #expect(log.request.tailLineCount == nil && log.request.sinceSeconds == nil)
        log.begin()
        _ = try log.take(part(1, isLast: true))
        #expect(log.isAtEnd && !log.goesOn, "the container has ended")
    }

    @Test("a followed log without a line yet is asked for as at first")
    func nothingYet() throws {
        var log = RemoteLog(question(follows: true))
        log.begin()
        var last = part(1, isLast: true)
        last.result = ["continues": true]
        _ = try log.take(last)
        #expect(log.goesOn && log.request.tailLineCount == 3)
    }

    @Test("the reader is told what is missing: cut off by the node, or lost on the way")
    func remarks() throws {
        var log = RemoteLog(question(follows: false))
        log.begin()
        var last = part(1, "a", isLast: true)
        last.isTruncated = true
        _ = try log.take(last)
        #expect(log.remark?.contains("--tail") == true && !log.goesOn)
        log.begin()
        _ = try log.take(part(1))
        _ = try log.take(part(3, isLast: true))
        #expect(log.remark?.contains("dropped") == true)
    }

    @Test("what the node refuses is an error with its words")
    func refused() {
        var log = RemoteLog(question(follows: false))
        log.begin()
        var bad = part(1, isLast: true)
        bad.error = .init(reason: "BadRequest", message: "name one container of pod web: a, b")
        #expect(throws: OperatorError.self) { try log.take(bad) }
        bad.error = .init(reason: "NotFound", message: "…")
        #expect(throws: OperatorError.notFound(kind: "pod", name: "web")) { try log.take(bad) }
    }
}
