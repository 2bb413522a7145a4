import Documents

/// A message that a recorded program gave to the network, and when.
struct SentMessage {
    /// How many changes came before it; what stands after it was not on the disk when it was sent.
    var position: Int
    var topic: String
    var payload: [UInt8]
}

/// Finds the MQTT publications in what was sent over TCP.
///
/// Source: MQTT 5.0 and 3.1.1, sections 2.1 (fixed header), 3.1 (CONNECT) and 3.3 (PUBLISH).
struct SentMessages {
    private struct Stream {
        var bytes: [UInt8] = []
        var hasProperties = true
        /// A stream that does not begin with CONNECT is no MQTT.
        var isOther = false
    }

    private(set) var messages: [SentMessage] = []
    private var streams: [String: Stream] = [:]

    init(_ recording: Recording) {
        for (index, change) in recording.changes.enumerated() where change.kind == .sent {
            let key = "\(change.offset) \(change.inode)"
            var stream = streams[key] ?? Stream()
            stream.bytes += change.data
            while !stream.isOther, let packet = Self.nextPacket(&stream) {
                if let (topic, payload) = Self.publication(packet, stream.hasProperties) {
                    let position = index + 1
                    messages.append(
                        SentMessage(position: position, topic: topic, payload: payload)
                    )
                }
            }
            streams[key] = stream
        }
    }

    private static func nextPacket(_ stream: inout Stream) -> [UInt8]? {
        var length = 0
        var place = 1
        while true {
            guard place < stream.bytes.count, place <= 4 else { return nil }
            length |= Int(stream.bytes[place] & 0x7F) << (7 * (place - 1))
            place += 1
            if stream.bytes[place - 1] & 0x80 == 0 { break }
        }
        guard stream.bytes.count >= place + length else { return nil }
        let body = Array(stream.bytes[place..<place + length])
        let first = stream.bytes[0]
        stream.bytes.removeFirst(place + length)
        if first >> 4 == 1 {
            guard body.count > 7, body[2] == UInt8(ascii: "M") else {
                stream.isOther = true
                return nil
            }
            stream.hasProperties = body[6] == 5
        }
        return [first] + body
    }

    private static func publication(
        _ packet: [UInt8],
        _ hasProperties: Bool
    ) -> (String, [UInt8])? {
        guard packet[0] >> 4 == 3, packet.count > 3 else { return nil }
        let size = Int(packet[1]) << 8 | Int(packet[2])
        var place = 3 + size
        guard place <= packet.count else { return nil }
        let topic = String(decoding: packet[3..<place], as: UTF8.self)
        if packet[0] & 6 != 0 { place += 2 }
        if hasProperties {
            var length = 0
            var shift = 0
            while place < packet.count {
                length |= Int(packet[place] & 0x7F) << shift
                shift += 7
                place += 1
                if packet[place - 1] & 0x80 == 0 || shift > 21 { break }
            }
            place += length
        }
        guard place <= packet.count else { return nil }
        return (topic, Array(packet[place...]))
    }
}

/// What a node has said about the end of a pod that does not start again.
struct ToldEnd: Equatable {
    /// How many changes came before it was said.
    var position: Int
    var pod: String
    var uid: String
    /// Succeeded or Failed.
    var phase: String

    /// All of them.
    static func all(in messages: [SentMessage]) -> [ToldEnd] {
        messages.compactMap { message in
            guard message.topic.contains("/status/pods/"),
                let document = try? Document(json: message.payload),
                let phase = document["status"]?["phase"]?.string,
                phase == "Succeeded" || phase == "Failed",
                let pod = document["metadata"]?["name"]?.string,
                let uid = document["metadata"]?["uid"]?.string
            else { return nil }
            return ToldEnd(position: message.position, pod: pod, uid: uid, phase: phase)
        }
    }
}

/// What a node has said that it holds.
struct Acknowledgement: Equatable {
    /// How many changes came before it was said.
    var position: Int
    var pod: String
    var uid: String
    /// The version that was stored.
    var version: String
    /// Whether the end of the pod was acknowledged.
    var isEnd: Bool

    /// All of them: a pod's status with the condition Accepted or Deleted, and `status/desired`.
    ///
    /// Source: the MQTT contract, rules 1 and 2.
    static func all(in messages: [SentMessage]) -> [Acknowledgement] {
        messages.flatMap { message -> [Acknowledgement] in
            guard let document = try? Document(json: message.payload) else { return [] }
            if message.topic.contains("/status/pods/") {
                return ofStatus(document, message.position).map { [$0] } ?? []
            }
            guard message.topic.hasSuffix("/status/desired") else { return [] }
            return (document["objects"]?.array ?? []).compactMap { object in
                object["kind"]?.string == "Pod" ? of(object, message.position, false) : nil
            }
        }
    }

    private static func ofStatus(_ pod: Document, _ position: Int) -> Acknowledgement? {
        guard let metadata = pod["metadata"] else { return nil }
        func isTrue(_ type: String) -> Bool {
            pod["status"]?["conditions"]?.array?
                .contains { $0["type"]?.string == type && $0["status"]?.string == "True" } ?? false
        }
        let isEnd = isTrue("swiftlet.dev/Deleted")
        guard isEnd || isTrue("swiftlet.dev/Accepted") else { return nil }
        return of(metadata, position, isEnd)
    }

    private static func of(
        _ object: Document,
        _ position: Int,
        _ isEnd: Bool
    ) -> Acknowledgement? {
        guard let pod = object["name"]?.string, let uid = object["uid"]?.string,
            let version = object["resourceVersion"]?.string
        else { return nil }
        return Acknowledgement(
            position: position,
            pod: pod,
            uid: uid,
            version: version,
            isEnd: isEnd
        )
    }
}
