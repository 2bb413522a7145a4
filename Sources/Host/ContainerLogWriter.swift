internal import Glibc

/// Writes one container's log: rotated by size and count, bounded in rate, and never in the way of
/// the guest: what cannot be written is dropped and counted, and the count is written when it can.
///
/// For one thread. Files: `N.log`, and older ones as `N.log.1`, `N.log.2`, ….
public final class ContainerLogWriter {
    /// How much it may write.
    public struct Limits: Equatable, Sendable {
        /// When a file is moved aside.
        public var fileBytesMax: UInt64
        /// How many files are kept, the one being written included.
        public var filesMax: UInt64
        /// Bytes a second in the long run, headers included.
        public var bytesPerSecondMax: Int64
        /// Bytes at once after a quiet time.
        public var burstBytesMax: Int64

        /// The kubelet's 5 files of 10 MiB, unless told otherwise.
        ///
        /// Why the rate: a guest in a loop that prints makes 100 MB a second, and a flash card bears
        /// some thousand overwrites; a start-up that tells a lot fits into the burst.
        public init(
            fileBytesMax: UInt64 = RunnerCommand.logFileBytesMaxDefault,
            filesMax: UInt64 = RunnerCommand.logFilesMaxDefault,
            bytesPerSecondMax: Int64 = 1 << 20,
            burstBytesMax: Int64 = 16 << 20
        ) {
            // A file holds at least one entry, and there is at least one file.
            self.fileBytesMax = max(fileBytesMax, 65_536)
            self.filesMax = min(max(filesMax, 1), 1_000)
            self.bytesPerSecondMax = max(bytesPerSecondMax, 1_024)
            self.burstBytesMax = max(burstBytesMax, 65_536)
        }
    }

    /// Entries that were not written since the start.
    public private(set) var droppedCount: UInt64 = 0
    private var droppedUntold: UInt64 = 0

    private let path: String
    // The folder as it was when we could reach it, and the log's name in it: under another user, or
    // below folders of the daemon alone, the path leads nowhere any more.
    private var folder: OwnedDescriptor
    private let name: String
    private let limits: Limits
    private let now: () -> (wall: Int64, boottime: Int64)
    private var file: OwnedDescriptor?
    private var fileBytes: UInt64 = 0
    private var allowance: Int64
    private var allowanceAt: Int64
    // Why no dictionary: the runtime would make its type at every start of a workload.
    private var pendingOutput: [UInt8] = []
    private var pendingError: [UInt8] = []
    // Why: opening a file that cannot be opened is tried again, but not for every line.
    private static let reopenAfterNanoseconds: Int64 = 1_000_000_000
    private var reopenAt: Int64 = .min

    /// Opens the log, going on after what is there.
    public init(
        path: String,
        limits: Limits = Limits(),
        now: @escaping () -> (wall: Int64, boottime: Int64) = {
            (Clock.wallNanoseconds(), Clock.boottimeNanoseconds())
        }
    ) throws(HostError) {
        self.path = path
        name = AtomicFile.name(of: path)
        folder = try .folder(AtomicFile.folder(of: path))
        self.limits = limits
        self.now = now
        allowance = limits.burstBytesMax
        allowanceAt = now().boottime
        try open()
    }

    /// Takes what the guest wrote.
    ///
    /// Whole lines go to the file now; the rest of a line waits for more
    /// of it, or for ``flush()``.
    public func write(_ stream: ContainerLogEntry.Stream, _ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        let time = now()
        var lines = take(stream)
        lines += bytes
        var output: [UInt8] = []
        var rest = lines[...]
        while !rest.isEmpty {
            let window = rest.prefix(ContainerLogEntry.textBytesMax)
            if let end = window.firstIndex(of: 0x0A) {
                emit(stream, rest[..<end], isPartial: false, time, &output)
                rest = rest[(end + 1)...]
            } else if rest.count > window.count {
                emit(stream, window, isPartial: true, time, &output)
                rest = rest.dropFirst(window.count)
            } else {
                break
            }
        }
        keep(Array(rest), stream)
        put(output)
    }

    /// Writes the beginnings of lines that wait for their end, as partial entries.
    ///
    /// To be called before the guest waits for something, and when it has ended.
    public func flush() {
        let time = now()
        var output: [UInt8] = []
        for stream in [ContainerLogEntry.Stream.standardOutput, .standardError] {
            let text = take(stream)
            if !text.isEmpty { emit(stream, text[...], isPartial: true, time, &output) }
        }
        put(output)
    }

