import TestKit
import Testing

// Goal: the model of a disk loses what POSIX lets it lose, and nothing else. Method: short recordings made
// by hand; what is left after many cuts of each kind.
@Suite("The model of a disk")
struct DiskModelTests {
    private static let root = "/disk"
    private static let roots: [String: UInt64] = [root: 1]

    private static func make(_ name: String, _ inode: UInt64) -> Change {
        Change(kind: .makeFile, inode: inode, mode: 0o600, path: "\(root)/\(name)")
    }

    private static func write(_ inode: UInt64, _ bytes: [UInt8], at offset: Int = 0) -> Change {
        Change(kind: .write, inode: inode, offset: offset, data: bytes[...])
    }

    private static func rename(_ name: String, _ target: String) -> Change {
        Change(kind: .rename, path: "\(root)/\(name)", target: "\(root)/\(target)")
    }

    private static let folderSync = Change(kind: .sync, inode: 1)

    private static func sync(_ inode: UInt64, fails: Bool = false) -> Change {
        Change(kind: .sync, hasFailed: fails, inode: inode)
    }

    /// What may be on the disk after a cut behind all changes: every picture that some seed gives.
    private static func pictures(_ changes: [Change], _ loss: Loss) -> Set<[String: [UInt8]]> {
        var pictures: Set<[String: [UInt8]]> = []
        for seed in 0..<200 {
            let cut = PowerCut(position: changes.count, loss: loss, seed: UInt64(seed))
            var disk = cut.disk(Recording(changes: changes), roots: roots)
            #expect(disk.problems.isEmpty)
            var files: [String: [UInt8]] = [:]
            disk.forEach(below: root) { files[$0] = $2 }
            pictures.insert(files)
        }
        return pictures
    }

    @Test("what was synced with its folder is there after every cut", arguments: Loss.allCases)
    func synced(loss: Loss) {
        let changes = [
            Self.make("a", 2), Self.write(2, [1, 2, 3]), Self.sync(2), Self.folderSync,
        ]
        #expect(Self.pictures(changes, loss) == [["a": [1, 2, 3]]])
    }

    @Test("a file whose folder was not synced may be gone, except where a journal has its name")
    func nameNotSynced() {
        let changes = [Self.make("a", 2), Self.write(2, [1]), Self.sync(2)]
        #expect(Self.pictures(changes, .nothing) == [["a": [1]]])
        #expect(Self.pictures(changes, .everything) == [[:]])
        #expect(Self.pictures(changes, .disorder) == [[:], ["a": [1]]])
        #expect(Self.pictures(changes, .journal) == [["a": [1]]])
    }

    @Test("bytes that were not synced may be missing, or be zeros where the file has got its size")
    func bytesNotSynced() {
        let changes = [Self.make("a", 2), Self.folderSync, Self.write(2, [7, 7])]
        #expect(Self.pictures(changes, .everything) == [["a": []]])
        #expect(Self.pictures(changes, .journal) == [["a": []], ["a": [7, 7]]])
        #expect(Self.pictures(changes, .disorder) == [["a": []], ["a": [7, 7]], ["a": [0, 0]]])
    }

    @Test("a write may be torn between sectors, never within one")
    func torn() {
        let ones = [UInt8](repeating: 1, count: 512)
        let twos = [UInt8](repeating: 2, count: 512)
        let changes = [Self.make("a", 2), Self.folderSync, Self.write(2, ones + twos)]
        let zeros = [UInt8](repeating: 0, count: 512)
        let possible: Set<[String: [UInt8]]> = [
            ["a": []], ["a": ones], ["a": ones + twos], ["a": zeros + twos],
        ]
        #expect(Self.pictures(changes, .journal) == possible)
    }

    @Test("a rename is old or new, and the bytes may be lost where only the name was safe")
    func renamed() {
        let old = [Self.make("a", 2), Self.write(2, [1]), Self.sync(2), Self.folderSync]
        let new = old + [Self.make("b", 3), Self.write(3, [2]), Self.rename("b", "a")]
        let pictures = Self.pictures(new + [Self.folderSync], .disorder)
        #expect(pictures == [["a": [2]], ["a": []], ["a": [0]]])
        let synced = old + [Self.make("b", 3), Self.write(3, [2]), Self.sync(3)]
        let after = Self.pictures(synced + [Self.rename("b", "a")], .disorder)
        #expect(after == [["a": [1]], ["a": [1], "b": [2]], ["a": [2]]])
    }

    @Test("a journal keeps the order of names, the worst disk does not")
    func order() {
        let changes = [Self.make("a", 2), Self.make("b", 3)]
        #expect(Self.pictures(changes, .journal) == [[:], ["a": []], ["a": [], "b": []]])
        #expect(
            Self.pictures(changes, .disorder) == [[:], ["a": []], ["b": []], ["a": [], "b": []]]
        )
    }

    @Test("what a failed sync was about is not made safe by the next one")
    func failedSync() {
        let changes = [
            Self.make("a", 2), Self.folderSync, Self.write(2, [1]), Self.sync(2, fails: true),
            Self.write(2, [2], at: 1), Self.sync(2),
        ]
        #expect(Self.pictures(changes, .everything) == [["a": [0, 2]]])
    }

    @Test("names beyond what is known are told, not guessed")
    func unknown() {
        var model = DiskModel(roots: Self.roots, hasJournal: false)
        model.apply(Self.rename("x", "y"))
        model.apply(Self.write(9, [1]))
        model.apply(Change(kind: .mapped, path: "/disk/file"))
        model.apply(Change(kind: .mapped, path: "/disk/state.db-shm"))
        #expect(model.problems.count == 3)
    }

    @Test("a cut is what it was when it is read again")
    func text() throws {
        let cut = PowerCut(position: 17, loss: .disorder, seed: .max)
        let read = try #require(PowerCut("\(cut)"))
        #expect("\(read)" == "\(cut)")
        #expect(PowerCut("17:none:1") == nil)
    }
}
