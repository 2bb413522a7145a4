import Glibc
import Synchronization

/// One connection to a broker, from the look-up of its name to its end.
///
/// ``run()`` blocks a thread of its own; the other methods only leave a command and ring, and may be
/// called from anywhere. Every connection is a new library handle: nothing that libmosquitto would
/// queue or remember outlives it.
final class BrokerConnection: Sendable {
    private struct Mailbox {
        var commands: [ConnectionCommand] = []
        var isAbandoned = false
    }

    private let request: ConnectRequest
    private let gate: InboundGate
    private let report: @Sendable (ConnectionEvent) -> Void
    private let mailbox = Mutex(Mailbox())
    private let bell: Bell

    /// How often the library looks at its keep-alive; a few wake-ups a minute while nothing happens.
    private static let idleMilliseconds: Int32 = 5_000
    /// The kernel gives a connection up when sent bytes stay unacknowledged for so long (rule 6).
    private static let userTimeoutMilliseconds: Int32 = 30_000

    init(
        _ request: ConnectRequest,
        gate: InboundGate,
        report: @escaping @Sendable (ConnectionEvent) -> Void
    ) {
        self.request = request
        self.gate = gate
        self.report = report
        bell = Bell()
    }

    /// Leaves a command; `false` when there are absurdly many already.
    @discardableResult
    func send(_ command: ConnectionCommand) -> Bool {
        let isTaken = mailbox.withLock { mailbox in
            guard mailbox.commands.count < UplinkLimits.commandsMax else { return false }
            mailbox.commands.append(command)
            return true
        }
        if isTaken { bell.ring() }
        return isTaken
    }

    /// Ends it without a word: the broker will publish the will.
    func abandon() {
        mailbox.withLock { $0.isAbandoned = true }
        bell.ring()
    }

    /// There is room again behind the gate.
    func wake() { bell.ring() }

    /// Connects and stays until the end; the last thing reported is always `closed`.
    func run() {
        blockPipeSignal()
        let outcome = converse()
        report(.closed(code: outcome.code, reason: outcome.reason))
    }

    private func converse() -> MosquittoHandle.Outcome {
        guard !mailbox.withLock({ $0.isAbandoned }) else { return .abandoned }
        let handle = MosquittoHandle(request, gate: gate, report: report)
        if let failure = handle.connect() { return failure }
        prepare(handle.socket)
        report(.transportReady)
        while true {
            let (commands, isAbandoned) = mailbox.withLock { mailbox in
                defer { mailbox.commands = [] }
                return (mailbox.commands, mailbox.isAbandoned)
            }
            if isAbandoned { return .abandoned }
            for command in commands {
                if let failure = handle.perform(command) { return failure }
            }
            if let end = wait(handle) { return end }
            acknowledgeAtOnce(handle.socket)
        }
    }

    private func wait(_ handle: MosquittoHandle) -> MosquittoHandle.Outcome? {
        // Why asked first: a leave() after this rings, and the poll below returns at once.
        let isFull = gate.isFull()
        var wanted = Int16(isFull ? 0 : POLLIN)
        if handle.wantsWrite { wanted |= Int16(POLLOUT) }
        var watched = [
            pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: handle.socket, events: wanted, revents: 0),
        ]
        let count = unsafe poll(&watched, 2, Self.idleMilliseconds)
        guard count >= 0 || errno == EINTR else { return .failed("poll: errno \(errno)") }
        if watched[0].revents != 0 { bell.silence() }
        let seen = count > 0 ? watched[1].revents : 0
        let isBroken = seen & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
        // Why: a broken socket with a full gate would make poll return at once, for ever. What is
        // still unread has no PUBACK, so the session brings it again.
        if isBroken, isFull { return .failed("the connection broke while the store was busy") }
        return handle.step(
            canRead: seen & Int16(POLLIN) != 0 || isBroken,
            canWrite: seen & Int16(POLLOUT) != 0
        )
    }

    private func prepare(_ socket: Int32) {
        // Why: the library leaves it open for every program that is started beside us.
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        var milliseconds = Self.userTimeoutMilliseconds
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Safety: the pointer is to a local variable, and lives for the call only.
        unsafe _ = setsockopt(
            socket,
            Int32(IPPROTO_TCP),
            TCP_USER_TIMEOUT,
            &milliseconds,
            size
        )
    }

    // Why: a broker without TCP_NODELAY holds its next small packet back until we acknowledge the
    // last, which the kernel would put off by 40 ms. It forgets the wish, so it is said each time.
    private func acknowledgeAtOnce(_ socket: Int32) {
        var isWanted: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Safety: the pointer is to a local variable, and lives for the call only.
        unsafe _ = setsockopt(socket, Int32(IPPROTO_TCP), TCP_QUICKACK, &isWanted, size)
    }

    // Why: libmosquitto writes without MSG_NOSIGNAL; a broken pipe must be an error, not the end of
    // the program. The signal goes to the thread that writes, which is this one.
    private func blockPipeSignal() {
        var signals = sigset_t()
        // Safety: the pointers are to a local variable, and live for the calls only.
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
