/// One line, or a part of one, of a container's log.
///
/// Form: `2016-10-06T00:17:09.669794202Z stdout F the text`, where `F` ends a line and `P` does not.
/// Source: Kubernetes, "CRI: Log management", and its kubelet's reader.
public struct ContainerLogEntry: Equatable, Sendable {
    /// Where the guest wrote it.
    public enum Stream: String, Equatable, Sendable {
        /// Standard output.
        case standardOutput = "stdout"
        /// Standard error.
        case standardError = "stderr"
    }

    /// When it was written, wall time, nanoseconds since 1970.
    public let timestampNanoseconds: Int64
    /// Where it was written.
    public let stream: Stream
    /// Whether the line goes on in the stream's next entry.
    public let isPartial: Bool
    /// The text, without the line end.
    public let text: [UInt8]

    /// Makes an entry.
    public init(timestampNanoseconds: Int64, stream: Stream, isPartial: Bool, text: [UInt8]) {
        self.timestampNanoseconds = timestampNanoseconds
        self.stream = stream
        self.isPartial = isPartial
        self.text = text
    }

    // The length of `TIMESTAMP stdout F `.
    static let headerBytes = CivilTime.textLength + 10
    /// Where the tag stands in a line.
    static let tagOffset = CivilTime.textLength + 8
    // Source: containerd and CRI-O cut at 16 KiB.
    /// Bytes of text in one entry; longer lines are cut into several.
    public static let textBytesMax = 16_384

    /// Reads a line without its end; `nil` when it is not an entry, half of one for example.
    init?(line: ArraySlice<UInt8>) {
        guard line.count >= Self.headerBytes else { return nil }
        let mark = line.startIndex + CivilTime.textLength
        let name = String(decoding: line[(mark + 1)..<(mark + 7)], as: UTF8.self)
        let tag = line[line.startIndex + Self.tagOffset]
        let blanks = [mark, mark + 7, mark + 9]
        guard let time = CivilTime.nanoseconds(of: line[..<mark]),
            let stream = Stream(rawValue: name),
            blanks.allSatisfy({ line[$0] == 0x20 }), tag == 0x46 || tag == 0x50
        else { return nil }
        timestampNanoseconds = time
        self.stream = stream
        isPartial = tag == 0x50
        text = Array(line.dropFirst(Self.headerBytes))
    }

    /// The line with its end.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerBytes + text.count + 1)
        bytes += CivilTime.bytes(ofNanoseconds: timestampNanoseconds)
        bytes.append(0x20)
        bytes += stream.rawValue.utf8
        bytes += isPartial ? " P ".utf8 : " F ".utf8
        bytes += text
        bytes.append(0x0A)
        return bytes
    }
}
