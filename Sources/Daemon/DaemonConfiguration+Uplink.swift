internal import Host
internal import KubeModel
internal import StateStore
internal import Uplink

extension DaemonConfiguration {
    /// What the uplink needs, with passwords and secrets as the files hold them now.
    ///
    /// - Parameters:
    ///   - broker: How the broker is reached.
    ///   - earliestTime: No certificate is judged by an earlier time (rule 10 of the contract).
    /// - Returns: The configuration.
    /// - Throws: Which file cannot be read.
    func uplink(
        _ broker: Broker,
        earliestTime: Timestamp
    ) throws(DaemonError) -> UplinkConfiguration {
        var uplink = UplinkConfiguration(
            url: broker.url,
            nodeName: nodeName,
            prefix: broker.prefix,
            username: broker.username,
            password: try broker.password(),
            certificateAuthorityFile: broker.caFile,
            certificateFile: broker.certificateFile,
            keyFile: broker.keyFile,
            clientID: broker.clientID,
            version: broker.version,
            keepAliveSeconds: broker.keepAliveSeconds,
            bootID: Clock.bootID()
        )
        uplink.sharedSecret = try broker.sharedSecret()
        uplink.applicationProtocol = broker.alpn
        uplink.earliestTimeSeconds = earliestTime.nanosecondsSinceEpoch / 1_000_000_000
        return uplink
    }
}

/// The latest of what is known about the time: the clock, what was written to disk, the build.
///
/// A board without a battery begins in 1970, and must not be told so by anybody who would profit.
struct TrustedTime: Sendable {
    /// No time before this one has any meaning.
    let earliest: Timestamp

    /// What an earlier life has written down, or the build.
    init(confirmed: Timestamp?) {
        let build = Timestamp(nanosecondsSinceEpoch: Release.madeAtSeconds * 1_000_000_000)
        earliest = max(confirmed ?? build, build)
    }

    /// The time that deadlines are held against.
    var now: Timestamp {
        max(earliest, Timestamp(nanosecondsSinceEpoch: Clock.wallNanoseconds()))
    }
}
