internal import CLinux
internal import Glibc

// This file is a fence: it copies folders with the modes and links of what is in them.

/// Copies a folder of ours, which was unpacked within the limits and so is bounded.
enum TreeCopy {
    static func copy(_ source: String, to target: String) throws(ImageError) {
        for name in try StoreFile.names(in: source) {
            let from = "\(source)/\(name)"
            let into = "\(target)/\(name)"
            var facts = stat()
            // Safety: the result is a local of the right type; the paths outlive the calls.
            guard unsafe lstat(from, &facts) == 0 else { throw StoreFile.failure("lstat", from) }
            switch facts.st_mode & S_IFMT {
            case S_IFDIR:
                guard unsafe mkdir(into, 0o700) == 0 else { throw StoreFile.failure("mkdir", into) }
                try copy(from, to: into)
                guard unsafe chmod(into, facts.st_mode & 0o777 | 0o700) == 0 else {
                    throw StoreFile.failure("chmod", into)
                }
            case S_IFLNK:
                guard let link = StoreFile.linkTarget(from), unsafe symlink(link, into) == 0 else {
                    throw StoreFile.failure("symlink", into)
                }
            case S_IFREG:
                let file = try OpenFile(from, O_RDONLY)
                let mode = UInt32(facts.st_mode & 0o777 | 0o600)
                let made = try OpenFile(into, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
                try made.copy(from: file)
                try made.sync()
            default: continue  // unpacking makes nothing else
            }
        }
        try StoreFile.syncFolder(target)
    }
}
