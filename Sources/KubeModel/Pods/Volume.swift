/// A folder that containers of a pod can mount.
public struct Volume: Equatable, Sendable {
    /// What containers call it.
    public var name: String
    /// Where it comes from.
    public var source: VolumeSource

    /// A volume made in code.
    public init(name: String, source: VolumeSource) {
        self.name = name
        self.source = source
    }
}

/// Where a volume comes from.
public enum VolumeSource: Equatable, Sendable {
    /// A folder that is empty at first and lives as long as the pod.
    case emptyDirectory(EmptyDirectory)
    /// A place on the host.
    case hostPath(HostPath)
    /// A folder that an operator has given to a claim of this name.
    case persistentClaim(PersistentClaim)
    /// The keys of a ConfigMap as files.
    case configMap(ConfigVolume)
    /// The keys of a Secret as files.
    case secret(ConfigVolume)
    /// Values of the pod, of ConfigMaps and of Secrets as files.
    case projected(ProjectedVolume)
    /// Values of the pod as files.
    case downwardAPI(ProjectedVolume)
    /// The folder where Kubernetes would put a service account's token: empty here.
    case serviceAccountToken
}

/// A folder that lives as long as its pod.
public struct EmptyDirectory: Equatable, Sendable {
    /// Whether it lies in memory instead of on disk.
    public var isInMemory: Bool
    /// How much it may hold; nil for as much as there is.
    public var sizeLimit: Quantity?

    /// A folder made in code.
    public init(isInMemory: Bool = false, sizeLimit: Quantity? = nil) {
        self.isInMemory = isInMemory
        self.sizeLimit = sizeLimit
    }
}

/// A place on the host.
public struct HostPath: Equatable, Sendable {
    /// What must be there before the pod starts, or is made.
    public enum Kind: String, Sendable, CaseIterable {
        /// Nothing is looked at.
        case unchecked = ""
        /// A folder, made if nothing is there.
        case directoryOrCreate = "DirectoryOrCreate"
        /// A folder.
        case directory = "Directory"
        /// A file, made if nothing is there.
        case fileOrCreate = "FileOrCreate"
        /// A file.
        case file = "File"
        /// A socket of the machine's own.
        case socket = "Socket"
        /// A character device.
        case characterDevice = "CharDevice"
        /// A block device.
        case blockDevice = "BlockDevice"
    }

    /// An absolute path without `..`.
    public var path: String
    /// What must be there.
    public var kind: Kind

    /// A place made in code.
    public init(path: String, kind: Kind = .unchecked) {
        self.path = path
        self.kind = kind
    }
}

/// A claim of a volume that outlives pods.
public struct PersistentClaim: Equatable, Sendable {
    /// The claim, in the pod's namespace.
    public var name: String
    /// Whether no container may write, whatever its mount says.
    public var isReadOnly: Bool

    /// A claim made in code.
    public init(name: String, isReadOnly: Bool = false) {
        self.name = name
        self.isReadOnly = isReadOnly
    }
}

/// Keys of a ConfigMap or a Secret as files.
public struct ConfigVolume: Equatable, Sendable {
    /// One key and its file.
    public struct Item: Equatable, Sendable {
        /// The key.
        public var key: String
        /// The file, below the volume.
        public var path: String
        /// Its permissions; nil for the volume's.
        public var mode: UInt16?

        /// An item made in code.
        public init(key: String, path: String, mode: UInt16? = nil) {
            self.key = key
            self.path = path
            self.mode = mode
        }
    }

    /// The ConfigMap or the Secret, in the pod's namespace.
    public var name: String
    /// The keys that are wanted; empty for all.
    public var items: [Item]
    /// Permissions of the files.
    public var defaultMode: UInt16
    /// Whether the pod starts without it.
    public var isOptional: Bool

    /// A volume made in code.
    public init(
        name: String,
        items: [Item] = [],
        defaultMode: UInt16 = 0o644,
        isOptional: Bool = false
    ) {
        self.name = name
        self.items = items
        self.defaultMode = defaultMode
        self.isOptional = isOptional
    }
}

/// Where a container sees a volume.
public struct VolumeMount: Equatable, Sendable {
    /// The volume.
    public var name: String
    /// An absolute path in the container.
    public var mountPath: String
    /// Whether it may not write there.
    public var readOnly: Bool
    /// A path below the volume that is seen instead of all of it; nil for all.
    public var subPath: String?
    /// As ``subPath``, with `$(NAME)` for the container's variables; only one of both is there.
    public var subPathExpression: String?

    /// A mount made in code.
    public init(
        name: String,
        mountPath: String,
        readOnly: Bool = false,
        subPath: String? = nil,
        subPathExpression: String? = nil
    ) {
        self.subPathExpression = subPathExpression
        self.name = name
        self.mountPath = mountPath
        self.readOnly = readOnly
        self.subPath = subPath
    }
}
