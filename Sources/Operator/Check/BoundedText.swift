import Synchronization

/// Collects bytes up to a bound.
final class BoundedText: Sendable {
    // Why: 200 lines of a log, each as long as any that a person reads.
    private static let byteCountMax = 1 << 20
    private let bytes = Mutex<[UInt8]>([])

    /// Takes bytes; answers whether there is room for more.
    func append(_ more: [UInt8]) -> Bool {
        bytes.withLock { bytes in
            bytes += more.prefix(max(0, Self.byteCountMax - bytes.count))
            return bytes.count < Self.byteCountMax
        }
    }

    /// What was collected.
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
}
