import Glibc
import TestKit

extension DiskAfterCut {
    /// Makes everything below `root` in a real folder, which must be empty.
    mutating func write(
        _ root: String,
        to folder: String,
        where isWanted: (String) -> Bool = { _ in true }
    ) throws {
        try forEach(below: root, where: isWanted) { name, item, bytes in
            let path = "\(folder)/\(name)"
            switch item.content {
            case .folder: mkdir(path, 0o700)
            case .link(let target): symlink(target, path)
            case .file: try writeFile(path, bytes)
            }
            if let owner = item.owner {
                lchown(
                    path,
                    uid_t(truncatingIfNeeded: owner),
                    gid_t(truncatingIfNeeded: owner >> 32)
                )
            }
            guard case .link = item.content else {
                chmod(path, mode_t(item.mode & 0o7777))
                return
            }
        }
    }

    /// How a real folder differs from what is below `root`; each file is looked at whole.
    ///
    /// SQLite's index of its log is left out: it is a mapping, and is made anew after a crash.
    mutating func differences(_ root: String, from folder: String) throws -> [String] {
        var differences: [String] = []
        var expected: Set<String> = []
        try forEach(below: root) { name, item, bytes in
            guard !name.hasSuffix("-shm") else { return }
            expected.insert(name)
            let path = "\(folder)/\(name)"
            var facts = stat()
            guard lstat(path, &facts) == 0 else {
                return differences.append("\(path) is not there")
            }
            switch item.content {
            case .folder:
                if facts.st_mode & S_IFMT != S_IFDIR { differences.append("\(path) is no folder") }
            case .link(let target):
                if readLink(path) != target { differences.append("\(path) leads elsewhere") }
            case .file:
                let real = try readBytes(path)
                if real != bytes {
                    differences.append("\(path) has \(real.count) bytes, played \(bytes.count)")
                }
            }
        }
        for name in everything(below: folder) where !name.hasSuffix("-shm") {
            if !expected.contains(name) { differences.append("\(folder)/\(name) was not played") }
        }
        return differences
    }
}

/// Where a link leads.
private func readLink(_ path: String) -> String {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = buffer.withUnsafeMutableBytes { bytes in
        guard let start = bytes.baseAddress else { return 0 }
        return readlink(path, start.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
}

/// The names of everything below a folder.
func everything(below folder: String) -> [String] {
    var names: [String] = []
    var places = [""]
    while let place = places.popLast() {
        for name in folders(place.isEmpty ? folder : "\(folder)/\(place)") {
            let path = place.isEmpty ? name : "\(place)/\(name)"
            names.append(path)
            var facts = stat()
            if lstat("\(folder)/\(path)", &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
                places.append(path)
            }
        }
    }
    return names
}
