internal import Glibc
internal import Synchronization

/// The lines that come out of a pipe, as they come: a program's standard output.
public enum PipeLines {
    // Why: our own programs write progress lines of some hundred bytes; a reader that is this far
    // behind has no use for the oldest.
    private static let linesMax = 1_024
    /// Bytes of the longest line; longer ones are cut there.
    public static let lineBytesMax = 65_536
    private static let pieceBytes = 16_384

    /// Starts reading; the stream ends at the end of the pipe.
    ///
    /// When the reader is more than 1024
    /// lines behind, the oldest are dropped.
    public static func read(_ reader: OwnedDescriptor) throws(HostError) -> AsyncStream<String> {
        SystemCall.setNonBlocking(reader)
        let (stream, continuation) = AsyncStream.makeStream(
            of: String.self,
            bufferingPolicy: .bufferingNewest(linesMax)
        )
        let pending = Mutex<[UInt8]>([])
        let piping = Piping(pending: pending, continuation: continuation)
        try DescriptorWatch.shared.add(reader) { piping.take(from: reader) }
        return stream
    }

    private final class Piping: Sendable {
        private let pending: Mutex<[UInt8]>
        private let continuation: AsyncStream<String>.Continuation

        init(pending: consuming Mutex<[UInt8]>, continuation: AsyncStream<String>.Continuation) {
            self.pending = pending
            self.continuation = continuation
        }

        func take(from reader: OwnedDescriptor) -> DescriptorWatch.Verdict {
            do {
                let piece = try SystemCall.read(reader, count: pieceBytes, path: "pipe")
                pending.withLock { add(piece, to: &$0) }
                if !piece.isEmpty { return .goOn }
            } catch  where error.errno == EAGAIN {
                return .goOn
            } catch {}
            pending.withLock { rest in
                if !rest.isEmpty { yield(rest[...]) }
                rest = []
            }
            continuation.finish()
            return .done
        }

        private func add(_ piece: [UInt8], to pending: inout [UInt8]) {
            var rest = piece[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                yield((pending + rest[..<end])[...])
                pending = []
                rest = rest[(end + 1)...]
            }
            pending += rest.prefix(max(0, PipeLines.lineBytesMax - pending.count))
        }

        private func yield(_ line: ArraySlice<UInt8>) {
            continuation.yield(String(decoding: line.prefix(PipeLines.lineBytesMax), as: UTF8.self))
        }
    }
}
