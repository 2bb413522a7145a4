import Documents
import Operator
import Synchronization

/// Keeps what a command writes, and stands still in time.
final class Collector: Sendable {
    private let written = Mutex((output: [UInt8](), remarks: [UInt8]()))

    /// 2026-11-23T07:30:00Z, the present of every test here.
    static let now: Int64 = 1_795_419_000_000_000_000

    var console: Console {
        Console(
            output: { bytes in
                self.written.withLock { $0.output += bytes }
                return true
            },
            remark: { bytes in self.written.withLock { $0.remarks += bytes } },
            now: { Self.now }
        )
    }

    /// Standard output so far.
    var output: String { String(decoding: written.withLock { $0.output }, as: UTF8.self) }
    /// Standard error so far.
    var remarks: String { String(decoding: written.withLock { $0.remarks }, as: UTF8.self) }
}

extension Session {
    /// Lists the objects of one selection.
    func get(_ selection: Selection, format: OutputFormat) async throws {
        try await get([selection], Listing(format))
    }
}

/// A document from JSON text that a test has written itself; `null` when it is not JSON.
func json(_ text: String) -> Document {
    (try? Document(jsonText: text)) ?? .null
}
