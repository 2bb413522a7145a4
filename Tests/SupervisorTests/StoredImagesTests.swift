import Documents
import Glibc
import Images
import Lifecycle
import Synchronization
import TestKit
import Testing

@testable import Supervisor

/// A node's images on a disk of its own, filled by the real swiftlet-pull from layouts by make-image.
struct ImageDisk {
    let folder: String
    let images: StoredImages

    init(_ folder: String) throws {
        self.folder = folder
        images = StoredImages(
            store: try ImageStore(directory: folder + "/images"),
            puller: try Requirement.programs.path() + "/swiftlet-pull",
            names: ImageNames(layouts: folder)
        )
    }

    /// Packs a module and random bytes under `oci:L:TAG`.
    func pack(_ tag: String, dataByteCount: Int) async throws {
        var random = SeededGenerator(seed: UInt64(tag.utf8.reduce(0) { $0 * 31 + Int($1) }))
        try writeFile("\(folder)/app.wasm", Array("\0asm".utf8) + [1, 0, 0, 0])
        try writeFile("\(folder)/data", random.bytes(dataByteCount))
        let made = try await runAside(
            repositoryRoot + "/config/examples/make-image",
            [
                "--layout", folder + "/L", "--tag", tag, "--plain-tar", folder + "/app.wasm",
                folder + "/data",
            ]
        )
        #expect(made.exitCode == 0, "\(made.standardError)")
        unlink("\(folder)/data")
    }

    /// Takes away the layout's own copy, so that the disk holds the store alone.
    func forgetLayout() { removeTree(folder + "/L") }

    func names() async throws -> [String] {
        try await images.list(ImageNeeds()).compactMap { $0["metadata"]?["name"]?.string }
            .map { String($0.dropFirst("oci:\(folder)/L:".count)) }
    }

    static func needs(_ names: String...) -> ImageNeeds {
        var needs = ImageNeeds()
        for name in names { needs.users["oci:L:\(name)", default: []].insert("default/web") }
        return needs
    }

    static func with(
        diskByteCount: Int? = nil,
        _ body: (ImageDisk) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let folder = fixture.path("disk")
            mkdir(folder, 0o700)
            if let diskByteCount {
                let options = "size=\(diskByteCount)"
                let made = try await runAside(
                    "/usr/bin/mount",
                    ["-t", "tmpfs", "-o", options, "tmpfs", folder]
                )
                #expect(made.exitCode == 0, "\(made.standardError)")
                fixture.atEnd { _ = try? run("/usr/bin/umount", ["-l", folder]) }
            }
            try await body(ImageDisk(folder))
        }
    }
}

