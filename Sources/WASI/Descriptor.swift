/// What stands behind one descriptor of a guest.
struct Descriptor {
    /// What it is.
    enum Kind {
        /// A file, pipe, device or folder of the host.
        case host(HostFile)
        /// An object of ours that takes bytes.
        case sink(any OutputSink)
        /// Standard input without anything to read.
        case empty
    }

    var kind: Kind
    var type: FileType
    /// What may be done with it.
    var rights: Rights
    /// What may be done with descriptors that are opened below it.
    var inheriting: Rights
    /// The name that the guest knows a folder by that was open from the start.
    var folderName: [UInt8]?
    /// Whether nothing may be changed through it, or below it.
    var isReadOnly = false
    /// Whether it is standard input, which ends when the guest is interrupted.
    var isStandardInput = false
    /// Whether reads and writes never wait.
    var isNonBlocking = false
    /// What more there is to know when it is a socket, whose file is the one in `kind`.
    var socket: GuestSocket?
    /// Whether the guest has it; the place of one that it has closed is free.
    fileprivate(set) var isOpen = true

    /// What stands where nothing is open.
    static var closed: Descriptor {
        var none = Descriptor(kind: .empty, type: .unknown, rights: [], inheriting: [])
        none.isOpen = false
        return none
    }
}

/// What kind of thing a descriptor is for.
///
/// Source: WASI preview 1, `filetype`.
enum FileType: UInt8 {
    case unknown = 0
    case blockDevice = 1
    case characterDevice = 2
    case directory = 3
    case regularFile = 4
    case socketDatagram = 5
    case socketStream = 6
    case symbolicLink = 7
}

/// Flags of a descriptor.
///
/// Source: WASI preview 1, `fdflags`.
struct DescriptorFlags: OptionSet {
    let rawValue: UInt16
    static let append = DescriptorFlags(rawValue: 1 << 0)
    static let dataSync = DescriptorFlags(rawValue: 1 << 1)
    static let nonBlocking = DescriptorFlags(rawValue: 1 << 2)
    static let readSync = DescriptorFlags(rawValue: 1 << 3)
    static let sync = DescriptorFlags(rawValue: 1 << 4)
    static let all: DescriptorFlags = [.append, .dataSync, .nonBlocking, .readSync, .sync]
}
