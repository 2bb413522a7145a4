import Lifecycle
import TestKit
import Testing

// Goal: the disk is freed when it must be and no image that something needs ever goes. Method: a table
// for the thresholds, and random stores against what must always hold.
@Suite("Image collection")
struct ImageCollectionTests {
    typealias Image = ImageCollection.Image
    static let second: Int64 = 1_000_000_000

    static func image(
        _ id: String,
        _ blobs: [String: Int64] = [:],
        own: Int64 = 0,
        isNeeded: Bool = false,
        unusedSince: Int64 = 0
    ) -> Image {
        Image(
            id: id,
            blobs: blobs,
            ownByteCount: own,
            isNeeded: isNeeded,
            unusedSinceNanoseconds: unusedSince * second
        )
    }

    static func plan(_ images: [Image], free: Int64, total: Int64 = 1_000) -> [String] {
        ImageCollection().plan(
            images,
            on: .init(freeByteCount: free, totalByteCount: total),
            nowNanoseconds: 1_000 * second
        )
    }

    @Test(
        "nothing goes up to 85 % in use; above it images go until 80 %",
        arguments: [
            (1_000, []), (150, []), (149, ["a"]), (101, ["a"]), (100, ["a"]), (99, ["a", "b"]),
            (0, ["a", "b"]), (-5, ["a", "b"]),
        ] as [(Int64, [String])]
    )
    func thresholds(free: Int64, gone: [String]) {
        let images = [
            Self.image("b", own: 100, unusedSince: 2), Self.image("a", own: 100, unusedSince: 1),
            Self.image("c", own: 100, isNeeded: true, unusedSince: 0),
        ]
        #expect(Self.plan(images, free: free) == gone)
    }

    @Test(
        "an image is left alone for two minutes after its last use",
        arguments: [(880, 1), (881, 0)]
    )
    func age(unusedSince: Int64, count: Int) {
        #expect(
            Self.plan([Self.image("a", own: 1, unusedSince: unusedSince)], free: 0).count == count
        )
    }

    @Test("a shared blob is freed by the last image that has it, and counted there")
    func shared() {
        let images = [
            Self.image("a", ["layer": 100], unusedSince: 1),
            Self.image("b", ["layer": 100], unusedSince: 2),
            Self.image("c", ["other": 100], unusedSince: 3),
        ]
        // 51 bytes over the low threshold: a alone frees none, a and b free a hundred.
        #expect(Self.plan(images, free: 149) == ["a", "b"])
    }

    @Test(
        "a pull that lacks room gets it, though the disk is not full",
        arguments: [(0, 0), (1, 1), (101, 2)]
    )
    func shortage(byteCount: Int64, goneCount: Int) {
        let images = [
            Self.image("a", own: 100, unusedSince: 1), Self.image("b", own: 100, unusedSince: 2),
            Self.image("c", own: 100, isNeeded: true),
        ]
        let gone = ImageCollection().plan(
            images,
            on: .init(freeByteCount: 900, totalByteCount: 1_000),
            shortageByteCount: byteCount,
            nowNanoseconds: 1_000 * Self.second
        )
        #expect(gone == Array(["a", "b"].prefix(goneCount)))
    }

    @Test("a disk that nobody knows the size of frees nothing", arguments: [0, -1] as [Int64])
    func unknown(total: Int64) {
        #expect(Self.plan([Self.image("a", own: 1)], free: 0, total: total).isEmpty)
    }

    @Test("numbers at the end of their range do not trap")
    func extremes() {
        let images = [
            Self.image("a", ["x": .max], own: .max), Self.image("b", ["x": .max, "y": .min]),
        ]
        #expect(!Self.plan(images, free: 0, total: .max).isEmpty)
        let collection = ImageCollection(minimumAgeSeconds: .max)
        let disk = ImageCollection.Disk(freeByteCount: .min, totalByteCount: .max)
        #expect(collection.plan(images, on: disk, nowNanoseconds: .min).isEmpty)
    }

    @Test("a low threshold above the high one counts as the high one")
    func thresholdOrder() {
        let collection = ImageCollection(highThresholdPercent: 50, lowThresholdPercent: 90)
        #expect(collection.lowThresholdPercent == 50)
    }

    @Test("pruning takes all that nothing needs, and nothing else")
    func prune() {
        let images = [
            Self.image("a", isNeeded: true), Self.image("c"), Self.image("b", unusedSince: 999),
        ]
        #expect(ImageCollection().everything(images) == ["b", "c"])
    }

    @Test(
        "whatever a store holds: nothing needed or young goes, and no more than must",
        arguments: 0..<20
    )
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let names = (0..<8).map { "blob\($0)" }
            let images = (0..<Int.random(in: 0...12, using: &random)).map { number in
                let blobs = names.filter { _ in Bool.random(using: &random) }
                return Self.image(
                    "\(number)",
                    Dictionary(uniqueKeysWithValues: blobs.map { ($0, Self.size($0)) }),
                    own: Int64.random(in: 0...50, using: &random),
                    isNeeded: Bool.random(using: &random),
                    unusedSince: Int64.random(in: 0...1_000, using: &random)
                )
            }
            let free = Int64.random(in: 0...400, using: &random)
            check(images, free: free, Self.plan(images, free: free), seed)
        }
    }

    private static func size(_ blob: String) -> Int64 { Int64(blob.utf8.last ?? 0) }

    private static func held(_ images: [Image]) -> Int64 {
        let blobs = Set(images.flatMap(\.blobs.keys))
        return images.reduce(0) { $0 + $1.ownByteCount } + blobs.reduce(0) { $0 + size($1) }
    }

    private func check(_ images: [Image], free: Int64, _ gone: [String], _ seed: UInt64) {
        let removed = images.filter { gone.contains($0.id) }
        #expect(removed.count == gone.count, "seed \(seed)")
        #expect(
            removed.allSatisfy { !$0.isNeeded && $0.unusedSinceNanoseconds <= 880 * Self.second }
        )
        guard free < 150 else { return #expect(gone.isEmpty) }
        func freed(_ ids: some Sequence<String>) -> Int64 {
            let ids = Set(ids)
            return Self.held(images) - Self.held(images.filter { !ids.contains($0.id) })
        }
        let isEnough = free + freed(gone) >= 200
        let eligible = images.filter {
            !$0.isNeeded && $0.unusedSinceNanoseconds <= 880 * Self.second
        }
        #expect(isEnough || gone.count == eligible.count, "seed \(seed): stopped too early")
        #expect(gone.isEmpty || free + freed(gone.dropLast()) < 200, "seed \(seed): one too many")
        // The longest unused go first.
        let kept = eligible.filter { !gone.contains($0.id) }.map(\.unusedSinceNanoseconds).min()
        let newest = removed.map(\.unusedSinceNanoseconds).max()
        if let kept, let newest { #expect(newest <= kept, "seed \(seed)") }
    }
}
