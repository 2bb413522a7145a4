import Documents
import KubeModel
import TestKit
import Testing
import Uplink

// Goal: a request is read as it was written, and one that is not understood is refused by its field.
// Method: a table each way, and damaged bytes.
@Suite("Requests and answers as JSON")
struct NodeRequestTests {
    static let requests: [NodeRequest] = {
        var whole = NodeRequest.LogRequest(target: .init(namespace: "n", pod: "p", container: "c"))
        whole.follows = true
        whole.followSeconds = 5
        whole.isPrevious = true
        whole.tailLineCount = 0
        whole.sinceSeconds = 60
        whole.sinceTime = Timestamp(nanosecondsSinceEpoch: 1_700_000_000_123_456_789)
        whole.byteCountMax = 1
        let deadline = Timestamp(nanosecondsSinceEpoch: 1_800_000_000_000_000_000)
        return [
            NodeRequest(.logs(whole), deadline: deadline),
            NodeRequest(.logs(.init(target: .init(pod: "p")))),
            NodeRequest(.report(isEverythingAgain: true)),
            NodeRequest(.report(isEverythingAgain: false), deadline: deadline),
            NodeRequest(.restart(.init(pod: "p", container: "c"))),
            NodeRequest(.pull(image: "oci:a:1")),
            NodeRequest(.prune),
            NodeRequest(.cancel(request: "id-1")),
        ]
    }()

    @Test("requests: what is written is read back", arguments: requests)
    func roundTrip(request: NodeRequest) throws {
        #expect(try NodeRequest(payload: request.payload) == request)
    }

    @Test("requests: a field that is missing has the value that the contract gives it")
    func defaults() throws {
        let request = try NodeRequest(payload: Array(#"{"verb":"logs","pod":"web"}"#.utf8))
        #expect(
            request == NodeRequest(.logs(.init(target: .init(namespace: "default", pod: "web"))))
        )
    }

    @Test(
        "requests: what is not understood is refused by its field",
        arguments: [
            (#"{"pod":"web"}"#, "Invalid", "verb"),
            (#"{"verb":"reboot"}"#, "Invalid", "logs, report, restart"),
            (#"{"verb":"logs"}"#, "Invalid", "pod"),
            (#"{"verb":"logs","pod":"web","tail":3}"#, "Invalid", "tail"),
            (#"{"verb":"logs","pod":"web","tailLines":-1}"#, "Invalid", "tailLines"),
            (#"{"verb":"logs","pod":"web","limitBytes":0}"#, "Invalid", "limitBytes"),
            (#"{"verb":"logs","pod":"web","followSeconds":3601}"#, "Invalid", "followSeconds"),
            (#"{"verb":"logs","pod":"web","sinceTime":"now"}"#, "Invalid", "sinceTime"),
            (#"{"verb":"prune","image":"x"}"#, "Invalid", "image"),
            (#"{"verb":"pull"}"#, "Invalid", "image"),
            (#"{"verb":"prune","deadline":17}"#, "Invalid", "deadline"),
            (#"{"verb":"prune""#, "Unreadable", "line 1"),
            (#"["prune"]"#, "Invalid", "object"),
        ]
    )
    func refused(text: String, reason: String, part: String) {
        let error = #expect(throws: RequestError.self) {
            try NodeRequest(payload: Array(text.utf8))
        }
        #expect(error?.reason == reason)
        #expect(error?.description.contains(part) == true, "\(String(describing: error))")
    }

    @Test("rule 8: a request that is longer than any needs to be is not read")
    func tooLong() {
        let payload = [UInt8](repeating: 0x20, count: UplinkLimits.requestBytesMax + 1)
        #expect(throws: RequestError.self) { try NodeRequest(payload: payload) }
    }

    @Test("damaged requests and answers are refused or taken, never a crash")
    func damaged() {
        var random = SeededGenerator(seed: 7)
        var part = ReplyPart(number: 1, isLast: true)
        part.bytes = Array("tick\n".utf8)
        for request in Self.requests {
            for _ in 0..<200 {
                _ = try? NodeRequest(payload: random.mutated(request.payload))
                _ = ReplyPart(payload: random.mutated(part.payload))
            }
        }
    }

    static let bytes: [[UInt8]] = [
        [], Array("täglich\n".utf8), [0xFF, 0xFE, 0x0A], [0x00, 0x41], Array("\u{1}\"\\".utf8),
    ]

    @Test("an answer's bytes arrive as they are, text or not", arguments: bytes)
    func bytesOfAnAnswer(bytes: [UInt8]) {
        var part = ReplyPart(number: 3, isLast: false)
        part.bytes = bytes
        part.time = Timestamp(nanosecondsSinceEpoch: 5)
        part.isTruncated = true
        #expect(ReplyPart(payload: part.payload) == part)
    }

    @Test("an answer that is an error says why")
    func failure() {
        var part = ReplyPart(number: 1, isLast: true)
        part.error = .init(reason: "NotFound", message: "pod web not found")
        part.result = ["a": 1]
        #expect(ReplyPart(payload: part.payload) == part)
        #expect(ReplyPart(payload: Array(#"{"part":0}"#.utf8)) == nil)
        #expect(ReplyPart(payload: Array("null".utf8)) == nil)
    }
}
