import KubeModel
import Testing

// Goal: what is held against a database is right in both directions. Method: tables of what was published
// and acknowledged, and what is stored.
@Suite("What must be stored")
struct StoryTests {
    private static var story: Story {
        var story = Story()
        for number in 1...3 {
            let version = Story.Version(uid: "u", version: "\(number)", text: "text")
            story.publish("web", version)
        }
        story.publish("web", Story.Version(uid: "u", version: "4", text: nil))
        return story
    }

    private static func said(_ version: Int, isEnd: Bool = false) -> Acknowledgement {
        Acknowledgement(position: 1, pod: "web", uid: "u", version: "\(version)", isEnd: isEnd)
    }

    private static func row(_ version: Int, isEnding: Bool = false) -> DesiredObject {
        DesiredObject(
            kind: .pod,
            namespace: "default",
            name: "web",
            version: ObjectVersion(uid: "u", resourceVersion: "\(version)"),
            payload: [],
            deletionRequestedAt: isEnding ? Timestamp(nanosecondsSinceEpoch: 0) : nil
        )
    }

    @Test("the acknowledged version or a newer one is right")
    func right() {
        #expect(Self.story.problems(stored: [], acknowledged: []).isEmpty)
        #expect(Self.story.problems(stored: [Self.row(1)], acknowledged: []).isEmpty)
        #expect(Self.story.problems(stored: [Self.row(2)], acknowledged: [Self.said(2)]).isEmpty)
        #expect(Self.story.problems(stored: [Self.row(3)], acknowledged: [Self.said(2)]).isEmpty)
        // Its end was published, so it may have ended.
        #expect(Self.story.problems(stored: [], acknowledged: [Self.said(2)]).isEmpty)
        let ended = [Self.said(2), Self.said(4, isEnd: true)]
        #expect(Self.story.problems(stored: [], acknowledged: ended).isEmpty)
        let ending = Self.row(4, isEnding: true)
        #expect(Self.story.problems(stored: [ending], acknowledged: ended).isEmpty)
    }

    @Test("an older one, none at all, one that came back, and a stranger are wrong")
    func wrong() {
        #expect(!Self.story.problems(stored: [Self.row(1)], acknowledged: [Self.said(2)]).isEmpty)
        var short = Story()
        short.publish("web", Story.Version(uid: "u", version: "1", text: "text"))
        #expect(!short.problems(stored: [], acknowledged: [Self.said(1)]).isEmpty)
        let ended = [Self.said(4, isEnd: true)]
        #expect(!Self.story.problems(stored: [Self.row(4)], acknowledged: ended).isEmpty)
        #expect(!Self.story.problems(stored: [Self.row(3)], acknowledged: ended).isEmpty)
        #expect(!Story().problems(stored: [Self.row(1)], acknowledged: []).isEmpty)
        #expect(!short.problems(stored: [], acknowledged: [Self.said(7)]).isEmpty)
    }

    @Test("publications are found in what was sent, in any pieces, and only in MQTT")
    func messages() {
        let connect: [UInt8] = [0x10, 10, 0, 4, 77, 81, 84, 84, 5, 2, 0, 60]
        let payload = Array(#"{"objects":[]}"#.utf8)
        // QoS 1: a packet id after the topic, then no properties.
        let body = [0, 1, UInt8(ascii: "t"), 0, 9, 0] + payload
        let stream = connect + [0x32, UInt8(body.count)] + body + [0xC0, 0]
        for size in [1, 2, 7, stream.count] {
            var changes: [Change] = [
                Change(kind: .sent, inode: 8, offset: 1, data: Array("GET / HTTP/1.1".utf8)[...])
            ]
            for start in stride(from: 0, to: stream.count, by: size) {
                let part = stream[start..<min(stream.count, start + size)]
                changes.append(Change(kind: .sent, inode: 7, offset: 1, data: part))
            }
            let messages = SentMessages(Recording(changes: changes)).messages
            #expect(messages.map(\.topic) == ["t"])
            #expect(messages.first?.payload == payload)
        }
    }
}
