/// An address of 4 or 16 bytes, in network order, and a port.
struct SocketAddress: Equatable {
    var bytes: [UInt8]
    var port: UInt16

    /// All addresses.
    var isUnspecified: Bool { unmapped.allSatisfy { $0 == 0 } }

    /// What every host calls itself.
    var isThisHost: Bool {
        isUnspecified || unmapped == [127, 0, 0, 1]
            || bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// This host, as the host sees it.
    var isLoopback: Bool {
        unmapped.count == 4
            ? unmapped.first == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// The IPv4 address that an IPv6 address stands for.
    var unmapped: [UInt8] {
        bytes.count == 16 && bytes.starts(with: Self.mapping) ? Array(bytes.suffix(4)) : bytes
    }

    /// `address` as a socket of this one's family takes it.
    func replacing(_ address: [UInt8]) -> SocketAddress {
        let isMapped = bytes.count == 16 && address.count == 4
        return SocketAddress(bytes: isMapped ? Self.mapping + address : address, port: port)
    }

    // Source: RFC 4291, section 2.5.5.2.
    private static let mapping: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
}

/// How a guest's structures name a family of addresses.
///
/// Source: WasmEdge, `__wasi_address_family_t`.
enum AddressFamily: UInt8 {
    case unspecified = 0
    case inet4 = 1
    case inet6 = 2
    case local = 3
}

/// The two forms of an address in a guest's memory.
///
/// Source: WasmEdge, `__wasi_address_t`: a buffer's address and length.
enum AddressForm {
    /// 4 or 16 bytes.
    case plain
    /// 4 or 16, or 128: the family in two bytes, then the address.
    case storage

    static let storageBytes: UInt32 = 128
}

extension GuestBuffers {
    /// Where the guest keeps an address, and how many bytes it has there.
    func addressBuffer(_ place: UInt32) throws(ErrorNumber) -> (address: UInt32, count: UInt32) {
        // Source: WasmEdge: a structure that is not aligned is no address.
        guard place % 4 == 0 else { throw .addressNotAvailable }
        let buffer = try load(UInt32.self, place)
        return (buffer, try load(UInt32.self, try Self.address(place, plus: 4)))
    }

    /// An address that the guest gives.
    func socketAddress(
        _ place: UInt32,
        port: UInt32,
        _ form: AddressForm
    ) throws(ErrorNumber) -> SocketAddress {
        let (address, count) = try addressBuffer(place)
        guard let port = UInt16(exactly: port) else { throw .invalid }
        if count == 4 || count == 16 {
            return SocketAddress(bytes: try bytes(address, count), port: port)
        }
        guard form == .storage, count == AddressForm.storageBytes else { throw .invalid }
        let storage = try bytes(address, count)
        switch AddressFamily(rawValue: storage[1] == 0 ? storage[0] : 0) {
        case .inet4: return SocketAddress(bytes: Array(storage[2..<6]), port: port)
        case .inet6: return SocketAddress(bytes: Array(storage[2..<18]), port: port)
        case .local: throw .noSystemCall
        case .unspecified, nil: throw .invalid
        }
    }

    /// Writes an address where the guest has room for it.
    func store(_ address: SocketAddress, _ place: UInt32, _ form: AddressForm) throws(ErrorNumber) {
        let (buffer, count) = try addressBuffer(place)
        switch form {
        case .plain:
            guard count == 4 || count == 16 else { throw .invalid }
            guard Int(count) >= address.bytes.count else { throw .invalid }
            try store(address.bytes, buffer)
        case .storage:
            guard count == AddressForm.storageBytes else { throw .invalid }
            let family: AddressFamily = address.bytes.count == 4 ? .inet4 : .inet6
            let head = [family.rawValue, 0] + address.bytes
            let rest = [UInt8](repeating: 0, count: Int(count) - head.count)
            try store(head + rest, buffer)
        }
    }
}
