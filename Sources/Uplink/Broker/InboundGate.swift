import Synchronization

/// Counts what was read from the socket and is not yet in the store.
///
/// When it is full the connection's thread stops reading, TCP's window closes, and the broker keeps
/// the rest in our session. Nothing is dropped here: the library has sent the PUBACK before we see a
/// message, so a dropped one would be lost until everything is asked for again. If the store stays
/// stuck for longer than the keep-alive, the broker ends the connection and still keeps the rest.
final class InboundGate: Sendable {
    private struct Level {
        var messages = 0
        var bytes = 0
        var isAwaited = false
    }

    private let level = Mutex(Level())

    /// Whether the socket should rest.
    ///
    /// The one who asks is woken when it need not any more.
    func isFull() -> Bool {
        level.withLock { level in
            level.isAwaited =
                level.messages >= UplinkLimits.inboundMessagesMax
                || level.bytes >= UplinkLimits.inboundBytesMax
            return level.isAwaited
        }
    }

    /// A message of so many bytes has been read.
    func enter(byteCount: Int) {
        level.withLock { level in
            level.messages += 1
            level.bytes += byteCount
        }
    }

    /// The message is in the store.
    ///
    /// Returns whether somebody waits for room and now has it.
    func leave(byteCount: Int) -> Bool {
        level.withLock { level in
            level.messages -= 1
            level.bytes -= byteCount
            guard level.isAwaited, level.messages < UplinkLimits.inboundMessagesMax,
                level.bytes < UplinkLimits.inboundBytesMax
            else { return false }
            level.isAwaited = false
            return true
        }
    }
}
