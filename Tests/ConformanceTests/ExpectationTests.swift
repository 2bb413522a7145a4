import Documents
import Testing
import Wasm

@testable import Conformance

// The test library has one too.
private typealias Expectation = Conformance.Expectation

// Goal: the runner takes for right what the suite calls right, and nothing else: a runner that says
// yes to everything would pass every script.
@Suite("Expectations of the specification tests")
struct ExpectationTests {
    private func expectation(_ json: String) throws -> Expectation {
        try Expectation(try Document(jsonText: json))
    }

    @Test("numbers are compared bit for bit, integers written as signed")
    func numbers() throws {
        let minusOne = try expectation(#"{"type": "i32", "value": "-1"}"#)
        #expect(minusOne.matches(.i32(.max)))
        #expect(!minusOne.matches(.i64(.max)))
        let zero = try expectation(#"{"type": "f32", "value": "0"}"#)
        #expect(zero.matches(.f32(bits: 0)))
        #expect(!zero.matches(.f32(bits: 1 << 31)))
        let large = try expectation(#"{"type": "f64", "value": "18446744073709551615"}"#)
        #expect(large.matches(.f64(bits: .max)))
    }

    @Test("a canonical NaN has one payload, an arithmetic one at least its top bit")
    func nans() throws {
        let canonical = try expectation(#"{"type": "f32", "value": "nan:canonical"}"#)
        let arithmetic = try expectation(#"{"type": "f32", "value": "nan:arithmetic"}"#)
        for sign: UInt32 in [0, 1 << 31] {
            #expect(canonical.matches(.f32(bits: 0x7FC0_0000 | sign)))
            #expect(!canonical.matches(.f32(bits: 0x7FC0_0001 | sign)))
            #expect(arithmetic.matches(.f32(bits: 0x7FC0_0001 | sign)))
            #expect(!arithmetic.matches(.f32(bits: 0x7FA0_0000 | sign)))
            #expect(!arithmetic.matches(.f32(bits: 0x7F80_0000 | sign)))
        }
        let wide = try expectation(#"{"type": "f64", "value": "nan:canonical"}"#)
        #expect(wide.matches(.f64(bits: 0xFFF8_0000_0000_0000)))
        #expect(!wide.matches(.f64(bits: 0x7FF8_0000_0000_0001)))
        #expect(!wide.matches(.f32(bits: 0x7FC0_0000)))
    }

    @Test("a vector is compared lane by lane, each by its own pattern")
    func vectors() throws {
        let json = """
            {"type": "v128", "lane_type": "f32",
             "value": ["1065353216", "nan:arithmetic", "0", "nan:canonical"]}
            """
        let wanted = try expectation(json)
        let low: UInt64 = 0x7FC0_1234_3F80_0000
        #expect(wanted.matches(.v128(low: low, high: 0x7FC0_0000_0000_0000)))
        #expect(!wanted.matches(.v128(low: low, high: 0x7FC0_0001_0000_0000)))
        #expect(!wanted.matches(.v128(low: low + 1, high: 0x7FC0_0000_0000_0000)))
        let bytes = try expectation(
            #"{"type": "v128", "lane_type": "i8", "value": ["-1","0","0","0","0","0","0","0","#
                + #""0","0","0","0","0","0","0","127"]}"#
        )
        #expect(bytes.value == .v128(low: 0xFF, high: 0x7F00_0000_0000_0000))
    }

    @Test("either of several will do, no other")
    func either() throws {
        let json = """
            {"type": "either", "values": [{"type": "i32", "value": "1"}, {"type": "i32", "value": "2"}]}
            """
        let wanted = try expectation(json)
        #expect(wanted.matches(.i32(1)))
        #expect(wanted.matches(.i32(2)))
        #expect(!wanted.matches(.i32(3)))
        #expect(wanted.value == nil)
    }

    @Test("references are null, a number of the host's, or any of a kind")
    func references() throws {
        let null = try expectation(#"{"type": "externref", "value": "null"}"#)
        #expect(null.matches(.reference(nil)))
        #expect(!null.matches(.reference(.external(0))))
        let seven = try expectation(#"{"type": "externref", "value": "7"}"#)
        #expect(seven.matches(.reference(.external(7))))
        #expect(!seven.matches(.reference(.external(8))))
        let some = try expectation(#"{"type": "i31ref"}"#)
        #expect(some.matches(.reference(.i31(5))))
        #expect(!some.matches(.reference(nil)))
        #expect(!some.matches(.reference(.external(5))))
        let none = try expectation(#"{"type": "nullfuncref"}"#)
        #expect(none.matches(.reference(nil)))
    }

    @Test("a command that the runner does not know is an assertion that fails")
    func unknownCommand() throws {
        let command = try Command(Document(jsonText: #"{"type": "assert_fancy", "line": 4}"#))
        #expect(command.isAssertion)
        guard case .unknown("assert_fancy") = command.kind else {
            Issue.record("known")
            return
        }
    }

    @Test("a script that lacks what a command needs is refused")
    func incomplete() {
        for json in [#"{}"#, #"{"type": "action"}"#, #"{"type": "module", "line": 1}"#] {
            #expect(throws: (any Error).self) { try Command(Document(jsonText: json)) }
        }
    }
}
