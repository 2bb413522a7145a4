internal import Glibc
internal import Wasm

// Sockets from their opening to their end: WasmEdge's extension, and preview 1's own functions.
extension Preview1 {
    /// The socket behind a descriptor that has these rights.
    func socket(
        _ number: UInt32,
        _ rights: Rights = []
    ) throws(ErrorNumber) -> (entry: Descriptor, socket: GuestSocket) {
        let entry = try table[number]
        guard let socket = entry.socket else { throw .notSocket }
        guard entry.rights.isSuperset(of: rights) else { throw .notCapable }
        return (entry, socket)
    }

    /// Does what never waits again and again, until it need not wait any more.
    ///
    /// - Throws: `again` when the descriptor never waits or the time is up, `interrupted`.
    func whenReady<Result>(
        _ entry: Descriptor,
        _ sockets: [HostSocket],
        _ events: Int32,
        timeout: UInt64? = nil,
        _ body: () throws(ErrorNumber) -> Result
    ) throws(ErrorNumber) -> Result {
        let deadline = Self.deadline(after: timeout)
        while true {
            do {
                return try body()
            } catch {
                guard error == .again, !entry.isNonBlocking else { throw error }
            }
            flush()
            let files = sockets.map { (file: $0.file, events: Int16(events)) }
            let answers = try wait(files, deadlineNanoseconds: deadline)
            guard answers.contains(where: { $0 != 0 }) else { throw .again }
        }
    }

    private static func deadline(after timeout: UInt64?) -> UInt64? {
        guard let timeout else { return nil }
        let (sum, overflow) = GuestClock.monotonic.nowNanoseconds.addingReportingOverflow(timeout)
        return overflow ? .max : sum
    }

    /// `sock_open`.
    func openSocket(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        // Source: WasmEdge before 0.10: families counted from IPv4 = 0, types from datagram = 0. As
        // family 0 means nothing since then, it can only be the old form; an old IPv6 cannot be told
        // from a new IPv4.
        let isOld = call.i32(0) == 0
        let isIPv6: Bool
        switch AddressFamily(rawValue: UInt8(truncatingIfNeeded: call.i32(0))) {
        case .unspecified, .inet4: isIPv6 = false
        case .inet6: isIPv6 = true
        case .local: throw .noSystemCall
        // Source: WasmEdge, wasifunc.cpp: what is no family is no value.
        case nil: throw .invalid
        }
        let type = isOld ? call.i32(1) &+ 1 : call.i32(1)
        guard type == 1 || type == 2 else { throw .invalid }
        // Nothing is opened that could not be handed over.
        _ = try buffers.load(UInt32.self, call.i32(2))
        guard table.hasRoom else { throw .tooManyDescriptors }
        let socket = try GuestSocket(isIPv6: isIPv6, isDatagram: type == 1)
        try buffers.store(try add(socket, isNonBlocking: false), call.i32(2))
    }

    private func add(_ socket: GuestSocket, isNonBlocking: Bool) throws(ErrorNumber) -> UInt32 {
        var entry = Descriptor(
            kind: .host(socket.host.file),
            type: socket.isDatagram ? .socketDatagram : .socketStream,
            rights: .socket,
            inheriting: .socket
        )
        entry.socket = socket
        entry.isNonBlocking = isNonBlocking
        return try table.add(entry)
    }

    /// `sock_bind`.
    func bindSocket(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try bindSocket(call, buffers, .plain)
    }

    /// `sock_bind_v2`.
    func bindSocketInStorage(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try bindSocket(call, buffers, .storage)
    }

    private func bindSocket(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        _ form: AddressForm
    ) throws(ErrorNumber) {
        let socket = try socket(call.i32(0)).socket
        try socket.bind(
            try buffers.socketAddress(call.i32(1), port: call.i32(2), form),
            network
        )
    }

    /// `sock_listen`.
    func listenSocket(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try socket(call.i32(0)).socket.listen(call.i32(1), network)
    }

    /// `sock_accept` with two parameters.
    func acceptSocket(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try accept(call.i32(0), isNonBlocking: false, call.i32(1), buffers)
    }

    /// `sock_accept` with three, as in preview 1.
    func acceptSocketWithFlags(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        // Why other values pass: WasmEdge 0.8.2 had a port here.
        let flags = call.i32(1)
        let isNonBlocking = flags == UInt32(DescriptorFlags.nonBlocking.rawValue)
        try accept(call.i32(0), isNonBlocking: isNonBlocking, call.i32(2), buffers)
    }

    private func accept(
        _ number: UInt32,
        isNonBlocking: Bool,
        _ place: UInt32,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) {
        let (entry, socket) = try socket(number, .accept)
        guard !socket.isDatagram else { throw .notSupported }
        _ = try buffers.load(UInt32.self, place)
        guard table.hasRoom else { throw .tooManyDescriptors }
        let accepted = try whenReady(
            entry,
            socket.sockets,
            POLLIN,
            timeout: socket.receiveTimeout
        ) { () throws(ErrorNumber) in try socket.accept() }
        try buffers.store(try add(accepted, isNonBlocking: isNonBlocking), place)
    }

    /// `sock_connect`.
    func connectSocket(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try connectSocket(call, buffers, .plain)
    }

    /// `sock_connect_v2`.
    func connectSocketInStorage(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try connectSocket(call, buffers, .storage)
    }

    private func connectSocket(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        _ form: AddressForm
    ) throws(ErrorNumber) {
        let (entry, socket) = try socket(call.i32(0))
        let address = try buffers.socketAddress(call.i32(1), port: call.i32(2), form)
        let place = try destination(address, of: socket)
        do {
            return try socket.host.connect(place)
        } catch {
            guard error == .inProgress, !entry.isNonBlocking else { throw error }
        }
        flush()
        let deadline = Self.deadline(after: socket.sendTimeout)
        let answers = try wait(
            [(socket.host.file, Int16(POLLOUT))],
            deadlineNanoseconds: deadline
        )
        guard answers.contains(where: { $0 != 0 }) else { throw .inProgress }
        let number = try socket.host.option(SO_ERROR, byteCount: 4).littleEndian
        guard number == 0 else { throw ErrorNumber(system: Int32(truncatingIfNeeded: number)) }
    }

    /// Where a guest gets to when it names an address; `access` when it may not.
    func destination(
        _ address: SocketAddress,
        of socket: GuestSocket
    ) throws(ErrorNumber) -> SocketAddress {
        guard (address.bytes.count == 16) == socket.isIPv6 else {
            throw .addressFamilyNotSupported
        }
        var place = address
        // What a pod calls its own host is the pod, not the host: nothing else would be as private.
        if let own = network.address, address.isThisHost {
            place = address.replacing(own)
            if socket.isIPv6 { try socket.host.takeBothFamilies() }
        }
        if let mayConnect = network.mayConnect, !socket.isAnswer(to: address) {
            let names = resolvedNames[place.unmapped] ?? []
            guard mayConnect(place.unmapped, names, place.port) else { throw .access }
        }
        return place
    }

    /// `sock_shutdown`.
    func shutDownSocket(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let socket = try socket(call.i32(0), .shutDown).socket
        // Source: WASI preview 1, `sdflags`: 1 reading, 2 writing; Linux counts from 0.
        guard (1...3).contains(call.i32(1)) else { throw .invalid }
        for host in socket.sockets { try host.shutDown(Int32(call.i32(1)) - 1) }
    }
}

extension [UInt8] {
    /// The number that up to eight bytes hold.
    var littleEndian: UInt64 {
        prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
