internal import CLinux
internal import Glibc

/// A file descriptor that is closed when its last owner lets it go.
public final class OwnedDescriptor: Sendable {
    /// The number; valid as long as this object lives, which may be no longer than its last mention.
    ///
    /// Keep it with `withExtendedLifetime` around a call that gets the bare number.
    public let number: Int32

    /// Takes over a descriptor that nobody else will close.
    public init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// A second descriptor for the same open file, to be owned on its own: `copy(of: 2)`.
    public static func copy(of number: Int32) throws(HostError) -> OwnedDescriptor {
        try copy(number, from: 3)
    }

    /// A second descriptor for the same open file, with a number from `lowest` on.
    func copy(from lowest: Int32) throws(HostError) -> OwnedDescriptor {
        try Self.copy(number, from: lowest)
    }

    private static func copy(
        _ number: Int32,
        from lowest: Int32
    ) throws(HostError) -> OwnedDescriptor {
        let copy = fcntl(number, F_DUPFD_CLOEXEC, lowest)
        guard copy >= 0 else {
            throw .system(call: "fcntl", path: "descriptor \(number)", errno: errno)
        }
        return OwnedDescriptor(copy)
    }

    /// A file in memory with these bytes, at its beginning: to hand something over to a program
    /// without a name in the file system.
    public static func holding(_ bytes: [UInt8], name: String) throws(HostError) -> OwnedDescriptor
    {
        let file = try SystemCall.memoryFile(name)
        try SystemCall.write(file, bytes, path: name)
        try SystemCall.rewind(file, path: name)
        return file
    }

    /// As ``holding(_:name:)``, and sealed: whoever gets it can trust that nobody changes it.
    public static func sealed(_ bytes: [UInt8], name: String) throws(HostError) -> OwnedDescriptor {
        let file = try SystemCall.sealableFile(name)
        try SystemCall.write(file, bytes, path: name)
        try SystemCall.rewind(file, path: name)
        guard swiftlet_seal(file.number) == 0 else {
            throw .system(call: "fcntl(F_ADD_SEALS)", path: name, errno: errno)
        }
        return file
    }

    /// Whether this is a file in memory that nobody can change any more.
    public var isSealed: Bool { swiftlet_is_sealed(number) == 1 }

    /// A folder to make and rename files in, whatever becomes of the right to reach it by its path.
    public static func folder(_ path: String) throws(HostError) -> OwnedDescriptor {
        try SystemCall.open(path, O_RDONLY | O_DIRECTORY)
    }

    /// Both ends of a new pipe.
    public static func pipe() throws(HostError) -> (
        reader: OwnedDescriptor, writer: OwnedDescriptor
    ) { try SystemCall.pipe() }
}
