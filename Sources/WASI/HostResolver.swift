internal import CLinux
internal import Glibc

// This file is a fence: getaddrinfo(3) through a function that fills a flat list.

/// Asks the system for addresses.
enum HostResolver {
    /// What is asked, in the guest's numbers.
    struct Question {
        var node: [UInt8]
        var service: [UInt8]
        var flags: UInt16
        var family: UInt8
        var type: UInt8
        var transport: UInt8
    }

    /// One address.
    struct Answer {
        var address: SocketAddress
        var type: UInt8
        var transport: UInt8
    }

    /// Waits for the answer; that is bounded by the resolver's own limits.
    ///
    /// - Returns: At most `countMax` addresses, and the full name if it was asked for.
    static func resolve(
        _ question: Question,
        countMax: Int
    ) throws(ErrorNumber) -> (answers: [Answer], fullName: [UInt8]) {
        var found = [swiftlet_found](repeating: swiftlet_found(), count: countMax)
        var name = [CChar](repeating: 0, count: 256)
        let node = question.node.map { CChar(bitPattern: $0) } + [0]
        let service = question.service.map { CChar(bitPattern: $0) } + [0]
        // Safety: both texts end in a zero byte, and the lists have the room that we say.
        let count = unsafe swiftlet_resolve(
            node,
            service,
            question.flags,
            question.family,
            question.type,
            question.transport,
            &found,
            Int32(countMax),
            &name
        )
        guard count >= 0 else { throw error(count) }
        let answers = found.prefix(Int(count)).map { entry in
            // Safety: sixteen bytes of a structure of ours.
            let bytes = unsafe withUnsafeBytes(of: entry.bytes) { unsafe [UInt8]($0) }
            return Answer(
                address: SocketAddress(
                    bytes: Array(bytes.prefix(Int(entry.count))),
                    port: entry.port
                ),
                type: entry.type,
                transport: entry.transport
            )
        }
        return (answers, name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    private static func error(_ code: Int32) -> ErrorNumber {
        switch code {
        case EAI_ADDRFAMILY: .resolveAddressFamily
        case EAI_AGAIN: .resolveAgain
        case EAI_BADFLAGS: .resolveFlags
        case EAI_FAIL: .resolveFailed
        case EAI_FAMILY: .resolveFamily
        case EAI_MEMORY: .resolveMemory
        case EAI_NODATA: .resolveNoData
        case EAI_NONAME: .resolveNoName
        case EAI_SERVICE: .resolveService
        case EAI_SOCKTYPE: .resolveType
        default: .resolveSystem
        }
    }

    // Source: netdb.h, which declares these only for those who define _GNU_SOURCE.
    private static let EAI_NODATA: Int32 = -5
    private static let EAI_ADDRFAMILY: Int32 = -9
}
