import Host
import Testing

@testable import Supervisor

// Goal: no two pods that live have one address, and none changes. Method: many uids; restoring in
// every order what was given before.
@Suite("Addresses of pods")
struct PodAddressesTests {
    @Test("each pod gets one of 127.64.0.0/10, the same one each time, and no other has it")
    func differ() throws {
        var addresses = PodAddresses()
        var seen: Set<InternetAddress> = []
        for number in 0..<20_000 {
            let address = try addresses.given("uid-\(number)")
            #expect(address.bytes[0] == 127 && (64...127).contains(address.bytes[1]))
            #expect(address.bytes[3] != 0 && address.bytes[3] != 255)
            #expect(seen.insert(address).inserted)
            let again = try addresses.given("uid-\(number)")
            #expect(again == address)
        }
    }

    @Test("an address follows from the uid, and from what was given before")
    func restored() throws {
        var first = PodAddresses()
        let address = try first.given("a")
        var second = PodAddresses()
        let same = try second.given("a")
        #expect(same == address)
        // Another pod had it: the record counts, not the rule.
        var third = PodAddresses()
        third.restore(address.description, for: "b")
        let kept = try third.given("b")
        #expect(kept == address)
        let other = try third.given("a")
        #expect(other != address)
        third.release("b")
        let still = try third.given("a")
        #expect(still == other)
    }

    @Test(
        "a record that is none of ours, or another's by now, is passed over",
        arguments: ["10.0.0.1", "127.0.0.1", "127.128.0.1", "", "x", "fd00::1"]
    )
    func strange(text: String) throws {
        var addresses = PodAddresses()
        addresses.restore(text, for: "a")
        let given = try addresses.given("a")
        #expect((64...127).contains(given.bytes[1]))
        addresses.restore(given.description, for: "b")
        let other = try addresses.given("b")
        #expect(other != given)
    }
}

extension PodAddresses {
    // The macros cannot call what mutates.
    fileprivate mutating func given(_ uid: String) throws -> InternetAddress {
        let address = address(of: uid)
        return try #require(address)
    }
}
