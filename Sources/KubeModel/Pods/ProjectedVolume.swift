/// Files made of values: of ConfigMaps, Secrets and of the pod itself, in one folder.
public struct ProjectedVolume: Equatable, Sendable {
    /// Where some of the files come from.
    public enum Source: Equatable, Sendable {
        /// The keys of a ConfigMap.
        case configMap(ConfigVolume)
        /// The keys of a Secret.
        case secret(ConfigVolume)
        /// Facts about the pod.
        case downward([DownwardFile])
        /// A service account's token, which nobody issues here: no file.
        case serviceAccountToken
    }

    /// Where the files come from; a later one wins where two have one path.
    public var sources: [Source]
    /// Permissions of files that have none of their own.
    public var defaultMode: UInt16

    /// A volume made in code.
    public init(sources: [Source], defaultMode: UInt16 = 0o644) {
        self.sources = sources
        self.defaultMode = defaultMode
    }

    /// Whether some of it must not lie on a disk.
    public var hasSecrets: Bool {
        sources.contains { if case .secret = $0 { true } else { false } }
    }
}

/// A file that holds a fact about the pod.
public struct DownwardFile: Equatable, Sendable {
    /// What the file holds.
    public enum Content: Equatable, Sendable {
        /// One field.
        case field(DownwardField)
        /// All labels, a line each: `KEY="VALUE"`.
        case labels
        /// All annotations, in the same form.
        case annotations
        /// An amount of a container's resources.
        case resource(ResourceSelector)
    }

    /// The file, below the volume.
    public var path: String
    /// What it holds.
    public var content: Content
    /// Its permissions; nil for the volume's.
    public var mode: UInt16?

    /// A file made in code.
    public init(path: String, content: Content, mode: UInt16? = nil) {
        self.path = path
        self.content = content
        self.mode = mode
    }
}

/// One of a container's limits or requests, as a whole number.
public struct ResourceSelector: Equatable, Sendable {
    /// Which of the two.
    public enum Bound: String, Sendable {
        /// What it may use at most.
        case limits
        /// What it has for certain.
        case requests
    }

    /// The container; nil for the one whose environment it is.
    public var containerName: String?
    /// Limits or requests.
    public var bound: Bound
    /// `cpu`, `memory` or `ephemeral-storage`.
    public var resource: String
    /// What the amount is counted in, above zero.
    public var divisor: Quantity

    /// A selector made in code.
    public init(
        containerName: String? = nil,
        bound: Bound,
        resource: String,
        divisor: Quantity = Quantity(count: 1)
    ) {
        self.containerName = containerName
        self.bound = bound
        self.resource = resource
        self.divisor = divisor
    }
}

extension DownwardFacts {
    /// The amount that `selector` asks for, rounded up to whole divisors.
    ///
    /// What has no limit may use all that the node gives to pods; what has no request has none.
    /// Source: Kubernetes, ExtractContainerResourceValue.
    ///
    /// - Returns: The number; nil where the pod has no such container.
    public func amount(of selector: ResourceSelector, in pod: Pod, for container: String) -> String?
    {
        let name = selector.containerName ?? container
        let all = pod.spec.initContainers + pod.spec.containers
        guard let resources = all.first(where: { $0.name == name })?.resources else { return nil }
        let amount =
            switch selector.bound {
            case .limits: resources.limits[selector.resource] ?? allocatable[selector.resource]
            case .requests: resources.requests[selector.resource]
            }
        guard let amount, selector.divisor.nano > 0 else { return "0" }
        return "\(Quantity.dividedUp(amount.nano, by: selector.divisor.nano))"
    }

    /// What a file of the downward API holds; nil where the pod has no such container.
    public func text(of content: DownwardFile.Content, for pod: Pod) -> String? {
        switch content {
        case .field(let field): value(of: field, for: pod)
        case .labels: Self.lines(pod.metadata.labels)
        case .annotations: Self.lines(pod.metadata.annotations)
        case .resource(let selector): amount(of: selector, in: pod, for: "")
        }
    }

    // Source: Kubernetes writes maps sorted by key, values quoted as in Go.
    private static func lines(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(quoted($0.value))" }
            .joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            case _: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
