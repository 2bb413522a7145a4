import Testing

@testable import Uplink

// Goal: memory for messages is bounded, and a rest always ends. Method: the counter by hand.
@Suite("Back-pressure")
struct InboundGateTests {
    @Test("it is full at its number of messages, and one leaving wakes the reader once")
    func messages() {
        let gate = InboundGate()
        for _ in 1..<UplinkLimits.inboundMessagesMax { gate.enter(byteCount: 1) }
        #expect(!gate.isFull())
        gate.enter(byteCount: 1)
        #expect(gate.isFull())
        #expect(gate.leave(byteCount: 1))
        #expect(!gate.leave(byteCount: 1))
        #expect(!gate.isFull())
    }

    @Test("it is full at its number of bytes, however few messages they are")
    func bytes() {
        let gate = InboundGate()
        gate.enter(byteCount: UplinkLimits.inboundBytesMax - 1)
        #expect(!gate.isFull())
        gate.enter(byteCount: 1)
        gate.enter(byteCount: 5)
        #expect(gate.isFull())
        #expect(!gate.leave(byteCount: 5))
        #expect(gate.leave(byteCount: 1))
    }
}
