internal import Glibc

/// Reads one container's log from some point to its present end, across rotation.
///
/// For one task at a time. Blocks only as long as reading files does.
public final class ContainerLogReader {
    private let path: String
    private var file: OwnedDescriptor?
    private var inode: UInt64 = 0
    private var offset: Int64 = 0
    private var piece: [UInt8] = []
    private var consumed = 0
    private let sinceNanoseconds: Int64
    // Why: a rotation moves at most this many files (see the writer's limits).
    private static let filesMax = 1_000
    private static let pieceBytes = 65_536
    // Why: an entry of ours is never longer; a line that is, is not ours and is skipped.
    private static let lineBytesMax = 4 * ContainerLogEntry.textBytesMax

    /// Starts before the last `tail` lines, or at the oldest line that is kept; entries older than
    /// `sinceNanoseconds` (wall time since 1970) are left out.
    public init(path: String, tail: Int? = nil, sinceNanoseconds: Int64 = .min) {
        self.path = path
        self.sinceNanoseconds = sinceNanoseconds
        if let tail { seek(tail: max(0, tail)) } else { openOldest() }
    }

    /// The next entry, or `nil` when there is none now; later there may be.
    public func next() throws(HostError) -> ContainerLogEntry? {
        while true {
            while let line = takeLine() {
                guard let entry = ContainerLogEntry(line: line),
                    entry.timestampNanoseconds >= sinceNanoseconds
                else { continue }
                return entry
            }
            guard try fill() else { return nil }
        }
    }

    private func takeLine() -> ArraySlice<UInt8>? {
        guard let end = piece[consumed...].firstIndex(of: 0x0A) else { return nil }
        defer { consumed = end + 1 }
        return piece[consumed..<end]
    }

    /// Reads on; `false` when the present end of the newest file is reached.
    private func fill() throws(HostError) -> Bool {
        if file == nil { openOldest() }
        while let open = file {
            let more = try SystemCall.read(
                open,
                count: Self.pieceBytes,
                at: offset,
                path: path
            )
            if more.isEmpty {
                guard try openNext() else { return false }
                continue
            }
            offset += Int64(more.count)
            piece = Array(piece[consumed...]) + more
            consumed = 0
            if piece.count > Self.lineBytesMax, !piece.contains(0x0A) { piece = [] }
            return true
        }
        return false
    }

    /// Goes over to the file that was begun after the present one was moved aside.
    private func openNext() throws(HostError) -> Bool {
        if let newest = try? SystemCall.facts(ofPath: path), newest.inode == inode { return false }
        // Between the last read and the rotation something may have been written.
        if let open = file,
            try SystemCall.facts(of: open, path: path).byteCount > offset
        {
            return true
        }
        let moved = (1..<Self.filesMax).first { number in
            (try? SystemCall.facts(ofPath: "\(path).\(number)"))?.inode == inode
        }
        switch moved {
        case 1?, nil: return open(path)
        case let number?: return open("\(path).\(number - 1)")
        }
    }

    private func openOldest() {
        var oldest = path
        for number in 1..<Self.filesMax {
            let name = "\(path).\(number)"
            guard (try? SystemCall.facts(ofPath: name)) != nil else { break }
            oldest = name
        }
        _ = open(oldest)
    }

    private func open(_ name: String) -> Bool {
        guard let opened = try? SystemCall.open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let facts = try? SystemCall.facts(of: opened, path: name)
        else { return false }
        (file, inode, offset) = (opened, facts.inode, 0)
        (piece, consumed) = ([], 0)
        return true
    }

    /// Goes back from the newest file's end until `tail` line ends are behind.
    private func seek(tail: Int) {
        var missing = tail
        var names = [path]
        for number in 1..<Self.filesMax {
            let name = "\(path).\(number)"
            guard (try? SystemCall.facts(ofPath: name)) != nil else { break }
            names.append(name)
        }
        for name in names {
            guard open(name), let open = file,
                let size = try? SystemCall.facts(of: open, path: name).byteCount
            else { continue }
            let found = Self.start(ofLast: missing, in: open, byteCount: size, path: name)
            offset = found.offset
            missing -= found.lineCount
            if missing <= 0 { return }
        }
        if file == nil { openOldest() }
    }

    /// Where the last `count` whole lines start.
    ///
    /// Looks at twice as many bytes until they are enough.
    private static func start(
        ofLast count: Int,
        in file: OwnedDescriptor,
        byteCount: Int64,
        path: String
    ) -> (offset: Int64, lineCount: Int) {
        guard count > 0 else { return (byteCount, 0) }
        var window = Int64(pieceBytes)
        while true {
            let from = max(0, byteCount - window)
            let bytes = readAll(file, from: from, to: byteCount, path: path)
            var starts: [Int] = []
            var start = from == 0 ? 0 : (bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count)
            var partialStart: Int?
            while let end = bytes[start...].firstIndex(of: 0x0A) {
                let tag = start + ContainerLogEntry.tagOffset
                if tag < end, bytes[tag] == UInt8(ascii: "P") {
                    partialStart = partialStart ?? start
                } else {
                    starts.append(partialStart ?? start)
                    partialStart = nil
                }
                start = end + 1
            }
            if let partialStart { starts.append(partialStart) }
            if starts.count >= count {
                return (from + Int64(starts[starts.count - count]), count)
            }
            if from == 0 { return (0, starts.count) }
            window *= 2
        }
    }

    private static func readAll(
        _ file: OwnedDescriptor,
        from: Int64,
        to end: Int64,
        path: String
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        while from + Int64(bytes.count) < end {
            let position = from + Int64(bytes.count)
            let wanted = min(Int(end - position), pieceBytes)
            guard
                let more = try? SystemCall.read(
                    file,
                    count: wanted,
                    at: position,
                    path: path
                ),
                !more.isEmpty
            else { break }
            bytes += more
        }
        return bytes
    }
}
