/// How much the database holds before it refuses more.
public struct StoreLimits: Equatable, Sendable {
    /// Bytes of the file without its log.
    ///
    /// 1,000 pods of 64 KiB each fit; a controller gone wild does
    /// not fill the disk of a gateway.
    public var databaseByteCountMax: Int64 = 128 * 1024 * 1024
    /// Desired objects of all kinds.
    public var desiredObjectCountMax: Int64 = 4096
    /// Topics in the outbox: one for each pod that is, or was and is not yet acknowledged, and a few.
    public var outboxRowCountMax: Int64 = 8192
    /// Events, sent or not; the oldest go first (rule 6 of the MQTT contract).
    public var eventCountMax: Int64 = 1000
    /// Refusals that are remembered; the oldest go first.
    public var refusalCountMax: Int64 = 1000
    /// Ids of requests that are remembered; the oldest go first.
    ///
    /// A day of one each minute, which is more than people ask.
    public var requestCountMax: Int64 = 1500
    /// Objects that wait for a manifest that lists them; the oldest go first.
    ///
    /// More than one update of a whole node changes; one that was dropped is named as missing.
    public var stagedCountMax: Int64 = 512
    /// Bytes of these; the oldest go first.
    public var stagedByteCountMax: Int64 = 16 * 1024 * 1024
    /// How long another process may hold the file, in milliseconds.
    public var busyTimeoutMilliseconds: Int32 = 5000

    /// The limits of the daemon.
    public init() {}
}
