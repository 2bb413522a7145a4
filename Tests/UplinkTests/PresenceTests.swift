import TestKit
import Testing

@testable import Uplink

// Goal: rule 7's payload has the contract's fields, and a stranger's is not mistaken for ours.
@Suite("Presence")
struct PresenceTests {
    @Test("rule 7: state, session, boot id and since are in it")
    func payload() {
        let presence = Presence(
            state: .offline,
            session: 42,
            bootID: "0f3c-11",
            sinceNanoseconds: 1_795_418_100_000_000_000
        )
        #expect(
            String(decoding: presence.payload, as: UTF8.self)
                == #"{"state":"offline","session":42,"bootID":"0f3c-11","since":"2026-11-23T07:15:00Z"}"#
        )
        let read = Presence(payload: presence.payload)
        #expect(read?.state == .offline)
        #expect(read?.session == 42)
        #expect(read?.bootID == "0f3c-11")
    }

    @Test(
        "what no node of ours wrote is no presence",
        arguments: [
            "", "{}", "null", #"{"state":"online"}"#, #"{"state":"away","session":1,"bootID":""}"#,
            #"{"state":"online","session":-1,"bootID":""}"#,
            #"{"state":"online","session":99999999999999999999,"bootID":""}"#,
            #"{"state":"online","session":"1","bootID":""}"#, "\u{FFFD}",
        ]
    )
    func strangers(text: String) {
        #expect(Presence(payload: Array(text.utf8)) == nil)
    }

    @Test("noise is refused or read, and never stops the program")
    func noise() {
        var random = SeededGenerator(seed: 5)
        let bytes = Presence(state: .online, session: 7, bootID: "a", sinceNanoseconds: 0).payload
        for _ in 0..<2_000 { _ = Presence(payload: random.mutated(bytes)) }
    }
}
