import CMosquitto
import Glibc

/// Wakes a thread that waits in `poll`: an eventfd, closed with the last reference.
final class Bell: Sendable {
    /// To be polled for POLLIN.
    let descriptor: Int32

    init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    }

    deinit { close(descriptor) }

    func ring() { _ = eventfd_write(descriptor, 1) }

    func silence() {
        var value: eventfd_t = 0
        // Safety: the pointer is to a local variable, and lives for the call only.
        _ = unsafe eventfd_read(descriptor, &value)
    }
}
