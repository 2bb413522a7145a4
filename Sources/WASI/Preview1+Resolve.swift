internal import Glibc
internal import Wasm

// Names and addresses: WasmEdge's `sock_getaddrinfo`.
extension Preview1 {
    // Source: RFC 1035, section 2.3.4, with the zero byte behind it; service names are shorter.
    private static let nameBytesMax: UInt32 = 256
    // Why: more than any name has; each costs 24 bytes here while it is written.
    private static let answersMax: UInt32 = 64
    // Why: a guest that asks for thousands of names has forgotten the first ones.
    private static let resolvedMax = 1_024

    /// `sock_getaddrinfo`: node, length, service, length, hints, place of the list, its length, count.
    ///
    /// The guest has made the list, with room for each part of each entry; it is filled in place.
    func resolve(_ call: HostCall, _ buffers: GuestBuffers) throws(ErrorNumber) {
        var question = HostResolver.Question(
            node: try name(call.i32(0), call.i32(1), buffers),
            service: try name(call.i32(2), call.i32(3), buffers),
            flags: 0,
            family: 0,
            type: 0,
            transport: 0
        )
        if call.i32(4) != 0 {
            guard call.i32(4) % 4 == 0 else { throw .addressNotAvailable }
            let hints = try buffers.bytes(call.i32(4), 5)
            question.flags = UInt16(hints[0]) | UInt16(hints[1]) << 8
            question.family = hints[2]
            question.type = hints[3]
            question.transport = hints[4]
        }
        guard !question.node.isEmpty || !question.service.isEmpty else { throw .resolveNoName }
        guard network.mayResolve else { throw .resolveFailed }
        let countMax = min(call.i32(6), Self.answersMax)
        guard countMax > 0 else { throw .invalid }
        flush()
        let (answers, fullName) = try HostResolver.resolve(question, countMax: Int(countMax))
        remember(question.node, answers)
        var node = try buffers.load(UInt32.self, call.i32(5))
        var written: UInt32 = 0
        for answer in answers where node != 0 {
            try store(answer, flags: question.flags, written == 0 ? fullName : [], node, buffers)
            written += 1
            node = try buffers.load(UInt32.self, try GuestBuffers.address(node, plus: 24))
        }
        try buffers.store(written, call.i32(7))
    }

    /// A name without the zero byte that may end it.
    private func name(
        _ place: UInt32,
        _ count: UInt32,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) -> [UInt8] {
        guard count <= Self.nameBytesMax else { throw .nameTooLong }
        return Array(try buffers.bytes(place, count).prefix { $0 != 0 })
    }

    /// Fills one entry.
    ///
    /// Source: WasmEdge, `__wasi_addrinfo_t` of 28 bytes and `__wasi_sockaddr_t` of 12.
    private func store(
        _ answer: HostResolver.Answer,
        flags: UInt16,
        _ fullName: [UInt8],
        _ node: UInt32,
        _ buffers: GuestBuffers
    ) throws(ErrorNumber) {
        guard node % 4 == 0 else { throw .addressNotAvailable }
        func part(_ offset: Int) throws(ErrorNumber) -> UInt32 {
            try GuestBuffers.address(node, plus: offset)
        }
        let isShort = answer.address.bytes.count == 4
        let family: AddressFamily = isShort ? .inet4 : .inet6
        try buffers.store(flags, node)
        try buffers.store(
            [family.rawValue, answer.type, answer.transport],
            try part(2)
        )
        // Source: the sizes of Linux's sockaddr_in and sockaddr_in6.
        try buffers.store(UInt32(isShort ? 16 : 28), try part(8))
        let port = [UInt8(answer.address.port >> 8), UInt8(answer.address.port & 0xFF)]
        let zeros = [UInt8](repeating: 0, count: isShort ? 8 : 4)
        let data =
            isShort
            ? port + answer.address.bytes + zeros : port + zeros + answer.address.bytes + zeros
        let address = try buffers.load(UInt32.self, try part(12))
        if address != 0 {
            let target = try buffers.load(
                UInt32.self,
                try GuestBuffers.address(address, plus: 8)
            )
            try buffers.store(family.rawValue, address)
            try buffers.store(UInt32(data.count), try GuestBuffers.address(address, plus: 4))
            try buffers.store(data, target)
        }
        let nameRoom = try buffers.load(UInt32.self, try part(20))
        let nameTarget = try buffers.load(UInt32.self, try part(16))
        guard !fullName.isEmpty, nameTarget != 0, nameRoom > 0 else { return }
        let kept = fullName.prefix(Int(nameRoom) - 1) + [0]
        try buffers.store(Array(kept), nameTarget)
        try buffers.store(UInt32(kept.count), try part(20))
    }

    /// Keeps under which names the guest found an address, for rules that speak of names.
    private func remember(_ node: [UInt8], _ answers: [HostResolver.Answer]) {
        guard network.mayConnect != nil, !node.isEmpty else { return }
        if resolvedNames.count >= Self.resolvedMax { resolvedNames = [:] }
        let name = String(decoding: node, as: UTF8.self)
        for answer in answers {
            var names = resolvedNames[answer.address.unmapped] ?? []
            if names.count >= Int(Self.answersMax) { names = [] }
            names.insert(name)
            resolvedNames[answer.address.unmapped] = names
        }
    }
}
