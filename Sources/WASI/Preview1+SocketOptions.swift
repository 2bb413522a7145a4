internal import Glibc
internal import Wasm

// What can be asked of sockets.
extension Preview1 {
    // Why: the longest value that an option of these has is a device's name.
    private static let optionBytesMax: UInt32 = 256

    private func option(_ call: HostCall) throws(ErrorNumber) -> SocketOption {
        // Source: WasmEdge: the only level is 0, SOL_SOCKET.
        guard call.i32(1) == 0, let option = SocketOption(rawValue: call.i32(2)) else {
            throw .invalid
        }
        return option
    }

    /// `sock_getsockopt`.
    func socketOption(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let socket = try socket(call.i32(0)).socket
        let option = try option(call)
        let room = try buffers.load(UInt32.self, call.i32(4))
        guard room <= Self.optionBytesMax else { throw .invalid }
        var value: [UInt8]
        if option.isTime {
            let limit =
                (option == .receiveTimeout ? socket.receiveTimeout : socket.sendTimeout) ?? 0
            var bytes = LittleEndianBytes()
            bytes.add(limit / 1_000_000_000)
            bytes.add(limit % 1_000_000_000 / 1_000)
            value = bytes.bytes
        } else {
            value = try socket.host.option(option.systemName, byteCount: max(4, Int(room)))
        }
        switch option {
        case .type: value = [socket.isDatagram ? 1 : 2, 0, 0, 0]
        case .error:
            let number = Int32(truncatingIfNeeded: value.littleEndian)
            let error = number == 0 ? ErrorNumber.success : ErrorNumber(system: number)
            value = [UInt8(truncatingIfNeeded: error.rawValue), 0, 0, 0]
        case .reuseAddress, .dontRoute, .broadcast, .sendBuffer, .receiveBuffer, .keepAlive,
            .outOfBandInline, .linger, .receiveLowWater, .receiveTimeout, .sendTimeout,
            .acceptConnections, .bindToDevice:
            break
        }
        try buffers.store(Array(value.prefix(Int(room))), call.i32(3))
        try buffers.store(UInt32(min(value.count, Int(room))), call.i32(4))
    }

    /// `sock_setsockopt`.
    func setSocketOption(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        let socket = try socket(call.i32(0)).socket
        let option = try option(call)
        guard call.i32(4) <= Self.optionBytesMax else { throw .invalid }
        let value = try buffers.bytes(call.i32(3), call.i32(4))
        guard option.isTime else {
            return try socket.host.setOption(option.systemName, value)
        }
        guard value.count == 16 else { throw .invalid }
        let seconds = Int64(bitPattern: value.littleEndian)
        let microseconds = Int64(bitPattern: Array(value[8...]).littleEndian)
        // Source: setsockopt(2), EDOM.
        guard (0..<1_000_000).contains(microseconds) else { throw .domain }
        let whole = UInt64(max(0, seconds)).multipliedReportingOverflow(by: 1_000_000_000)
        let sum = whole.partialValue.addingReportingOverflow(UInt64(microseconds) * 1_000)
        let limit = whole.overflow || sum.overflow ? UInt64.max : sum.partialValue
        // Source: socket(7): 0 means that nothing is limited.
        if option == .receiveTimeout {
            socket.receiveTimeout = limit == 0 ? nil : limit
        } else {
            socket.sendTimeout = limit == 0 ? nil : limit
        }
    }

    /// `sock_getlocaladdr` with four parameters.
    func localAddress(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try name(call, buffers, isPeer: false)
    }

    /// `sock_getpeeraddr` with four parameters.
    func peerAddress(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try name(call, buffers, isPeer: true)
    }

    private func name(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        isPeer: Bool
    ) throws(ErrorNumber) {
        let address = try socket(call.i32(0)).socket.host.name(isPeer: isPeer)
        try buffers.store(address, call.i32(1), .plain)
        // Source: WasmEdge, wasifunc.cpp: here the family is 4 or 6, not as elsewhere; programs know.
        try buffers.store(UInt32(address.bytes.count == 4 ? 4 : 6), call.i32(2))
        try buffers.store(UInt32(address.port), call.i32(3))
    }

    /// `sock_getlocaladdr` with three.
    func localAddressInStorage(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try nameInStorage(call, buffers, isPeer: false)
    }

    /// `sock_getpeeraddr` with three.
    func peerAddressInStorage(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        try nameInStorage(call, buffers, isPeer: true)
    }

    private func nameInStorage(
        _ call: HostCall,
        _ buffers: GuestBuffers,
        isPeer: Bool
    ) throws(ErrorNumber) {
        let address = try socket(call.i32(0)).socket.host.name(isPeer: isPeer)
        try buffers.store(address, call.i32(1), .storage)
        try buffers.store(UInt32(address.port), call.i32(2))
    }
}
