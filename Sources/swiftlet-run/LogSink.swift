import Host
import WASI

/// A guest's stream that goes to its container's log.
final class LogSink: OutputSink {
    private let writer: ContainerLogWriter
    private let stream: ContainerLogEntry.Stream

    init(_ writer: ContainerLogWriter, _ stream: ContainerLogEntry.Stream) {
        self.writer = writer
        self.stream = stream
    }

    func write(_ bytes: [UInt8]) { writer.write(stream, bytes) }

    func flush() { writer.flush() }
}
