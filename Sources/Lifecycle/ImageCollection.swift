/// Which images go when the disk fills: a pure rule.
///
/// Nothing happens below the high threshold; above it images go, the longest unused first, until the
/// low one would be reached. Never one that something needs, and none that was needed a moment ago.
/// Source: Kubernetes, "Garbage Collection", "Container image lifecycle".
public struct ImageCollection: Equatable, Sendable {
    /// Percent of the disk in use above which images are removed.
    public var highThresholdPercent: Int64
    /// Percent of the disk in use at which removing ends.
    public var lowThresholdPercent: Int64
    /// Seconds that an image must have been unused; the kubelet's two minutes.
    public var minimumAgeSeconds: Int64

    /// The kubelet's age and thresholds, unless told otherwise.
    ///
    /// The low threshold is at most the high one.
    public init(
        highThresholdPercent: Int64 = 85,
        lowThresholdPercent: Int64 = 80,
        minimumAgeSeconds: Int64 = 120
    ) {
        self.highThresholdPercent = highThresholdPercent
        self.lowThresholdPercent = min(lowThresholdPercent, highThresholdPercent)
        self.minimumAgeSeconds = minimumAgeSeconds
    }

    /// An image, as far as the rule looks at it.
    public struct Image: Equatable, Sendable {
        /// Its name; the digest of its manifest.
        public var id: String
        /// Its blobs, with their lengths in bytes; others may share them.
        public var blobs: [String: Int64]
        /// Bytes of files that are its own.
        public var ownByteCount: Int64
        /// Whether a pod, a pre-pull, the last good version of a pod or a pull needs it.
        public var isNeeded: Bool
        /// Since when nothing has needed it, on the monotonic clock.
        public var unusedSinceNanoseconds: Int64

        /// An image.
        public init(
            id: String,
            blobs: [String: Int64],
            ownByteCount: Int64,
            isNeeded: Bool,
            unusedSinceNanoseconds: Int64
        ) {
            self.id = id
            self.blobs = blobs
            self.ownByteCount = ownByteCount
            self.isNeeded = isNeeded
            self.unusedSinceNanoseconds = unusedSinceNanoseconds
        }
    }

    /// How full a disk is.
    public struct Disk: Equatable, Sendable {
        /// Bytes that can still be written.
        public var freeByteCount: Int64
        /// Bytes in all.
        public var totalByteCount: Int64

        /// A disk.
        public init(freeByteCount: Int64, totalByteCount: Int64) {
            self.freeByteCount = freeByteCount
            self.totalByteCount = totalByteCount
        }

        /// Bytes that must go so that at most `percent` of the disk is in use.
        func byteCountOver(_ percent: Int64) -> Int64 {
            let used = max(0, totalByteCount - max(0, freeByteCount))
            // Divided first: a disk may be larger than a hundredth of what the number can hold.
            let allowed = totalByteCount / 100 * percent + totalByteCount % 100 * percent / 100
            return max(0, used - allowed)
        }
    }

    /// Whether more of the disk is in use than the high threshold allows.
    public func isDue(_ disk: Disk) -> Bool {
        disk.totalByteCount > 0 && disk.byteCountOver(highThresholdPercent) > 0
    }

    /// The images to remove now, in this order.
    ///
    /// `shortageByteCount` is what a pull lacks, whatever the thresholds say.
    public func plan(
        _ images: [Image],
        on disk: Disk,
        shortageByteCount: Int64 = 0,
        nowNanoseconds: Int64
    ) -> [String] {
        guard disk.totalByteCount > 0 else { return [] }
        let over = isDue(disk) ? disk.byteCountOver(lowThresholdPercent) : 0
        return remove(
            images,
            until: max(over, shortageByteCount),
            nowNanoseconds: nowNanoseconds
        )
    }

    /// Everything that nothing needs, whatever the disk says: what an operator prunes.
    public func everything(_ images: [Image]) -> [String] {
        images.filter { !$0.isNeeded }.map(\.id).sorted()
    }

    private func remove(
        _ images: [Image],
        until byteCount: Int64,
        nowNanoseconds: Int64
    ) -> [String] {
        var holders: [String: Int] = [:]
        for blob in images.flatMap(\.blobs.keys) { holders[blob, default: 0] += 1 }
        let age = nanoseconds(ofSeconds: minimumAgeSeconds)
        let candidates = images.filter { image in
            let unused = nowNanoseconds.subtractingReportingOverflow(image.unusedSinceNanoseconds)
            return !image.isNeeded && !unused.overflow && unused.partialValue >= age
        }
        var freed: Int64 = 0
        var result: [String] = []
        for image in candidates.sorted(by: Self.goesBefore) {
            guard freed < byteCount else { break }
            freed = Self.sum(freed, image.ownByteCount)
            for (blob, length) in image.blobs {
                holders[blob, default: 0] -= 1
                if holders[blob] == 0 { freed = Self.sum(freed, length) }
            }
            result.append(image.id)
        }
        return result
    }

    private static func goesBefore(_ first: Image, _ second: Image) -> Bool {
        (first.unusedSinceNanoseconds, first.id) < (second.unusedSinceNanoseconds, second.id)
    }

    private static func sum(_ first: Int64, _ second: Int64) -> Int64 {
        let (sum, overflow) = first.addingReportingOverflow(max(0, second))
        return overflow ? .max : sum
    }
}
