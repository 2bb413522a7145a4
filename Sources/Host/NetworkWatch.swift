internal import CLinux
internal import Glibc

/// Says when the network may have come up: an address, a route or a carrier is new.
public enum NetworkWatch {
    // Why a bound: a storm of messages must end, and those that are left ring again.
    private static let messagesMax = 256

    /// Listens to the kernel until the stream is dropped.
    ///
    /// A ring is a hint: whether anybody can be reached, the asker finds out. What has rung and nobody
    /// has answered yet is one ring.
    ///
    /// - Returns: The rings.
    /// - Throws: Why the kernel does not tell.
    public static func arrivals() throws(HostError) -> AsyncStream<Void> {
        let watch = OwnedDescriptor(try open())
        let (stream, rings) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        try DescriptorWatch.shared.add(watch) {
            guard hasArrived(watch) else { return .goOn }
            switch rings.yield() {
            case .terminated: return .done
            case .enqueued, .dropped: return .goOn
            @unknown default: return .goOn
            }
        }
        return stream
    }

    static func open() throws(HostError) -> Int32 {
        let descriptor = swiftlet_network_open()
        guard descriptor >= 0 else {
            throw .system(call: "socket", path: "NETLINK_ROUTE", errno: errno)
        }
        return descriptor
    }

    /// Takes all that the kernel has told so far; whether anything of it came up.
    static func hasArrived(_ watch: OwnedDescriptor) -> Bool {
        var hasArrived = false
        for _ in 0..<messagesMax {
            let answer = swiftlet_network_read(watch.number)
            guard answer >= 0 else { break }
            hasArrived = hasArrived || answer > 0
        }
        return hasArrived
    }
}
