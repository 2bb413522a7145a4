public import Documents

/// How far a pull is.
public struct PullProgress: Equatable, Sendable {
    /// Bytes of the image that are here.
    public var byteCount: Int64
    /// Bytes of the image in all.
    public var totalByteCount: Int64
    /// Bytes that were here when this pull began.
    public var resumedFrom: Int64
    /// What the link carried for it so far, in bytes a second; nil while there is too little to say.
    public var bytesPerSecond: Int64?

    /// A pull that is so far.
    public init(
        byteCount: Int64,
        totalByteCount: Int64,
        resumedFrom: Int64 = 0,
        bytesPerSecond: Int64? = nil
    ) {
        self.byteCount = byteCount
        self.totalByteCount = totalByteCount
        self.resumedFrom = resumedFrom
        self.bytesPerSecond = bytesPerSecond
    }

    // Why: a rate of the first moments is one of buffers, not of the link.
    private static let nanosecondsMin: Int64 = 1_000_000_000

    /// Works out the rate, from what has come in a time.
    ///
    /// - Parameters:
    ///   - fetchedByteCount: Bytes that came over the link.
    ///   - nanoseconds: The time since the first of them was asked for.
    public mutating func measure(fetchedByteCount: Int64, nanoseconds: Int64) {
        guard nanoseconds >= Self.nanosecondsMin, fetchedByteCount > 0 else {
            bytesPerSecond = nil
            return
        }
        let (product, overflow) = fetchedByteCount.multipliedReportingOverflow(by: 1_000)
        bytesPerSecond = overflow ? nil : product / (nanoseconds / 1_000_000)
    }

    /// Seconds until it is done, should the link stay as it is; nil while nobody can say.
    public var secondsLeft: Int64? {
        guard let bytesPerSecond, bytesPerSecond > 0, totalByteCount > byteCount else { return nil }
        let (left, overflow) = totalByteCount.subtractingReportingOverflow(byteCount)
        return overflow ? nil : left / bytesPerSecond
    }

    /// Reads one; nil when it is none.
    public init?(_ document: Document) {
        guard let count = document["bytes"]?.integer, let total = document["total"]?.integer else {
            return nil
        }
        self.init(
            byteCount: count,
            totalByteCount: total,
            resumedFrom: document["resumedFrom"]?.integer ?? 0,
            bytesPerSecond: document["bytesPerSecond"]?.integer
        )
    }

    /// As JSON has it.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("bytes", byteCount)
        object.set("total", totalByteCount)
        object.set("resumedFrom", resumedFrom)
        object.set("bytesPerSecond", bytesPerSecond)
        object.set("secondsLeft", secondsLeft)
        return object.document
    }
}
