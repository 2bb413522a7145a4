internal import Documents

/// Annotations of a pod that say what the Kubernetes API has no field for.
public struct PodAnnotations: Equatable, Sendable {
    /// How often a failed container is tried again before the pod has failed.
    public static let backoffLimit = "swiftlet.dev/backoff-limit"
    /// Seconds within which a new version must be ready, or the last good one comes back.
    public static let progressDeadline = "swiftlet.dev/progress-deadline"

    /// How often a failed container is tried again; nil for as long as the policy says.
    public var backoffLimit: Int64?
    /// Seconds within which a new version must be ready; nil for no limit.
    public var progressDeadlineSeconds: Int64?

    /// What the annotations say; one that cannot be read says nothing.
    public init(_ annotations: [String: String]) {
        backoffLimit = Self.number(annotations[Self.backoffLimit], Self.backoffLimits)
        progressDeadlineSeconds = Self.number(
            annotations[Self.progressDeadline],
            Self.progressDeadlines
        )
    }

    private static let backoffLimits: ClosedRange<Int64> = 0...1_000_000
    private static let progressDeadlines = 1...PodSpec.gracePeriodSecondsMax

    private static func number(_ text: String?, _ range: ClosedRange<Int64>) -> Int64? {
        text.flatMap { Int64($0) }.flatMap { range.contains($0) ? $0 : nil }
    }

    /// Refuses what cannot be read, and a limit that could never be reached.
    static func check(
        _ annotations: [String: String],
        _ policy: RestartPolicy,
        _ reader: DocumentReader
    ) throws(FieldError) {
        let read = PodAnnotations(annotations)
        if let text = annotations[backoffLimit], read.backoffLimit == nil {
            throw wrong(backoffLimit, text, backoffLimits, reader)
        }
        if let text = annotations[progressDeadline], read.progressDeadlineSeconds == nil {
            throw wrong(progressDeadline, text, progressDeadlines, reader)
        }
        guard read.backoffLimit == nil || policy != .always else {
            throw reader.error(
                "metadata.annotations[\(backoffLimit)]",
                "has a meaning only with restartPolicy OnFailure or Never"
            )
        }
    }

    private static func wrong(
        _ name: String,
        _ text: String,
        _ range: ClosedRange<Int64>,
        _ reader: DocumentReader
    ) -> FieldError {
        reader.error(
            "metadata.annotations[\(name)]",
            "Invalid value: \"\(text)\": must be a number from \(range.lowerBound) to "
                + "\(range.upperBound)"
        )
    }
}
