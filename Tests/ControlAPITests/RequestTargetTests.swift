@testable import ControlAPI
import TestKit
import Testing

// Goal: a path reaches the handler as it was meant or not at all. Method: a table of both, and a
// round trip of random text.
@Suite("Request target")
struct RequestTargetTests {
    @Test(
        "a target is taken apart and decoded",
        arguments: [
            ("/", [], [:]),
            ("/healthz", ["healthz"], [:]),
            ("/api//v1/pods/", ["api", "v1", "pods"], [:]),
            ("/a%20b?x=1&y=%26", ["a b"], ["x": "1", "y": "&"]),
            ("/a+b?x=1+1&flag", ["a+b"], ["x": "1+1", "flag": ""]),
            ("/a?x=1=2&&z=", ["a"], ["x": "1=2", "z": ""]),
            ("/%C3%BC", ["ü"], [:]),
        ] as [(String, [String], [String: String])]
    )
    func decoded(text: String, path: [String], query: [String: String]) throws {
        let target = try RequestTarget(text, limits: ControlLimits())
        #expect(target.path == path)
        #expect(target.query == query)
    }

    @Test(
        "what could be misread is refused with a sentence",
        arguments: [
            ("", "slash"), ("http://host/x", "slash"), ("*", "slash"), ("/a/../b", "segment"),
            ("/a/./b", "segment"), ("/%2e%2e", "segment"), ("/a%2Fb", "segment"),
            ("/%", "percent"), ("/%4", "percent"), ("/%zz", "percent"), ("/%00", "UTF-8"),
            ("/%FF", "UTF-8"), ("/a?x=1&x=2", "twice"), ("/a?x=%F", "percent"),
        ]
    )
    func refused(text: String, word: String) {
        do {
            _ = try RequestTarget(text, limits: ControlLimits())
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.message.contains(word))
        }
    }

    @Test("the longest target and the most parameters are taken, and one more is not")
    func bounds() throws {
        var limits = ControlLimits()
        limits.targetByteCountMax = 10
        limits.queryParameterCountMax = 2
        #expect(try RequestTarget("/123456789", limits: limits).path == ["123456789"])
        #expect(throws: RequestTarget.Refusal.self) {
            try RequestTarget("/1234567890", limits: limits)
        }
        #expect(try RequestTarget("/?a&b", limits: limits).query.count == 2)
        #expect(throws: RequestTarget.Refusal.self) { try RequestTarget("/?a&b&c", limits: limits) }
    }

    @Test("whatever a client encodes, the server decodes to the same", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func text() -> String {
            let scalars = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                Unicode.Scalar(UInt32.random(in: 1...0x2FFF, using: &random)) ?? "x"
            }
            return String(String.UnicodeScalarView(scalars))
        }
        let path = (0..<3).map { _ in text() }.filter {
            !$0.contains("/") && $0 != "." && $0 != ".."
        }
        let query = [text(): text(), text(): text()]
        let encoded = TargetText.encode(path: path, query: query)
        let target = try RequestTarget(encoded, limits: ControlLimits())
        #expect(target.path == path)
        #expect(target.query == query)
    }
}
