internal import CLinux
internal import Glibc
internal import Synchronization

/// The signals that tell a program to end or to look at its configuration again.
public enum SignalStream {
    /// A signal that a program acts upon.
    public enum Signal: Int32, Sendable, CaseIterable {
        /// Look at the configuration again.
        case hangup = 1
        /// The terminal's way to say: end.
        case interrupt = 2
        /// The system's way to say: end.
        case terminate = 15
    }

    // Why: a person can press a key so often; more than this many unread ones say nothing new.
    private static let signalsMax = 16
    // The writing end; set before the first handler is installed, and never closed.
    private static let writer = Atomic<Int32>(-1)

    /// From now on these signals come through the stream instead of ending the program.
    ///
    /// SIGPIPE is ignored from now on. Programs that we start get none of this. To be called once, by
    /// the program itself.
    public static func install(
        _ signals: [Signal] = Signal.allCases
    ) throws(HostError) -> AsyncStream<Signal> {
        let pipe = try OwnedDescriptor.pipe()
        SystemCall.setNonBlocking(pipe.reader)
        SystemCall.setNonBlocking(pipe.writer)
        let (stream, continuation) = AsyncStream.makeStream(
            of: Signal.self,
            bufferingPolicy: .bufferingOldest(signalsMax)
        )
        try DescriptorWatch.shared.add(pipe.reader) {
            let bytes = try? SystemCall.read(pipe.reader, count: signalsMax, path: "pipe")
            for byte in bytes ?? [] {
                if let signal = Signal(rawValue: Int32(byte)) { continuation.yield(signal) }
            }
            return .goOn
        }
        // The handler needs the number for as long as the program lives.
        let number = withExtendedLifetime(pipe.writer) { dup(pipe.writer.number) }
        writer.store(number, ordering: .sequentiallyConsistent)
        ignoreBrokenPipes()
        for signal in signals { handle(signal.rawValue) }
        return stream
    }

    /// A write to a connection or pipe whose other end is gone fails instead of ending the program.
    public static func ignoreBrokenPipes() {
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
    }

    private static func handle(_ number: Int32) {
        // Why this is sound: the handler uses one atomic number and one write(2), both allowed in a signal
        // handler, and leaves errno as it found it.
        _ = Glibc.signal(number) { number in
            let before = Glibc.errno
            swiftlet_write_byte(
                SignalStream.writer.load(ordering: .relaxed),
                UInt8(truncatingIfNeeded: number)
            )
            Glibc.errno = before
        }
    }
}
