internal import CLinux
internal import Glibc
internal import Synchronization

// This file is a fence: the one thread that waits for everything.

/// The one thread that waits for descriptors to become readable: ends of processes, lines of pipes.
///
/// An action runs on that thread, once for each time its descriptor is readable, and must not block.
final class DescriptorWatch: Sendable {
    /// What to do about a readable descriptor.
    enum Verdict {
        case goOn
        /// Do not look at this descriptor again.
        case done
    }

    static let shared = DescriptorWatch()

    private struct Entry: Sendable {
        // Held so that the number cannot be closed and used again while it is watched.
        let descriptor: OwnedDescriptor
        let action: @Sendable () -> Verdict
    }

    private let epoll: OwnedDescriptor
    private let entries = Mutex<[UInt64: Entry]>([:])
    private let nextKey = Atomic<UInt64>(1)

    private init() {
        epoll = OwnedDescriptor(swiftlet_epoll_create())
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        // Safety: the locals are initialised by the first call and live until the last one; the
        // thread gets a reference of its own to this object, which it takes over in `run`.
        unsafe pthread_attr_init(&attributes)
        _ = unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, Self.stackBytes)
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(&thread, &attributes, Self.threadMain, context)
        unsafe pthread_attr_destroy(&attributes)
        precondition(result == 0, "the system gives us no thread to wait on")
    }

    // Why: actions copy a few bytes and resume tasks; nothing on this thread is deep.
    private static let stackBytes = 256 << 10

    private static let threadMain:
        @convention(c) (UnsafeMutableRawPointer?) ->
            UnsafeMutableRawPointer? = { context in
                guard let context = unsafe context else { return nil }
                // Safety: `init` passed one retained reference; this is where it is taken over.
                let watch = unsafe Unmanaged<DescriptorWatch>.fromOpaque(context)
                    .takeRetainedValue()
                watch.run()
                return nil
            }

    /// Watches until the action says that it is done.
    ///
    /// - Parameters:
    ///   - descriptor: What to watch; held until then.
    ///   - isUrgentOnly: Whether only urgent news count, as of files of /proc/pressure.
    ///   - action: What to do, each time.
    /// - Throws: Why it cannot be watched.
    func add(
        _ descriptor: OwnedDescriptor,
        isUrgentOnly: Bool = false,
        action: @escaping @Sendable () -> Verdict
    )
        throws(HostError)
    {
        let key = nextKey.add(1, ordering: .relaxed).newValue
        entries.withLock { $0[key] = Entry(descriptor: descriptor, action: action) }
        let result =
            isUrgentOnly
            ? swiftlet_epoll_add_urgent(epoll.number, descriptor.number, key)
            : swiftlet_epoll_add(epoll.number, descriptor.number, key)
        guard result == 0 else {
            let number = Glibc.errno
            entries.withLock { _ = $0.removeValue(forKey: key) }
            throw .system(call: "epoll_ctl", path: "descriptor", errno: number)
        }
    }

    private func run() {
        while true { handle(swiftlet_epoll_wait(epoll.number)) }
    }

    private func handle(_ key: UInt64) {
        guard let entry = entries.withLock({ $0[key] }) else { return }
        switch entry.action() {
        case .goOn: break
        case .done:
            _ = swiftlet_epoll_remove(epoll.number, entry.descriptor.number)
            entries.withLock { _ = $0.removeValue(forKey: key) }
        }
    }
}