    /// The beginning of a line that waits for its end; it waits no more.
    private func take(_ stream: ContainerLogEntry.Stream) -> [UInt8] {
        var text: [UInt8] = []
        switch stream {
        case .standardOutput: swap(&text, &pendingOutput)
        case .standardError: swap(&text, &pendingError)
        }
        return text
    }

    private func keep(_ text: [UInt8], _ stream: ContainerLogEntry.Stream) {
        switch stream {
        case .standardOutput: pendingOutput = text
        case .standardError: pendingError = text
        }
    }

    private func emit(
        _ stream: ContainerLogEntry.Stream,
        _ text: ArraySlice<UInt8>,
        isPartial: Bool,
        _ time: (wall: Int64, boottime: Int64),
        _ output: inout [UInt8]
    ) {
        refill(at: time.boottime)
        let cost = Int64(text.count + ContainerLogEntry.headerBytes + 1)
        guard allowance >= cost, isOpen(at: time.boottime) else {
            drop(1)
            return
        }
        if droppedUntold > 0 {
            let sentence = "swiftlet: \(droppedUntold) log entries were dropped here"
            droppedUntold = 0
            let notice = ContainerLogEntry(
                timestampNanoseconds: time.wall,
                stream: .standardError,
                isPartial: false,
                text: Array(sentence.utf8)
            )
            append(notice.bytes, &output)
        }
        allowance -= cost
        let entry = ContainerLogEntry(
            timestampNanoseconds: time.wall,
            stream: stream,
            isPartial: isPartial,
            text: Array(text)
        )
        append(entry.bytes, &output)
    }

    private func append(_ entry: [UInt8], _ output: inout [UInt8]) {
        if fileBytes + UInt64(output.count + entry.count) > limits.fileBytesMax {
            put(output)
            output = []
            if fileBytes > 0 { rotate() }
        }
        output += entry
    }

    private func refill(at time: Int64) {
        // The clock never goes back; the bounds keep the product inside 64 bits.
        let milliseconds = min(max((time - allowanceAt) / 1_000_000, 0), 3_600_000)
        guard milliseconds > 0 else { return }
        let (earned, overflow) = limits.bytesPerSecondMax.multipliedReportingOverflow(
            by: milliseconds
        )
        let sum = allowance.addingReportingOverflow(overflow ? .max : earned / 1_000)
        allowance = min(sum.overflow ? .max : sum.partialValue, limits.burstBytesMax)
        allowanceAt = time
    }

    private func drop(_ count: UInt64) {
        droppedCount += count
        droppedUntold += count
    }

    /// Writes whole entries.
    ///
    /// What does not fit on the disk is taken back up to the last whole entry.
    private func put(_ output: [UInt8]) {
        guard !output.isEmpty else { return }
        guard let file else {
            drop(UInt64(output.count { $0 == 0x0A }))
            return
        }
        var start = 0
        while start < output.count {
            let count = SystemCall.write(file, output, from: start)
            if count > 0 {
                start += count
            } else if count == 0 || Glibc.errno != EINTR {
                break
            }
        }
        guard start < output.count else {
            fileBytes += UInt64(output.count)
            return
        }
        let whole = output[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        fileBytes += UInt64(whole)
        try? SystemCall.truncate(file, byteCount: Int64(fileBytes), path: path)
        drop(UInt64(output[whole...].count { $0 == 0x0A }))
    }

    private func isOpen(at time: Int64) -> Bool {
        if file != nil { return true }
        guard time >= reopenAt else { return false }
        reopenAt = time &+ Self.reopenAfterNanoseconds
        try? open()
        return file != nil
    }

    private func open() throws(HostError) {
        let flags = O_WRONLY | O_CREAT | O_APPEND
        let opened: OwnedDescriptor
        do throws(HostError) {
            opened = try SystemCall.open(name, flags, mode: 0o640, in: folder)
        } catch {
            // The folder may have been removed and made again.
            folder = try .folder(AtomicFile.folder(of: path))
            opened = try SystemCall.open(name, flags, mode: 0o640, in: folder)
        }
        fileBytes = UInt64(max(0, try SystemCall.facts(of: opened, path: path).byteCount))
        file = opened
    }

    private func rotate() {
        file = nil
        let oldest = limits.filesMax - 1
        if oldest == 0 {
            try? SystemCall.remove(name, in: folder)
        } else {
            for number in stride(from: oldest, to: 1, by: -1) {
                try? SystemCall.rename("\(name).\(number - 1)", to: "\(name).\(number)", in: folder)
            }
            try? SystemCall.rename(name, to: "\(name).1", in: folder)
        }
        try? open()
    }
}
