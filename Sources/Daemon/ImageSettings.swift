internal import Documents
public import Lifecycle

/// What an operator says about images, below `images:` of the configuration.
public struct ImageSettings: Equatable, Sendable {
    /// Folders below which `oci:/PATH` may lie, besides the folder of layouts.
    public var layoutRoots: [String] = []
    /// When images are removed.
    public var collection = ImageCollection()

    /// The defaults.
    public init() {}
}

extension ImageSettings {
    init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: [
            "plainHTTP", "layoutRoots", "highThresholdPercent", "lowThresholdPercent",
            "minimumAgeSeconds",
        ])
        // Known, so that a file for a later version is no error; registries are not pulled from yet.
        _ = try reader.optional("plainHTTP")?.strings()
        for root in try reader.optional("layoutRoots")?.elements() ?? [] {
            layoutRoots.append(try root.folder())
        }
        let high = try reader.optional("highThresholdPercent")?.integer(in: 1...100) ?? 85
        let low = try reader.optional("lowThresholdPercent")
        let lowPercent = try low?.integer(in: 0...100) ?? min(80, high)
        if let low, lowPercent > high {
            throw low.error("must not be more than highThresholdPercent, which is \(high)")
        }
        let age = try reader.optional("minimumAgeSeconds")?.integer(in: 0...31_536_000)
        collection = ImageCollection(
            highThresholdPercent: high,
            lowThresholdPercent: lowPercent,
            minimumAgeSeconds: age ?? 120
        )
    }
}
