import Glibc

// This file is a fence: the few calls on the socket's file, each with a Swift string in and a
// number out, so that nothing else in the module meets a pointer.

/// What the socket's place in the file system needs.
public enum SystemFile {
    /// What is at a path.
    enum Kind: Equatable {
        case nothing
        case socket(inode: UInt64)
        case other
    }

    /// Looks without following a link.
    static func kind(of path: String) -> Kind {
        var status = stat()
        // Safety: the path is a Swift string and the result a local; both outlive the call.
        guard unsafe lstat(path, &status) == 0 else { return .nothing }
        return status.st_mode & S_IFMT == S_IFSOCK ? .socket(inode: UInt64(status.st_ino)) : .other
    }

    /// The user that this process acts as.
    public static var effectiveUserID: UInt32 { geteuid() }

    static func remove(_ path: String) throws(ControlError) {
        // Safety: as above.
        guard unsafe unlink(path) == 0 else { throw failure("unlink", path) }
    }

    static func setMode(_ mode: UInt32, of path: String) throws(ControlError) {
        // Safety: as above.
        guard unsafe chmod(path, mode_t(mode)) == 0 else { throw failure("chmod", path) }
    }

    static func setGroup(_ group: UInt32, of path: String) throws(ControlError) {
        // Safety: as above; the all-ones user id means "leave as it is" (chown(2)).
        guard unsafe chown(path, uid_t.max, gid_t(group)) == 0 else {
            throw failure("chown", path)
        }
    }

    static func move(_ path: String, to target: String) throws(ControlError) {
        // Safety: as above.
        guard unsafe rename(path, target) == 0 else { throw failure("rename", target) }
    }

    /// The C library's words for an error number.
    static func text(ofErrno number: Int32) -> String {
        // Safety: strerror answers with a zero-terminated string for every number.
        unsafe String(cString: strerror(number))
    }

    private static func failure(_ call: String, _ path: String) -> ControlError {
        .system(call: call, path: path, errno: errno)
    }
}
