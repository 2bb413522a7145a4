import Glibc
import Images

// This file is a fence: it writes to the two standard streams.

/// What the program says: reports on standard output, complaints on standard error.
enum Output {
    static func report(_ report: PullReport) { write(report.line + "\n") }

    static func write(_ text: String) { write(text, to: 1) }

    static func complain(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            // Safety: the buffer lives as long as the closure.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            // Nobody reads any more: the pull itself goes on, its result lies in the store.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
