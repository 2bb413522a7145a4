// Where relative paths start.
//
// Preview 1 has no working directory: a libc gives each path to the open folder whose name is the
// longest beginning of it, and wasi-libc takes `/` and `.` for the same empty name, of which the one
// that was opened last wins. So a guest that starts in another folder than `/` is given every folder
// at the top of `/` by its own name, and its working directory, last, as `.`: absolute paths meet
// the longer names, and all others start where they should. (A file that lies in `/` itself is then
// out of reach by its absolute path.)
extension Preview1 {
    // Why: a root file system has about twenty; each costs a descriptor of the guest's table.
    private static let topFoldersMax = 64
    private static let entriesBytes = 65_536

    /// The folders to open beside the ones that were declared.
    ///
    /// All are opened below `/`, so that a link in there leads nowhere else.
    static func folders(
        forWorkingDirectory path: String,
        _ declared: [Descriptor],
        _ resolver: PathResolver
    ) throws(WASIError) -> [Descriptor] {
        let relative = path.utf8.drop { $0 == GuestPath.slash }
        guard !relative.isEmpty, let root = declared.first(where: { $0.folderName == [0x2F] }),
            case .host(let folder) = root.kind
        else { return [] }
        let known = Set(declared.compactMap(\.folderName))
        var added: [Descriptor] = []
        for name in topNames(folder) where !known.contains([GuestPath.slash] + name) {
            guard added.count < topFoldersMax,
                let below = try? open(name, root, folder, resolver)
            else { continue }
            added.append(named([GuestPath.slash] + name, below))
        }
        // A declared folder, a volume for example, may lie on the way.
        let start = longest(Array(path.utf8), declared)
        let rest = Array(path.utf8.dropFirst(start.folderName?.count ?? 0).drop { $0 == 0x2F })
        do throws(ErrorNumber) {
            guard case .host(let host) = start.kind else { return added }
            let below = rest.isEmpty ? start : try open(rest, start, host, resolver)
            return added + [named([0x2E], below)]
        } catch {
            throw .folder(hostPath: path, errno: 0, reason: "no such working directory (\(error))")
        }
    }

    private static func named(_ name: [UInt8], _ entry: Descriptor) -> Descriptor {
        var entry = entry
        entry.folderName = name
        return entry
    }

    private static func open(
        _ path: [UInt8],
        _ parent: Descriptor,
        _ folder: HostFile,
        _ resolver: PathResolver
    ) throws(ErrorNumber) -> Descriptor {
        var entry = parent
        let flags = HostFile.folderFlags
        entry.kind = .host(try resolver.open(try GuestPath(path), below: folder, flags: flags))
        return entry
    }

    /// The declared folder whose name is the longest beginning of `path`.
    private static func longest(_ path: [UInt8], _ declared: [Descriptor]) -> Descriptor {
        func matchLength(_ entry: Descriptor) -> Int {
            guard let name = entry.folderName, path.starts(with: name) else { return -1 }
            let isWhole = name.last == 0x2F || path.count == name.count || path[name.count] == 0x2F
            return isWhole ? name.count : -1
        }
        return declared.max { matchLength($0) < matchLength($1) } ?? declared[0]
    }

    private static func topNames(_ folder: HostFile) -> [[UInt8]] {
        guard let packed = try? folder.entries(from: 0, byteCount: entriesBytes) else { return [] }
        var names = DirectoryEntries(packed)
        var found: [[UInt8]] = []
        while let entry = names.next() {
            let name = Array(entry.name)
            if entry.type == .directory, name != [0x2E], name != [0x2E, 0x2E] {
                found.append(name)
            }
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
