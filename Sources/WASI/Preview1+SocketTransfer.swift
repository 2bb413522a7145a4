internal import Glibc
internal import Wasm

// What goes through sockets.
extension Preview1 {
    // Source: WASI preview 1, `riflags` and `roflags`.
    private static let peek: UInt32 = 1
    private static let waitAll: UInt32 = 2
    private static let truncated: UInt16 = 1

    /// `sock_recv`.
    func receive(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let (entry, socket) = try socket(call.i32(0), .read)
        try checkResults(call, from: 4, buffers)
        let received = try receive(
            entry,
            socket,
            call.i32(1),
            call.i32(2),
            flags: call.i32(3),
            buffers
        )
        try buffers.store(UInt32(received.bytes.count), call.i32(4))
        try buffers.store(received.isTruncated ? Self.truncated : 0, call.i32(5))
    }

    /// `sock_recv_from` with seven parameters.
    func receiveFrom(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try checkResults(call, from: 5, buffers)
        let received = try receiveFrom(call, buffers, flags: call.i32(4))
        try buffers.store(UInt32(received.bytes.count), call.i32(5))
        try buffers.store(received.isTruncated ? Self.truncated : 0, call.i32(6))
    }

    /// `sock_recv_from` with eight: it tells the port too.
    func receiveFromWithPort(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try buffers.check(call.i32(5), 2)
        try checkResults(call, from: 6, buffers)
        let received = try receiveFrom(call, buffers, flags: call.i32(4))
        // Source: WasmEdge, inode-linux.cpp: the port is not turned to the host's order, and programs
        // count on it.
        try buffers.store((received.sender?.port ?? 0).byteSwapped, call.i32(5))
        try buffers.store(UInt32(received.bytes.count), call.i32(6))
        try buffers.store(received.isTruncated ? Self.truncated : 0, call.i32(7))
    }

    /// Makes sure that a count and flags can be told, so that nothing is taken otherwise.
    private func checkResults(
        _ call: HostCall,
        from place: Int,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) {
        try buffers.check(call.i32(place), 4)
        try buffers.check(call.i32(place + 1), 2)
    }

    private func receiveFrom(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        flags: UInt32
    ) throws(ErrorNumber) -> HostSocket.Received {
        let (entry, socket) = try socket(call.i32(0), .read)
        let room = try buffers.addressBuffer(call.i32(3)).count
        guard room == 4 || room == 16 || room == AddressForm.storageBytes else { throw .invalid }
        let received = try receive(entry, socket, call.i32(1), call.i32(2), flags: flags, buffers)
        if let sender = received.sender {
            let form: AddressForm = room == AddressForm.storageBytes ? .storage : .plain
            try buffers.store(sender, call.i32(3), form)
        }
        return received
    }

    /// Takes what is there into the guest's buffers; waits for it unless told not to.
    func receive(
        _ entry: Descriptor,
        _ socket: GuestSocket,
        _ vectors: UInt32,
        _ count: UInt32,
        flags: UInt32,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) -> HostSocket.Received {
        guard flags <= Self.peek | Self.waitAll else { throw .invalid }
        let ranges = try buffers.ranges(vectors, count)
        let wanted = ranges.reduce(UInt64(0)) { $0 + UInt64($1.count) }
        let room = Int(min(wanted, UInt64(GuestBuffers.copyBytesMax)))
        let isPeek = flags & Self.peek != 0
        var received = try once(entry, socket, room, isPeek: isPeek)
        let waitsForAll = flags & Self.waitAll != 0 && !socket.isDatagram && !isPeek
        while waitsForAll, received.bytes.count < room {
            // What is here already is told, whatever happens to the rest.
            guard let more = try? once(entry, socket, room - received.bytes.count, isPeek: false),
                !more.bytes.isEmpty
            else { break }
            received.bytes += more.bytes
        }
        try buffers.scatter(received.bytes, ranges)
        return received
    }

    private func once(
        _ entry: Descriptor,
        _ socket: GuestSocket,
        _ room: Int,
        isPeek: Bool
    ) throws(ErrorNumber) -> HostSocket.Received {
        try whenReady(
            entry,
            socket.sockets,
            POLLIN,
            timeout: socket.receiveTimeout
        ) { () throws(ErrorNumber) in try socket.receive(room, isPeek: isPeek) }
    }

    /// `sock_send`.
    func send(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let (entry, socket) = try socket(call.i32(0), .write)
        // Source: WASI preview 1, `siflags`: none yet.
        guard call.i32(3) == 0 else { throw .invalid }
        try buffers.check(call.i32(4), 4)
        let data = try buffers.gather(call.i32(1), call.i32(2))
        try buffers.store(try send(entry, socket, data, to: nil), call.i32(4))
    }

    /// `sock_send_to`.
    func sendTo(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try sendTo(call, buffers, .plain)
    }

    /// `sock_send_to_v2`.
    func sendToStorage(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try sendTo(call, buffers, .storage)
    }

    private func sendTo(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        _ form: AddressForm
    ) throws(ErrorNumber) {
        let (entry, socket) = try socket(call.i32(0), .write)
        guard call.i32(5) == 0 else { throw .invalid }
        try buffers.check(call.i32(6), 4)
        let address = try buffers.socketAddress(call.i32(3), port: call.i32(4), form)
        let data = try buffers.gather(call.i32(1), call.i32(2))
        let place = try destination(address, of: socket)
        try buffers.store(try send(entry, socket, data, to: place), call.i32(6))
    }

    /// Sends all of it, unless the descriptor never waits.
    func send(
        _ entry: Descriptor,
        _ socket: GuestSocket,
        _ data: [UInt8],
        to address: SocketAddress?
    ) throws(ErrorNumber) -> UInt32 {
        var sent = 0
        repeat {
            do {
                sent += try whenReady(
                    entry,
                    [socket.host],
                    POLLOUT,
                    timeout: socket.sendTimeout
                ) { () throws(ErrorNumber) in try socket.send(data[sent...], to: address) }
            } catch {
                // As with write(2): what has left is told, and the error comes with the next call.
                guard sent > 0 else { throw error }
                break
            }
        } while sent < data.count && !socket.isDatagram
        return UInt32(truncatingIfNeeded: sent)
    }
}
