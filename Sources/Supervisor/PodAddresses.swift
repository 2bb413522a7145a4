internal import Host

/// Which pod has which address of 127.64.0.0/10.
///
/// An address follows from the pod's uid, so that it is the same after everything was lost; of two pods
/// that would get the same one, the later takes the next that is free. What a pod once got it keeps: it
/// stands in the status that is stored for it.
struct PodAddresses: Equatable, Sendable {
    // Source: architecture.md. All of 127.0.0.0/8 is this host's, so no interface needs the addresses,
    // and nobody outside reaches them.
    private static let base: UInt32 = 0x7F40_0000
    private static let count: UInt32 = 1 << 22

    private var byUID: [String: UInt32] = [:]
    private var taken: Set<UInt32> = []

    /// The address of a pod, chosen now if it has none yet.
    ///
    /// - Returns: nil when all four million are taken.
    mutating func address(of uid: String) -> InternetAddress? {
        if let known = byUID[uid] { return Self.address(known) }
        guard taken.count < Self.count / 2 else { return nil }
        var offset = Self.start(uid)
        while !Self.isUsable(offset) || taken.contains(offset) {
            offset = (offset + 1) % Self.count
        }
        byUID[uid] = offset
        taken.insert(offset)
        return Self.address(offset)
    }

    /// Gives a pod the address that it had before, unless another has it now or it is none of ours.
    mutating func restore(_ text: String, for uid: String) {
        guard byUID[uid] == nil, let bytes = InternetAddress(text)?.bytes, bytes.count == 4 else {
            return
        }
        let number = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard number >= Self.base, number - Self.base < Self.count else { return }
        guard taken.insert(number - Self.base).inserted else { return }
        byUID[uid] = number - Self.base
    }

    /// Takes the address of a pod that is gone.
    mutating func release(_ uid: String) {
        guard let offset = byUID.removeValue(forKey: uid) else { return }
        taken.remove(offset)
    }

    // Why: nobody expects a host at the ends of what looks like a network of 256.
    private static func isUsable(_ offset: UInt32) -> Bool {
        offset & 0xFF != 0 && offset & 0xFF != 0xFF
    }

    private static func address(_ offset: UInt32) -> InternetAddress? {
        let number = base + offset
        return InternetAddress(
            bytes: (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - $0 * 8)) }
        )
    }

    // Source: FNV-1a, 32 bits; folded onto 22.
    private static func start(_ uid: String) -> UInt32 {
        let hash = uid.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return (hash >> 22 ^ hash) % count
    }
}
