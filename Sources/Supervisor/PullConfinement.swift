public import Host
public import Images

/// What a pull of the daemon's gives up: all but its store, the link, and the files that it is told of.
public struct PullConfinement: Sendable {
    private let kernel: KernelSupport
    private let filter: OwnedDescriptor?
    private let user: Confinement.User?

    // Why: one layer is open at a time, with its archive and a socket; the rest is name resolution.
    private static let openFilesMax: UInt64 = 256
    // Why: unpacking by zstd may want a window of 128 MiB; nothing else of a pull comes near.
    private static let dataBytesMax: UInt64 = 192 << 20
    // Why: when memory is short, a pull goes before any workload; it goes on later where it was.
    private static let outOfMemoryScore = 1_000
    // Source: OpenSSL's and curl's places on Debian, Fedora, Arch and Alpine.
    private static let authorities = [
        "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/usr/lib/ssl",
        "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
    ]
    // By this a pull knows after a kill whether the power was away too.
    private static let bootID = "/proc/sys/kernel/random/boot_id"

    /// A confinement that this kernel can give.
    ///
    /// - Parameters:
    ///   - kernel: What can be had.
    ///   - filter: The puller's filter of system calls as a sealed file; nil: none.
    ///   - user: Who a pull becomes, to whom the store must belong; nil: it stays our own user.
    public init(
        kernel: KernelSupport,
        filter: OwnedDescriptor?,
        user: Confinement.User? = nil
    ) {
        self.kernel = kernel
        self.filter = filter
        self.user = kernel.canChangeUser ? user : nil
    }

    /// Whom the store has to belong to; nil where files cannot be given away.
    public var storeOwner: FileOwner? {
        guard kernel.canChangeUser else { return nil }
        return FileOwner(user: user?.id ?? kernel.ownUser, group: user?.group ?? kernel.ownUser)
    }

    /// The descriptors that the puller inherits, and what it is told of them.
    ///
    /// - Parameters:
    ///   - store: The folder of the store.
    ///   - readable: Other files and folders that this pull reads.
    ///   - first: The number of the first of the descriptors in the new process.
    /// - Returns: Both.
    /// - Throws: The system has no memory for the list.
    func handOver(
        store: String,
        readable: [String],
        first: Int32
    ) throws(HostError) -> (descriptors: [OwnedDescriptor], flags: [String]) {
        var wanted = Confinement()
        wanted.user = user
        wanted.places =
            [Confinement.Place(store, .write)]
            + (readable + Self.authorities + [Self.bootID]).map {
                Confinement.Place($0, .read, isOptional: true)
            }
        wanted.allowNameResolution()
        wanted.listeningPorts = []
        wanted.isScoped = true
        wanted.dropsBoundingSet = true
        wanted.leavesStandardError = true
        wanted.openFilesMax = Self.openFilesMax
        wanted.fileBytesMax = UInt64(ImageLimits.unpackedByteCountMax)
        wanted.dataBytesMax = Self.dataBytesMax
        wanted.outOfMemoryScore = Self.outOfMemoryScore
        wanted.filterDescriptor = filter == nil ? nil : first + 1
        let list = try OwnedDescriptor.sealed(
            kernel.fit(wanted).encoded(),
            name: "swiftlet-pull confinement"
        )
        return ([list] + (filter.map { [$0] } ?? []), ["--confine-fd", "\(first)"])
    }
}
