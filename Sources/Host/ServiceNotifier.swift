internal import Glibc

// This file is a fence: one datagram to the service manager's socket.

/// Tells the service manager how we are.
///
/// Source: sd_notify(3): datagrams of `KEY=VALUE` lines to the Unix socket named by `NOTIFY_SOCKET`; a
/// name that starts with `@` is in the abstract name space.
public struct ServiceNotifier: Sendable {
    /// What there is to tell.
    public enum Message: Equatable, Sendable {
        /// Start-up is over.
        case ready
        /// We are about to end.
        case stopping
        /// Our start or end takes so many seconds from now on, so do not lose patience before.
        case extendTimeout(seconds: Int64)
        /// We still make progress.
        case watchdog
        /// One line for `systemctl status`.
        case status(String)

        var text: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .extendTimeout(let seconds):
                "EXTEND_TIMEOUT_USEC=\(max(0, seconds).multipliedReportingOverflow(by: 1_000_000).partialValue)"
            case .watchdog: "WATCHDOG=1"
            case .status(let line): "STATUS=\(line.split(separator: "\n").first ?? "")"
            }
        }
    }

    /// Nanoseconds within which the service manager wants to hear ``Message/watchdog``.
    ///
    /// `nil` when it does not. Half of it is a good pace.
    public let watchdogNanoseconds: UInt64?
    private let socketName: String

    /// A notifier for a socket; a leading `@` stands for the zero byte of an abstract name.
    public init(socketName: String, watchdogNanoseconds: UInt64? = nil) {
        self.socketName = socketName
        self.watchdogNanoseconds = watchdogNanoseconds
    }

    /// The notifier that the environment asks for, or `nil` when no service manager started us.
    public static func fromEnvironment() -> ServiceNotifier? {
        guard let name = SystemCall.environmentVariable("NOTIFY_SOCKET"), !name.isEmpty else {
            return nil
        }
        let forUs = SystemCall.environmentVariable("WATCHDOG_PID")
            .map { $0 == "\(ProcessFacts.ownProcessID)" }
        let microseconds = SystemCall.environmentVariable("WATCHDOG_USEC")
            .flatMap { wholeNumber(Substring($0)) }
        let nanoseconds = microseconds.map { $0.multipliedReportingOverflow(by: 1_000) }
        return ServiceNotifier(
            socketName: name,
            watchdogNanoseconds: forUs == false || nanoseconds?.overflow == true
                ? nil : nanoseconds?.partialValue
        )
    }

    /// Sends messages in one datagram; never waits.
    public func send(_ messages: Message...) throws(HostError) {
        let text = messages.map(\.text).joined(separator: "\n")
        let socket = OwnedDescriptor(
            Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        )
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketName.utf8)
        // The zero byte after a path counts; an abstract name has none.
        if name.first == UInt8(ascii: "@") { name[0] = 0 } else { name.append(0) }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count <= room else {
            throw .tooMuch(what: "bytes in NOTIFY_SOCKET", count: name.count, countMax: room)
        }
        // Safety: the name fits, as was just checked.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bytes = Array(text.utf8)
        // Safety: a sockaddr_un is meant to be passed as a sockaddr with its length.
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            defer { withExtendedLifetime(socket) {} }
            return unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe sendto(
                    socket.number,
                    bytes,
                    bytes.count,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT),
                    address,
                    length
                )
            }
        }
        guard sent == bytes.count else {
            throw .system(call: "sendto", path: socketName, errno: Glibc.errno)
        }
    }
}
