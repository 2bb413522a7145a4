/// What a recording has made of a disk: everything as the programs saw it, and what of that a power cut
/// cannot take away any more.
///
/// A file's bytes are safe once the file was synced after them. A name is safe once its folder was synced
/// after it, and with a journal once anything was: its changes are written in their order. A sync that
/// failed makes nothing safe, and what it was about is lost even to a later one, as Linux has it (the
/// pages count as clean).
struct DiskModel {
    /// A change of a file's bytes.
    struct DataChange {
        enum What {
            case write(at: Int, ArraySlice<UInt8>)
            case truncate(to: Int)
            case punch(at: Int, count: Int)
        }
        var what: What
        var isSafe = false
        var wasLost = false
    }

    /// A file, a folder or a link.
    struct Item {
        enum Content {
            case file
            case folder
            case link(String)
        }
        var content: Content
        var changes: [DataChange] = []
        var mode: UInt32
        var owner: UInt64?
    }

    /// A name in a folder.
    struct Place: Hashable {
        var folder: Int
        var name: String
    }

    /// A change of names that happens whole or not at all.
    struct NameChange {
        var becomes: [(place: Place, item: Int?)]
    }

    private(set) var items: [Item] = []
    private(set) var live: [Place: Int] = [:]
    private(set) var safe: [Place: Int] = [:]
    private(set) var pending: [NameChange] = []
    /// Changes that could not be understood; there must be none.
    private(set) var problems: [String] = []
    private(set) var roots: [String: Int] = [:]
    private var byInode: [UInt64: Int] = [:]
    private let hasJournal: Bool

    /// A disk with the empty folders `roots`, by their paths and inodes.
    init(roots: [String: UInt64], hasJournal: Bool) {
        self.hasJournal = hasJournal
        for (path, inode) in roots.sorted(by: { $0.key < $1.key }) {
            self.roots[path] = add(Item(content: .folder, mode: 0o755), inode)
        }
    }

    /// Applies the next change.
    mutating func apply(_ change: Change) {
        switch change.kind {
        case .makeFile: make(Item(content: .file, mode: change.mode), change)
        case .makeFolder: make(Item(content: .folder, mode: change.mode), change)
        case .makeLink: make(Item(content: .link(change.target), mode: 0o777), change)
        case .hardLink: rename(change) { from, to, item, _ in [(from, item), (to, item)] }
        case .rename: rename(change) { from, to, item, _ in [(from, nil), (to, item)] }
        case .exchange: rename(change) { from, to, item, other in [(from, other), (to, item)] }
        case .remove:
            guard let place = place(of: change.path) else { return fail(change) }
            set([(place, nil)])
        case .write: data(.write(at: change.offset, change.data), change)
        case .truncate: data(.truncate(to: change.offset), change)
        case .punch:
            var reader = LittleEndian(bytes: change.data)
            data(.punch(at: change.offset, count: Int(reader.number(8))), change)
        case .sync: sync(change)
        case .syncAll:
            commit { _ in true }
            for item in items.indices { keep(item) }
        case .mode, .owner: attribute(change)
        case .sent: break
        case .mapped:
            if !change.path.hasSuffix("-shm") { fail(change) }
        }
    }

    private mutating func fail(_ change: Change) {
        problems.append("\(change.kind) \(change.path) \(change.target) inode \(change.inode)")
    }

    private mutating func add(_ item: Item, _ inode: UInt64) -> Int {
        items.append(item)
        if inode != 0 { byInode[inode] = items.count - 1 }
        return items.count - 1
    }
}

// Names.
extension DiskModel {
    /// The item at a path, as the programs see it.
    func item(at path: String) -> Int? {
        if let root = roots[path] { return root }
        return place(of: path).flatMap { live[$0] }
    }

    private func place(of path: String) -> Place? {
        guard let root = roots.first(where: { path.hasPrefix($0.key + "/") }) else { return nil }
        var folder = root.value
        let names = path.dropFirst(root.key.count + 1).split(separator: "/").map(String.init)
        guard let last = names.last else { return nil }
        for name in names.dropLast() {
            guard let next = live[Place(folder: folder, name: name)] else { return nil }
            folder = next
        }
        return Place(folder: folder, name: last)
    }

    private mutating func make(_ item: Item, _ change: Change) {
        guard let place = place(of: change.path) else { return fail(change) }
        set([(place, add(item, change.inode))])
    }

    private mutating func rename(
        _ change: Change,
        _ result: (Place, Place, Int, Int?) -> [(place: Place, item: Int?)]
    ) {
        guard let from = place(of: change.path), let to = place(of: change.target),
            let item = live[from]
        else { return fail(change) }
        // Two names of one file: nothing happens. Source: rename(2).
        guard live[to] != item else { return }
        set(result(from, to, item, live[to]))
    }

    private mutating func set(_ becomes: [(place: Place, item: Int?)]) {
        for (place, item) in becomes { live[place] = item }
        pending.append(NameChange(becomes: becomes))
    }

    /// Makes the pending changes safe that `isMeant`, with the earlier ones of the same names.
    private mutating func commit(_ isMeant: (NameChange) -> Bool) {
        var wanted: Set<Place> = []
        var kept: [NameChange] = []
        var done: [NameChange] = []
        for change in pending.reversed() {
            let places = change.becomes.map(\.place)
            if isMeant(change) || !wanted.isDisjoint(with: places) {
                wanted.formUnion(places)
                done.append(change)
            } else {
                kept.append(change)
            }
        }
        for change in done.reversed() {
            for (place, item) in change.becomes { safe[place] = item }
        }
        pending = kept.reversed()
    }
}

// Bytes.
extension DiskModel {
    private mutating func data(_ what: DataChange.What, _ change: Change) {
        guard let item = byInode[change.inode] else { return fail(change) }
        items[item].changes.append(DataChange(what: what))
    }

    private mutating func keep(_ item: Int) {
        for index in items[item].changes.indices where !items[item].changes[index].wasLost {
            items[item].changes[index].isSafe = true
        }
    }

    private mutating func sync(_ change: Change) {
        guard let item = byInode[change.inode] else { return fail(change) }
        if change.hasFailed {
            for index in items[item].changes.indices where !items[item].changes[index].isSafe {
                items[item].changes[index].wasLost = true
            }
            return
        }
        keep(item)
        if hasJournal {
            commit { _ in true }
        } else if case .folder = items[item].content {
            commit { $0.becomes.contains { $0.place.folder == item } }
        }
    }

    private mutating func attribute(_ change: Change) {
        guard let item = change.inode == 0 ? item(at: change.path) : byInode[change.inode] else {
            return fail(change)
        }
        if change.kind == .mode {
            items[item].mode = change.mode
        } else {
            items[item].owner = UInt64(bitPattern: Int64(change.offset))
        }
    }
}
