internal import CLinux
internal import Glibc

// This file is a fence: system calls on sockets, with Swift values in and out. No call here waits.

/// A socket of the host.
struct HostSocket {
    let file: HostFile

    /// Opens one.
    init(isIPv6: Bool, isDatagram: Bool) throws(ErrorNumber) {
        let number = swiftlet_socket(isIPv6 ? 1 : 0, isDatagram ? 1 : 0)
        guard number >= 0 else { throw .last }
        file = HostFile(number)
    }

    private init(_ file: HostFile) { self.file = file }

    func bind(_ address: SocketAddress) throws(ErrorNumber) {
        // Safety: the bytes outlive the call, which gets their number; so in all calls below.
        let result = file.withNumber { number in
            unsafe swiftlet_bind(number, address.bytes, Int32(address.bytes.count), address.port)
        }
        guard result == 0 else { throw .last }
    }

    func listen(_ backlog: Int32) throws(ErrorNumber) {
        guard file.withNumber({ Glibc.listen($0, backlog) }) == 0 else { throw .last }
    }

    func accept() throws(ErrorNumber) -> HostSocket {
        let number = file.withNumber { swiftlet_accept($0) }
        guard number >= 0 else { throw .last }
        return HostSocket(HostFile(number))
    }

    /// Begins to connect; `inProgress` when the answer is not there yet.
    func connect(_ address: SocketAddress) throws(ErrorNumber) {
        let result = file.withNumber { number in
            unsafe swiftlet_connect(number, address.bytes, Int32(address.bytes.count), address.port)
        }
        guard result == 0 else { throw .last }
    }

    func shutDown(_ how: Int32) throws(ErrorNumber) {
        guard file.withNumber({ Glibc.shutdown($0, how) }) == 0 else { throw .last }
    }

    /// Where it is, or who is at the other end.
    func name(isPeer: Bool) throws(ErrorNumber) -> SocketAddress {
        var bytes = [UInt8](repeating: 0, count: 16)
        let taken = file.withNumber { number in
            unsafe swiftlet_socket_name(number, isPeer ? 1 : 0, &bytes)
        }
        guard taken >= 0 else { throw .last }
        return Self.address(taken, bytes)
    }

    /// Sends what goes without waiting.
    func send(
        _ data: ArraySlice<UInt8>,
        to address: SocketAddress?
    ) throws(ErrorNumber) -> Int {
        let count = unsafe data.withUnsafeBytes { data in
            file.withNumber { number in
                unsafe swiftlet_send(
                    number,
                    data.baseAddress,
                    UInt(data.count),
                    address?.bytes ?? [0],
                    Int32(address?.bytes.count ?? 0),
                    address?.port ?? 0
                )
            }
        }
        guard count >= 0 else { throw .last }
        return count
    }

    /// What one call received.
    struct Received {
        var bytes: [UInt8]
        var sender: SocketAddress?
        /// Whether the datagram was longer.
        var isTruncated: Bool
    }

    /// Takes what is there.
    func receive(
        _ byteCount: Int,
        isPeek: Bool,
        isDatagram: Bool
    ) throws(ErrorNumber) -> Received {
        // Source: recv(2), MSG_TRUNC: of a datagram, tells how long it was.
        let flags =
            (isPeek ? Int32(MSG_PEEK) : 0)
            | (isDatagram ? Int32(MSG_TRUNC) : 0)
        var address = [UInt8](repeating: 0, count: 16)
        var sender: Int64 = 0
        var count = -1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, used in
            count = file.withNumber { number in
                unsafe swiftlet_receive(
                    number,
                    buffer.baseAddress,
                    UInt(byteCount),
                    flags,
                    &address,
                    &sender
                )
            }
            used = min(max(0, count), byteCount)
        }
        guard count >= 0 else { throw .last }
        return Received(
            bytes: bytes,
            sender: sender > 0 ? Self.address(sender, address) : nil,
            isTruncated: count > byteCount
        )
    }

    /// The value of an option, at most `byteCount` bytes of it.
    func option(_ name: Int32, byteCount: Int) throws(ErrorNumber) -> [UInt8] {
        var size = socklen_t(byteCount)
        var result: Int32 = -1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, used in
            result = file.withNumber { number in
                unsafe getsockopt(number, SOL_SOCKET, name, buffer.baseAddress, &size)
            }
            used = result == 0 ? min(Int(size), byteCount) : 0
        }
        guard result == 0 else { throw .last }
        return bytes
    }

    func setOption(_ name: Int32, _ value: [UInt8]) throws(ErrorNumber) {
        let result = file.withNumber { number in
            unsafe setsockopt(number, SOL_SOCKET, name, value, socklen_t(value.count))
        }
        guard result == 0 else { throw .last }
    }

    /// Lets an IPv6 socket take IPv4 addresses too.
    func takeBothFamilies() throws(ErrorNumber) {
        guard file.withNumber({ swiftlet_take_both_families($0) }) == 0 else { throw .last }
    }

    private static func address(_ taken: Int64, _ bytes: [UInt8]) -> SocketAddress {
        SocketAddress(
            bytes: Array(bytes.prefix(Int(truncatingIfNeeded: taken & 0xFF))),
            port: UInt16(truncatingIfNeeded: taken >> 32)
        )
    }
}