// Goal: what a pod needs stays, what nothing needs goes when it must, and what a disk lost is put right.
// Method: the real store and puller; for a full disk a real small one.
@Suite(
    "Stored images",
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)")
)
struct StoredImagesTests {
    @Test("a damaged root is found at its first use and put together again with no source")
    func restored() async throws {
        try await ImageDisk.with { disk in
            try await disk.pack("a", dataByteCount: 1_000)
            _ = try await disk.images.pull("oci:L:a")
            disk.forgetLayout()
            let store = disk.images.store
            let image = try #require(try store.list().first?.image)
            let root = try #require(image.rootDirectory)
            let good = try readBytes(root + "/data")
            #expect(try await disk.images.find("oci:L:a") != nil)
            try writeFile(root + "/data", Array(good.dropLast()) + [good[999] ^ 1])
            // The same life of the daemon has looked already; the next one looks again.
            #expect(try await disk.images.find("oci:L:a") != nil)
            let next = try ImageDisk(disk.folder)
            #expect(try await next.images.find("oci:L:a") != nil)
            #expect(try readBytes(root + "/data") == good)
            #expect(
                access("\(disk.folder)/images/aside/root-\(image.manifestDigest.hex)", F_OK) == 0
            )
        }
    }

    @Test("a damaged record of an image is made again from its layers, with no source")
    func damagedRecord() async throws {
        try await ImageDisk.with { disk in
            try await disk.pack("a", dataByteCount: 1_000)
            _ = try await disk.images.pull("oci:L:a")
            disk.forgetLayout()
            let image = try #require(try disk.images.store.list().first?.image)
            let record = "\(disk.folder)/images/images/\(image.manifestDigest.hex).json"
            try writeFile(record, Array(try readBytes(record).prefix(100)))
            let next = try ImageDisk(disk.folder)
            #expect(try await next.images.find("oci:L:a") != nil)
            #expect(try next.images.store.lookup(next.images.names.reference("oci:L:a")) == image)
        }
    }

    @Test("an image whose layer is damaged too counts as not here, and a pull brings it back")
    func pulledAgain() async throws {
        try await ImageDisk.with { disk in
            try await disk.pack("a", dataByteCount: 1_000)
            _ = try await disk.images.pull("oci:L:a")
            let store = disk.images.store
            let item = try #require(try store.inventory().items.values.first)
            let layer = try #require(item.blobs.max { $0.value < $1.value }?.key)
            try writeFile(store.blobPath(layer), "lost")
            try writeFile(try #require(item.image.rootDirectory) + "/data", "lost")
            let next = try ImageDisk(disk.folder)
            #expect(try await next.images.find("oci:L:a") == nil)
            let image = try await next.images.pull("oci:L:a")
            #expect(image.imageID.hasSuffix("\(item.image.manifestDigest)"))
            #expect(try store.verify(try #require(try store.list().first?.image)).isGood)
        }
    }

    @Test("pruning takes what nothing needs; pods, running digests and wishes keep theirs")
    func prune() async throws {
        try await ImageDisk.with { disk in
            for tag in ["pod", "running", "kept", "old"] {
                try await disk.pack(tag, dataByteCount: 100)
                _ = try await disk.images.pull("oci:L:\(tag)")
            }
            try await disk.images.keep("oci:L:kept")
            var needs = ImageDisk.needs("pod", "not-here")
            let all = try disk.images.store.list()
            let running = try #require(all.first { $0.reference.hasSuffix("running") })
            needs.digests["\(running.image.manifestDigest)"] = ["default/job"]
            let trial = try await disk.images.prune(needs, includesKept: false, isTrial: true)
            #expect(trial.names.map { $0.hasSuffix(":old") } == [true])
            #expect(try await disk.names() == ["kept", "old", "pod", "running"])
            #expect(try await disk.images.prune(keeping: needs).count == 1)
            #expect(try await disk.names() == ["kept", "pod", "running"])
            _ = try await disk.images.prune(needs, includesKept: true, isTrial: false)
            #expect(try await disk.names() == ["pod", "running"])
        }
    }

    @Test("an image is removed by name unless a pod needs it; its other names do not need it")
    func remove() async throws {
        try await ImageDisk.with { disk in
            try await disk.pack("a", dataByteCount: 100)
            _ = try await disk.images.pull("oci:L:a")
            let needs = ImageDisk.needs("a")
            #expect(
                try await disk.images.remove("oci:L:a", needs) == .needed(by: ["default/web"])
            )
            #expect(try await disk.images.remove("oci:L:b", needs) == .unknown)
            guard case .removed = try await disk.images.remove("oci:L:a", ImageNeeds()) else {
                Issue.record("not removed")
                return
            }
            #expect(try await disk.names().isEmpty)
        }
    }

    @Test("verifying tells good from damaged, and takes the damaged out of use")
    func verify() async throws {
        try await ImageDisk.with { disk in
            for tag in ["a", "b"] {
                try await disk.pack(tag, dataByteCount: 100)
                _ = try await disk.images.pull("oci:L:\(tag)")
            }
            let bad = try #require(
                try disk.images.store.list().first { $0.reference.hasSuffix("a") }
            )
            try writeFile(try #require(bad.image.rootDirectory) + "/data", "lost")
            let lines = Mutex<[String: Bool]>([:])
            let isGood = try await disk.images.verify(nil) { verdict in
                let name = verdict["image"]?.string?.suffix(1).description ?? ""
                lines.withLock { $0[name] = verdict["isGood"]?.bool }
            }
            #expect(!isGood && lines.withLock { $0 } == ["a": false, "b": true])
            #expect(try await disk.names() == ["b"])
            #expect(try await disk.images.verify("oci:L:b") { _ in })
            await #expect(throws: ImageProblem.self) {
                try await disk.images.verify("oci:L:c") { _ in }
            }
        }
    }

    @Test(
        "a small disk: a pull that finds no room waits for what the keeper frees, and then has it",
        .enabled(if: Requirement.mount.isMet, "\(Requirement.mount.comment)")
    )
    func smallDisk() async throws {
        try await ImageDisk.with(diskByteCount: 16 << 20) { disk in
            let time = Mutex<Int64>(0)
            let needs = Mutex<ImageNeeds?>(ImageDisk.needs("needed"))
            let keeper = ImageKeeper(
                images: disk.images,
                collection: ImageCollection(),
                now: { time.withLock { $0 } },
                needs: { needs.withLock { $0 } }
            )
            for tag in ["needed", "old"] {
                try await disk.pack(tag, dataByteCount: 1_500_000)
                _ = try await disk.images.pull("oci:L:\(tag)")
                disk.forgetLayout()
            }
            await keeper.look()
            #expect(try await disk.names() == ["needed", "old"])
            // Needs a good 2 MB for the layout, 2 for the layer and 6 for its files: more than is free.
            try await disk.pack("new", dataByteCount: 2_000_000)
            await #expect {
                try await disk.images.pull("oci:L:new")
            } throws: { "\($0)".contains("are free") }
            // Nobody knows what is needed: nothing goes. Then it is known, and old is not young any more.
            time.withLock { $0 = 200_000_000_000 }
            needs.withLock { $0 = nil }
            await keeper.look()
            #expect(try await disk.names() == ["needed", "old"])
            needs.withLock { $0 = ImageDisk.needs("needed") }
            _ = try? await disk.images.pull("oci:L:new")
            await keeper.look()
            #expect(try await disk.names() == ["needed"])
            #expect(try await disk.images.pull("oci:L:new").imageID.contains("@sha256:"))
            #expect(try await disk.names() == ["needed", "new"])
        }
    }

    @Test("an image that was needed a moment ago stays for two minutes, whatever a pull lacks")
    func young() async throws {
        try await ImageDisk.with { disk in
            try await disk.pack("a", dataByteCount: 100)
            _ = try await disk.images.pull("oci:L:a")
            let time = Mutex<Int64>(0)
            let needs = Mutex<ImageNeeds?>(ImageDisk.needs("a"))
            let keeper = ImageKeeper(
                images: disk.images,
                collection: ImageCollection(),
                now: { time.withLock { $0 } },
                needs: { needs.withLock { $0 } }
            )
            func look(at seconds: Int64) async throws -> [String] {
                time.withLock { $0 = seconds * 1_000_000_000 }
                disk.images.shortage.note(1)
                await keeper.look()
                return try await disk.names()
            }
            #expect(try await look(at: 1_000_000) == ["a"])
            needs.withLock { $0 = ImageNeeds() }
            #expect(try await look(at: 1_000_500) == ["a"])
            #expect(try await look(at: 1_000_619) == ["a"])
            needs.withLock { $0 = ImageDisk.needs("a") }
            #expect(try await look(at: 1_000_620) == ["a"])
            needs.withLock { $0 = ImageNeeds() }
            #expect(try await look(at: 1_000_700) == ["a"])
            #expect(try await look(at: 1_000_820) == [])
        }
    }

    @Test(
        "a disk that fills in the middle leaves nothing wrong, and the pull works once there is room",
        .enabled(if: Requirement.mount.isMet, "\(Requirement.mount.comment)")
    )
    func fullDisk() async throws {
        try await ImageDisk.with(diskByteCount: 8 << 20) { disk in
            try await disk.pack("a", dataByteCount: 1_000_000)
            // Ballast leaves room for the check and not for the unpacking.
            for ballast in stride(from: 1_200_000, through: 5_600_000, by: 400_000) {
                // What does not fit fills the disk, which is the point.
                try? writeFile(disk.folder + "/ballast", [UInt8](repeating: 1, count: ballast))
                do throws(ImageProblem) {
                    _ = try await disk.images.pull("oci:L:a")
                    _ = try await disk.images.remove("oci:L:a", ImageNeeds())
                } catch {
                    guard case .unavailable = error else {
                        Issue.record("\(error)")
                        continue
                    }
                    #expect(try await disk.names().isEmpty)
                }
                unlink(disk.folder + "/ballast")
            }
            let image = try await disk.images.pull("oci:L:a")
            #expect(image.imageID.contains("@sha256:"))
            let stored = try #require(try disk.images.store.list().first?.image)
            #expect(try disk.images.store.verify(stored).isGood)
        }
    }
}
