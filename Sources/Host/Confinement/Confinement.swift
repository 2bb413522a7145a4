/// The rights that a process of ours gives up before it touches what it was given by others.
///
/// Whoever makes one (the daemon, which knows what the kernel can do: ``KernelSupport``) names only
/// what can be had; whoever applies one fails when any of it cannot. So nothing is skipped in silence.
public struct Confinement: Equatable, Sendable {
    /// Who the process becomes.
    public struct User: Equatable, Sendable {
        /// Real, effective and saved user.
        public var id: UInt32
        /// Real, effective and saved group.
        public var group: UInt32
        /// All other groups.
        public var supplementaryGroups: [UInt32]

        /// Declares a user.
        public init(id: UInt32, group: UInt32, supplementaryGroups: [UInt32] = []) {
            self.id = id
            self.group = group
            self.supplementaryGroups = supplementaryGroups
        }
    }

    /// A place in the file system that stays in reach, with all that is below.
    public struct Place: Equatable, Sendable {
        /// What may be done there; nothing may ever be executed.
        public enum Access: String, Equatable, Sendable {
            /// Files are read, folders listed.
            case read = "ro"
            /// And both made, changed and removed; no devices, sockets and pipes.
            case write = "rw"
            /// Files are made, changed, renamed and removed; no folders, and no links, which a reader
            /// with more rights could be led astray by.
            case files
        }

        /// A folder or a file.
        public var path: String
        /// What may be done there.
        public var access: Access
        /// Whether it is no error that there is nothing.
        public var isOptional: Bool

        /// Declares a place.
        public init(_ path: String, _ access: Access, isOptional: Bool = false) {
            self.path = path
            self.access = access
            self.isOptional = isOptional
        }
    }

    /// Who the process becomes; nil: it stays who it is.
    public var user: User?
    /// All places that stay in reach of open(2) and the like; nil: no Landlock for files.
    public var places: [Place]?
    /// TCP ports that may be listened on; nil: all.
    public var listeningPorts: [UInt16]?
    /// TCP ports that may be connected to; nil: all.
    public var connectingPorts: [UInt16]?
    /// Whether signals and abstract sockets of other processes are out of reach.
    public var isScoped = false
    /// The descriptor in the new process that holds the Landlock rules of places, ports and scopes, made
    /// by ``rules()`` before it was started; nil: it makes them itself.
    public var rulesDescriptor: Int32?
    /// The descriptor in the new process that holds its system-call filter, as BPF; nil: none.
    public var filterDescriptor: Int32?
    /// Whether the set of capabilities that any program could ever get is emptied; needs CAP_SETPCAP.
    public var dropsBoundingSet = false
    /// Descriptors that may be open.
    public var openFilesMax: UInt64?
    /// Processes and threads that its user may have; 0: it starts none.
    public var processesMax: UInt64?
    /// Bytes that a file may grow to.
    public var fileBytesMax: UInt64?
    /// Bytes of memory that it may write to; what it maps of files only to read does not count.
    public var dataBytesMax: UInt64?
    /// How willingly the kernel ends it when memory is short: -1000 to 1000.
    public var outOfMemoryScore: Int?
    /// Whether standard error becomes what standard input is: under the daemon it is the daemon's own,
    /// and a runner that was taken over could speak in its name.
    public var leavesStandardError = false
    /// The folder of the control group that it moves into.
    public var controlGroup: String?

    /// One that takes no more than what costs nothing anywhere: no new privileges, no capabilities, no
    /// core, no look into its memory.
    public init() {}
}

extension Confinement {
    // Source: landlock(7); what name resolution of the C library reads.
    /// Files that tell how names are resolved.
    public static let nameResolutionFiles = [
        "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/services", "/etc/host.conf",
        "/etc/gai.conf", "/etc/protocols",
    ]

    /// Adds what resolving host names reads, where it is there.
    public mutating func allowNameResolution() {
        guard let known = places else { return }
        places =
            known
            + Self.nameResolutionFiles.map { Place($0, .read, isOptional: true) }
    }
}
