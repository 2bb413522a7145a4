internal import CLinux
internal import Glibc

/// The lock on an instance file: as long as it is held, the instance lives.
///
/// The kernel lets it go when the process ends, however it ends. It is a lock of the open file
/// (fcntl(2), `F_OFD_SETLK`), so that asking for it never stands in the way of taking it.
public final class InstanceLock: Sendable {
    private let file: OwnedDescriptor

    /// Takes the lock for this process and writes its record into the file.
    ///
    /// Throws ``HostError/instanceIsRunning(path:)`` when another process has it.
    public init(path: String, record: InstanceRecord) throws(HostError) {
        file = try SystemCall.open(path, O_RDWR | O_CREAT)
        guard swiftlet_lock(file.number) == 0 else {
            let number = Glibc.errno
            if number == EAGAIN || number == EACCES { throw .instanceIsRunning(path: path) }
            throw .system(call: "fcntl(F_OFD_SETLK)", path: path, errno: number)
        }
        try SystemCall.truncate(file, byteCount: 0, path: path)
        try SystemCall.write(file, record.bytes, path: path)
    }

    /// Whether some process has the lock on the file now; no when there is no file.
    public static func isHeld(_ path: String) -> Bool {
        guard let file = try? SystemCall.open(path, O_RDONLY) else { return false }
        return withExtendedLifetime(file) { swiftlet_is_locked(file.number) == 1 }
    }
}
