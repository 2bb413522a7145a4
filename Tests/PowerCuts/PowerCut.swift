import TestKit

/// What is gone after a power cut, of that which was not synced.
enum Loss: String, CaseIterable, Sendable {
    /// Nothing: the programs were killed, or the disk was quick.
    case nothing
    /// Everything.
    case everything
    /// As with ext4's ordered journal: names up to some moment, in their order; bytes by chance.
    case journal
    /// The worst that POSIX allows: any names, any bytes, in any order, files longer than what is in them.
    case disorder
}

/// A power cut: after which change, what was lost, and the seed of what chance decides.
struct PowerCut: CustomStringConvertible, Sendable {
    var position: Int
    var loss: Loss
    var seed: UInt64

    var description: String { "\(position):\(loss.rawValue):\(seed)" }

    init(position: Int, loss: Loss, seed: UInt64) {
        self.position = position
        self.loss = loss
        self.seed = seed
    }

    /// Reads what ``description`` wrote.
    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 3, let position = Int(parts[0]),
            let loss = Loss(rawValue: String(parts[1])), let seed = UInt64(parts[2])
        else { return nil }
        self.init(position: position, loss: loss, seed: seed)
    }

    /// What is on the disk when the power is back.
    func disk(_ recording: Recording, roots: [String: UInt64]) -> DiskAfterCut {
        var model = DiskModel(roots: roots, hasJournal: loss == .journal)
        for change in recording.changes.prefix(position) { model.apply(change) }
        return DiskAfterCut(model, self)
    }
}

/// The folders and files that a power cut leaves.
struct DiskAfterCut {
    private let model: DiskModel
    private let loss: Loss
    private var names: [Int: [String: Int]] = [:]
    private var random: SeededGenerator
    private var contents: [Int: [UInt8]] = [:]

    // Source: the unit that disks write whole.
    private static let sectorByteCount = 512

    init(_ model: DiskModel, _ cut: PowerCut) {
        self.model = model
        loss = cut.loss
        random = SeededGenerator(seed: cut.seed)
        for (place, item) in survivingNames() {
            names[place.folder, default: [:]][place.name] = item
        }
    }

    private mutating func survivingNames() -> [DiskModel.Place: Int] {
        var names = model.safe
        switch loss {
        case .nothing: return model.live
        case .everything: return names
        case .journal:
            let count = Int.random(in: 0...model.pending.count, using: &random)
            for change in model.pending.prefix(count) {
                for (place, item) in change.becomes { names[place] = item }
            }
        case .disorder:
            var held: Set<DiskModel.Place> = []
            for change in model.pending {
                let places = change.becomes.map(\.place)
                if held.isDisjoint(with: places), Bool.random(using: &random) {
                    for (place, item) in change.becomes { names[place] = item }
                } else {
                    held.formUnion(places)
                }
            }
        }
        return names
    }

    /// The bytes of a file.
    private mutating func bytes(of item: Int) -> [UInt8] {
        // Two names of one file have the same bytes.
        if let known = contents[item] { return known }
        var bytes: [UInt8] = []
        for change in model.items[item].changes {
            if change.isSafe || loss == .nothing {
                apply(change.what, to: &bytes)
            } else if loss != .everything {
                perhaps(change.what, to: &bytes)
            }
        }
        contents[item] = bytes
        return bytes
    }

    private func apply(_ what: DiskModel.DataChange.What, to bytes: inout [UInt8]) {
        switch what {
        case .write(let offset, let data):
            extend(&bytes, to: offset + data.count)
            bytes.replaceSubrange(offset..<offset + data.count, with: data)
        case .truncate(let size):
            if size < bytes.count { bytes.removeLast(bytes.count - size) }
            extend(&bytes, to: size)
        case .punch(let offset, let count):
            let end = min(bytes.count, offset + count)
            guard offset < end else { return }
            bytes.replaceSubrange(offset..<end, with: repeatElement(0, count: end - offset))
        }
    }

    private func extend(_ bytes: inout [UInt8], to size: Int) {
        if bytes.count < size {
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
    }

    /// Applies a change that was not synced whole, in part, or not at all.
    private mutating func perhaps(_ what: DiskModel.DataChange.What, to bytes: inout [UInt8]) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: apply(what, to: &bytes)
        case 4..<7:
            guard case .write(let offset, let data) = what else { return }
            // A file may have got its size without its bytes.
            if loss == .disorder, Bool.random(using: &random) {
                extend(&bytes, to: offset + data.count)
            }
        default:
            guard case .write(let offset, let data) = what else { return }
            tear(offset, data, &bytes)
        }
    }

    /// Some sectors of a write.
    private mutating func tear(_ offset: Int, _ data: ArraySlice<UInt8>, _ bytes: inout [UInt8]) {
        var position = offset
        let end = offset + data.count
        while position < end {
            let next = min(end, (position / Self.sectorByteCount + 1) * Self.sectorByteCount)
            if Bool.random(using: &random) {
                let start = data.startIndex + position - offset
                let part = data[start..<start + next - position]
                apply(.write(at: position, part), to: &bytes)
            }
            position = next
        }
    }
}

// To a real folder.
extension DiskAfterCut {
    /// Calls `body` with each thing below a root: its path relative to that, folders before what is in them.
    mutating func forEach(
        below root: String,
        where isWanted: (String) -> Bool = { _ in true },
        _ body: (String, DiskModel.Item, [UInt8]) throws -> Void
    ) rethrows {
        guard let number = model.roots[root] else { return }
        var folders = [(path: "", number: number)]
        while let folder = folders.popLast() {
            for (name, item) in (names[folder.number] ?? [:]).sorted(by: { $0.key < $1.key }) {
                let path = folder.path.isEmpty ? name : "\(folder.path)/\(name)"
                guard isWanted(path) else { continue }
                if case .folder = model.items[item].content { folders.append((path, item)) }
                try body(path, model.items[item], bytes(of: item))
            }
        }
    }

    /// What the recording could not explain.
    var problems: [String] { model.problems }
}
