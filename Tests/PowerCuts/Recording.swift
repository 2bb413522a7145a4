import TestKit

/// One change, sync or message of a recorded program; the recorder says what the numbers mean.
struct Change {
    // Source: `Recorder/recorder.h`.
    /// What happened.
    enum Kind: UInt16 {
        case makeFile = 1
        case makeFolder, makeLink, hardLink, remove, rename, exchange
        case write, truncate, sync, mode, owner, sent, mapped, syncAll, punch
    }

    var kind: Kind
    /// Whether the sync was made to fail.
    var hasFailed = false
    /// The file's, the folder's or the socket's inode; 0 where only a path is known.
    var inode: UInt64 = 0
    /// A place in a file, a size, an owner, or the process that sent.
    var offset = 0
    var mode: UInt32 = 0
    var path = ""
    /// The new name, or what a link says.
    var target = ""
    var data: ArraySlice<UInt8> = []
}

/// What the recorder wrote down, in the order in which it happened.
struct Recording {
    var changes: [Change]

    /// Bytes that a recording may have: a load of some seconds has 5 MB.
    static let byteCountMax = 96 << 20
    private static let headByteCount = 40

    init(changes: [Change]) { self.changes = changes }

    /// Reads the recorder's file, as much as was used of it when it was read.
    ///
    /// - Throws: What the file lacks.
    init(_ bytes: [UInt8]) throws {
        var reader = LittleEndian(bytes: bytes[...])
        reader.position = 24
        let overflow = reader.number(8)
        guard overflow == 0 else {
            throw TestKitError(message: "\(overflow) changes did not fit into the recording")
        }
        changes = []
        var start = RecorderFile.firstEntry
        while start < bytes.count {
            reader.position = start
            let size = Int(reader.number(4))
            guard size >= Self.headByteCount, start + size <= bytes.count,
                let kind = Change.Kind(rawValue: UInt16(reader.number(2)))
            else { throw TestKitError(message: "the recording is damaged at byte \(start)") }
            var change = Change(kind: kind)
            change.hasFailed = reader.number(2) != 0
            change.inode = reader.number(8)
            change.offset = Int(truncatingIfNeeded: reader.number(8))
            change.mode = UInt32(reader.number(4))
            let counts = (Int(reader.number(4)), Int(reader.number(4)), Int(reader.number(4)))
            change.path = reader.text(counts.0)
            change.target = reader.text(counts.1)
            change.data = reader.bytes(counts.2)
            changes.append(change)
            start += size
        }
    }
}

extension Recording {
    /// The recording of a program that leaves out some of its syncs.
    func without(syncsOf isLeftOut: (Change) -> Bool) -> Recording {
        var result = self
        for index in changes.indices where changes[index].kind == .sync {
            // Why not removed: places in the recording stay the same.
            if isLeftOut(changes[index]) { result.changes[index] = Change(kind: .sent) }
        }
        return result
    }
}

/// Numbers of a file, least significant byte first.
struct LittleEndian {
    let bytes: ArraySlice<UInt8>
    var position = 0

    mutating func number(_ byteCount: Int) -> UInt64 {
        let part = self.bytes(byteCount)
        return part.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func text(_ byteCount: Int) -> String {
        String(decoding: bytes(byteCount), as: UTF8.self)
    }

    mutating func bytes(_ byteCount: Int) -> ArraySlice<UInt8> {
        let start = min(bytes.startIndex + position, bytes.endIndex)
        let end = min(start + byteCount, bytes.endIndex)
        position += byteCount
        return bytes[start..<end]
    }
}
