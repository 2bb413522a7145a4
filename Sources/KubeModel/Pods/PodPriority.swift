internal import Documents

/// How much a pod matters when not all can stay.
///
/// Source: Kubernetes, "Pod Priority and Preemption"; scheduling/v1 names the two system classes.
public enum PodPriority {
    /// From here on a pod is critical: the node itself never ends it for want of room.
    public static let critical: Int64 = 2_000_000_000
    /// The numbers of the classes that every cluster has.
    static let classes: [String: Int64] = [
        "system-cluster-critical": critical, "system-node-critical": critical + 1_000,
    ]
    static let range = Int64(Int32.min)...Int64(Int32.max)

    /// Reads `priority`, or what a class of every cluster stands for.
    static func read(_ reader: DocumentReader) throws(FieldError) -> Int64 {
        if let number = try reader.integer("priority", in: range) { return number }
        return classes[try reader.string("priorityClassName")] ?? 0
    }
}

extension Pod {
    /// Whether it comes from a file of this machine, not from a controller.
    public var isStatic: Bool {
        metadata.annotations[StaticOrigin.sourceAnnotation] == StaticOrigin.file
            && metadata.annotations[StaticOrigin.fileAnnotation] != nil
    }

    /// Whether the node never ends it for want of room: static pods, and those of the system's classes.
    public var isCritical: Bool { isStatic || spec.priority >= PodPriority.critical }
}
