/// Which images this node cannot do without.
public struct ImageNeeds: Equatable, Sendable {
    /// Pods, as `NAMESPACE/NAME`, by the text with which they name an image.
    public var users: [String: Set<String>] = [:]
    /// Digests of the manifests of which containers run now, whatever their names stand for today.
    public var digests: [String: Set<String>] = [:]

    /// No needs.
    public init() {}
}

extension ImageNeeds {
    /// Where a pod lists more images that it will need, separated by spaces or commas: they are pulled
    /// and kept as long as the pod is wanted.
    public static let prePullAnnotation = "swiftlet.io/pre-pull"
    // Why: a pod has a handful of containers; more images than this in one annotation are a slip.
    private static let prePullCountMax = 16

    /// The images of a pre-pull annotation.
    static func prePulls(_ annotations: [String: String]) -> [String] {
        let text = annotations[prePullAnnotation] ?? ""
        return text.split(whereSeparator: { " ,\n\t".contains($0) })
            .prefix(prePullCountMax).map(String.init)
    }
}
