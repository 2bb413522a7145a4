internal import CLinux

extension InternetAddress {
    /// The address under which this machine is known to where its default route leads.
    ///
    /// - Returns: nil without a route. No packet is sent to find out.
    public static func ofThisHost() -> InternetAddress? {
        let address = swiftlet_route_source()
        guard address != 0 else { return nil }
        return InternetAddress(
            bytes: (0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - $0 * 8)) }
        )
    }
}
