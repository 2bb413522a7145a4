internal import Glibc

/// What can be asked of, or set on, a socket.
///
/// Source: WasmEdge, `__wasi_sock_opt_so_t`.
enum SocketOption: UInt32 {
    case reuseAddress = 0
    case type = 1
    case error = 2
    case dontRoute = 3
    case broadcast = 4
    case sendBuffer = 5
    case receiveBuffer = 6
    case keepAlive = 7
    case outOfBandInline = 8
    case linger = 9
    case receiveLowWater = 10
    case receiveTimeout = 11
    case sendTimeout = 12
    case acceptConnections = 13
    case bindToDevice = 14

    /// What Linux calls it.
    var systemName: Int32 {
        switch self {
        case .reuseAddress: SO_REUSEADDR
        case .type: SO_TYPE
        case .error: SO_ERROR
        case .dontRoute: SO_DONTROUTE
        case .broadcast: SO_BROADCAST
        case .sendBuffer: SO_SNDBUF
        case .receiveBuffer: SO_RCVBUF
        case .keepAlive: SO_KEEPALIVE
        case .outOfBandInline: SO_OOBINLINE
        case .linger: SO_LINGER
        case .receiveLowWater: SO_RCVLOWAT
        // Ours: sockets of the host never wait, so the guest's limits are kept here.
        case .receiveTimeout: SO_RCVTIMEO
        case .sendTimeout: SO_SNDTIMEO
        case .acceptConnections: SO_ACCEPTCONN
        case .bindToDevice: SO_BINDTODEVICE
        }
    }

    /// Whether it is a time, 16 bytes in a guest: seconds and microseconds.
    var isTime: Bool { self == .receiveTimeout || self == .sendTimeout }
}
