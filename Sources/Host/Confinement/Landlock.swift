internal import CLinux
internal import Glibc

// This file is a fence: places are opened by C strings.

/// A set of Landlock rules that is being made: what is not named in it will be out of reach.
///
/// Source: landlock(7) and Linux's Documentation/userspace-api/landlock.rst, versions 1 to 6.
struct Landlock {
    private enum Right {
        static let writeFile: UInt64 = 1 << 1
        static let readFile: UInt64 = 1 << 2
        static let readFolder: UInt64 = 1 << 3
        static let removeFolder: UInt64 = 1 << 4
        static let removeFile: UInt64 = 1 << 5
        static let makeFolder: UInt64 = 1 << 7
        static let makeFile: UInt64 = 1 << 8
        static let makeLink: UInt64 = 1 << 12
        // Since version 2: renaming and linking from one folder to another.
        static let refer: UInt64 = 1 << 13
        // Since version 3.
        static let truncate: UInt64 = 1 << 14
        /// What is meaningful for a file that is no folder.
        static let ofFiles = writeFile | readFile | truncate

        static func of(_ access: Confinement.Place.Access) -> UInt64 {
            let read = readFile | readFolder
            let files = read | writeFile | removeFile | makeFile | truncate
            return switch access {
            case .read: read
            case .files: files
            case .write: files | removeFolder | makeFolder | makeLink | refer
            }
        }

        static let listen: UInt64 = 1 << 0
        static let connect: UInt64 = 1 << 1
    }

    /// The version that gives ports.
    static let portsSince: Int32 = 4
    /// The version that gives scopes.
    static let scopesSince: Int32 = 6

    /// The descriptor of the rules.
    let ruleset: OwnedDescriptor
    private let handled: UInt64

    /// Takes over a set that is complete; one that is none is found out by ``restrict()``.
    init(ruleset: OwnedDescriptor) {
        self.ruleset = ruleset
        handled = 0
    }

    /// Begins a set for what this kernel knows.
    init(_ confinement: Confinement) throws(HostError) {
        let version = swiftlet_landlock_version()
        guard version >= 1 else { throw Self.failure("landlock_create_ruleset", "landlock") }
        let files: UInt64 =
            switch version {
            case 1: (1 << 13) - 1
            case 2: (1 << 14) - 1
            case 3, 4: (1 << 15) - 1
            // Since version 5: ioctl(2) on devices.
            default: (1 << 16) - 1
            }
        handled = confinement.places == nil ? 0 : files
        let ports =
            (confinement.listeningPorts == nil ? 0 : Right.listen)
            | (confinement.connectingPorts == nil ? 0 : Right.connect)
        let scopes: UInt64 = confinement.isScoped ? 3 : 0
        // Longer attributes are an error for kernels that do not know them, unless they are zero.
        let number = swiftlet_landlock_create(handled, ports, scopes, 24)
        guard number >= 0 else { throw Self.failure("landlock_create_ruleset", "landlock") }
        ruleset = OwnedDescriptor(number)
        for place in confinement.places ?? [] { try add(place) }
        for port in confinement.listeningPorts ?? [] { try add(port, Right.listen) }
        for port in confinement.connectingPorts ?? [] { try add(port, Right.connect) }
    }

    /// From here on nothing else is in reach of this thread and what it starts.
    func restrict() throws(HostError) {
        guard withExtendedLifetime(ruleset, { swiftlet_landlock_restrict(ruleset.number) }) == 0
        else { throw Self.failure("landlock_restrict_self", "landlock") }
    }

    private func add(_ place: Confinement.Place) throws(HostError) {
        // Safety: the path is a Swift string that outlives the call; the facts are a local.
        let number = unsafe swiftlet_open_place(place.path)
        guard number >= 0 else {
            if place.isOptional, errno == ENOENT || errno == EACCES { return }
            throw Self.failure("open", place.path)
        }
        let descriptor = OwnedDescriptor(number)
        var facts = stat()
        guard unsafe fstat(descriptor.number, &facts) == 0 else {
            throw Self.failure("fstat", place.path)
        }
        var rights = Right.of(place.access)
        if facts.st_mode & S_IFMT != S_IFDIR { rights &= Right.ofFiles }
        let result = withExtendedLifetime(descriptor) {
            swiftlet_landlock_add_path(ruleset.number, rights & handled, descriptor.number)
        }
        guard result == 0 else { throw Self.failure("landlock_add_rule", place.path) }
    }

    private func add(_ port: UInt16, _ right: UInt64) throws(HostError) {
        guard swiftlet_landlock_add_port(ruleset.number, right, UInt64(port)) == 0 else {
            throw Self.failure("landlock_add_rule", "port \(port)")
        }
    }

    private static func failure(_ call: String, _ path: String) -> HostError {
        .system(call: call, path: path, errno: Glibc.errno)
    }
}
