import Documents
import Glibc
import Images
import TestKit
import Testing

/// A store with images whose blobs are real: manifest, configuration, layers.
struct KeptStore {
    let folder: String
    let store: ImageStore

    init(_ folder: String) throws {
        self.folder = folder
        store = try ImageStore(directory: folder)
    }

    func put(_ bytes: [UInt8]) throws -> BlobDescriptor {
        let digest = Digest.of(bytes)
        let blob = BlobDescriptor(mediaType: "m", digest: digest, byteCount: Int64(bytes.count))
        _ = try store.ingest(blob, from: MemorySource(blobs: [digest: bytes]))
        return blob
    }

    /// Saves an image of one root with a file, whose layers are these bytes.
    @discardableResult
    func save(_ name: String, layers: [String]) throws -> StoredImage {
        let configuration = try put(Array(#"{"os":"\#(name)"}"#.utf8))
        let list = try layers.map { layer -> String in
            let blob = try put(Array(layer.utf8))
            return #"{"mediaType":"m","digest":"\#(blob.digest)","size":\#(blob.byteCount)}"#
        }
        let json = """
            {"config":{"mediaType":"m","digest":"\(configuration.digest)",
             "size":\(configuration.byteCount)},"layers":[\(list.joined(separator: ","))]}
            """
        let manifest = try put(Array(json.utf8))
        let root = try store.unpackRoot(manifest.digest) { path throws(ImageError) in
            guard (try? writeFile(path + "/file", name)) != nil else { throw .noEntry("x") }
        }
        let image = StoredImage(
            manifestDigest: manifest.digest,
            form: .rootFileSystem,
            configuration: ImageConfiguration(),
            rootDirectory: root,
            moduleFile: nil
        )
        try store.save(image, as: ImageReference(name))
        return try #require(try store.lookup(ImageReference(name)))
    }

    func isThere(_ path: String) -> Bool { access("\(folder)/\(path)", F_OK) == 0 }
    func isThere(layer: String) -> Bool {
        access(store.blobPath(.of(Array(layer.utf8))), F_OK) == 0
    }

    /// Paths of all files below the store but its own lock, relative.
    func files(_ path: String = "") -> [String] {
        guard let stream = opendir("\(folder)\(path)") else { return [] }
        defer { closedir(stream) }
        var result: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let inside = files("\(path)/\(name)")
            let isFolder = opendir("\(folder)\(path)/\(name)").map { closedir($0) } != nil
            result += isFolder ? inside : ["\(path)/\(name)"]
        }
        return result.filter { $0 != "/lock" }.sorted()
    }
}

// Goal: what is removed is gone whole, what others need stays, and what dead pulls left goes. Method: a
// real store with small images that share layers.
@Suite("Keeping the store")
struct StoreKeepingTests {
    static func with(_ body: (KeptStore) throws -> Void) throws {
        try withScratchDirectory { try body(KeptStore($0 + "/images")) }
    }

    @Test("the inventory says what each image takes and what it is called")
    func inventory() throws {
        try Self.with { kept in
            let image = try kept.save("a:1", layers: ["base", "top"])
            try kept.store.save(image, as: ImageReference("b:1"))
            let inventory = try kept.store.inventory()
            let item = try #require(inventory.items[image.manifestDigest])
            #expect(item.references == ["docker.io/library/a:1", "docker.io/library/b:1"])
            #expect(item.blobs.count == 4 && item.blobs[.of(Array("base".utf8))] == 4)
            #expect(item.rootByteCount == 3 && item.addedAtSeconds > 0)
        }
    }

    @Test("an image goes with its last name, and its blobs when no other image has them")
    func removal() throws {
        try Self.with { kept in
            let image = try kept.save("a:1", layers: ["base", "a"])
            try kept.save("b:1", layers: ["base", "b"])
            try kept.store.save(image, as: ImageReference("c:1"))
            let first = try #require(try kept.store.remove(ImageReference("a:1")))
            #expect(first.images.isEmpty && first.references == ["docker.io/library/a:1"])
            #expect(try kept.store.lookup(ImageReference("c:1")) != nil)
            let second = try #require(try kept.store.remove(ImageReference("c:1")))
            #expect(second.images == [image.manifestDigest] && second.byteCount > 0)
            #expect(kept.isThere(layer: "base") && !kept.isThere(layer: "a"))
            #expect(try kept.store.remove(ImageReference("c:1")) == nil)
            _ = try kept.store.remove(ImageReference("b:1"))
            #expect(kept.files().filter { !$0.hasSuffix(".lock") }.isEmpty)
        }
    }

    @Test("what is being pulled stays, until the pull is over")
    func claimed() throws {
        try Self.with { kept in
            let image = try kept.save("a:1", layers: ["base"])
            do {
                let claim = try kept.store.claim(image.manifestDigest)
                #expect(try kept.store.inventory().claims == [image.manifestDigest])
                #expect(try kept.store.remove([image.manifestDigest]).images.isEmpty)
                #expect(try kept.store.lookup(ImageReference("a:1")) != nil)
                withExtendedLifetime(claim) {}
            }
            #expect(try kept.store.inventory().claims.isEmpty)
            #expect(try kept.store.remove([image.manifestDigest]).images == [image.manifestDigest])
            #expect(!kept.isThere(layer: "base"))
        }
    }

    @Test("a pull's blobs outlive the removal of another image that has them")
    func claimedBlobs() throws {
        try Self.with { kept in
            let wanted = try kept.save("a:1", layers: ["base", "a"])
            let other = try kept.save("b:1", layers: ["base", "b"])
            // As a pull that has its manifest and finds its layer here.
            unlink("\(kept.folder)/images/\(wanted.manifestDigest.hex).json")
            let claim = try kept.store.claim(wanted.manifestDigest)
            _ = try kept.store.remove([other.manifestDigest])
            #expect(kept.isThere(layer: "base") && !kept.isThere(layer: "b"))
            _ = try kept.store.sweep(nowSeconds: .max / 2, isThorough: true)
            #expect(kept.isThere(layer: "a") && kept.isThere(layer: "base"))
            withExtendedLifetime(claim) {}
        }
    }

    @Test("what refused and killed pulls left goes when it is old, and at once when asked")
    func sweep() throws {
        try Self.with { kept in
            try kept.save("a:1", layers: ["base"])
            let before = kept.files().filter { !$0.hasSuffix(".lock") }
            _ = try kept.put(Array("refused".utf8))
            let leftovers = [
                "ingest/abc", "ingest/abc.state", "ingest/root-1/x", "ingest/gone-2/y",
                "roots/unknown/z", "aside/sha256-1", "images/x.json.new-999999999",
            ]
            for path in leftovers {
                let parts = path.split(separator: "/")
                if parts.count == 3 { mkdir("\(kept.folder)/\(parts[0])/\(parts[1])", 0o700) }
                try writeFile("\(kept.folder)/\(path)", "12345")
            }
            let now = Int64(time(nil))
            _ = try kept.store.sweep(nowSeconds: now)
            #expect(kept.isThere("ingest/abc") && kept.isThere("ingest/abc.state"))
            #expect(kept.isThere(layer: "refused") && kept.isThere("aside/sha256-1"))
            #expect(!kept.isThere("ingest/root-1") && !kept.isThere("roots/unknown"))
            #expect(!kept.isThere("ingest/gone-2") && !kept.isThere("images/x.json.new-999999999"))
            // An hour and a day later.
            #expect(try kept.store.sweep(nowSeconds: now + 90_000) == 7)
            #expect(!kept.isThere(layer: "refused") && kept.isThere("ingest/abc"))
            #expect(try kept.store.sweep(nowSeconds: now - 1_000_000) == 0)
            #expect(try kept.store.sweep(nowSeconds: now + 8 * 86_400) == 15)
            #expect(kept.files() == before)
            #expect(try kept.store.lookup(ImageReference("a:1")) != nil)
        }
    }

    @Test("a partial blob whose lock is held is nobody's garbage")
    func lockedPartial() throws {
        try Self.with { kept in
            try writeFile("\(kept.folder)/ingest/abc", "12345")
            let lock = open("\(kept.folder)/ingest/abc.lock", O_RDWR | O_CREAT, 0o600)
            #expect(flock(lock, LOCK_EX) == 0)
            #expect(try kept.store.sweep(nowSeconds: .max / 2, isThorough: true) == 0)
            #expect(kept.isThere("ingest/abc"))
            close(lock)
            #expect(try kept.store.sweep(nowSeconds: 0, isThorough: true) == 5)
            #expect(!kept.isThere("ingest/abc") && !kept.isThere("ingest/abc.lock"))
        }
    }

    @Test("an archive that is being sent stays, and one that a dead daemon took goes at once")
    func uploads() throws {
        try Self.with { kept in
            try writeFile("\(kept.folder)/ingest/upload-1", "dead")
            do {
                let upload = try ImageUpload(kept.store, name: "2")
                #expect(try upload.append([1, 2], at: 0) && upload.byteCount == 2)
                #expect(try !upload.append([3], at: 1))
                #expect(try kept.store.sweep(nowSeconds: 0) == 4)
                #expect(kept.isThere("ingest/upload-2") && !kept.isThere("ingest/upload-1"))
                #expect(throws: ImageError.self) { try ImageUpload(kept.store, name: "2") }
                withExtendedLifetime(upload) {}
            }
            #expect(kept.files().isEmpty)
        }
    }

    @Test("pins outlive the store's value and go with the name")
    func pins() throws {
        try Self.with { kept in
            try kept.save("a:1", layers: ["base"])
            let reference = try ImageReference("a:1")
            try kept.store.pin(reference)
            try kept.store.pin(reference)
            #expect(try ImageStore(directory: kept.folder).pins() == ["docker.io/library/a:1"])
            try kept.store.unpin(reference)
            try kept.store.unpin(reference)
            #expect(try kept.store.pins().isEmpty)
            try kept.store.pin(reference)
            _ = try kept.store.remove(reference)
            #expect(try kept.store.pins().isEmpty)
        }
    }

    @Test("one damaged record does not hide the other images")
    func damagedRecord() throws {
        try Self.with { kept in
            let bad = try kept.save("a:1", layers: ["base"])
            try kept.save("b:1", layers: ["base"])
            try writeFile("\(kept.folder)/images/\(bad.manifestDigest.hex).json", "{")
            try writeFile(
                "\(kept.folder)/references/\(String(repeating: "0", count: 64)).json",
                "x"
            )
            #expect(try kept.store.list().map(\.reference) == ["docker.io/library/b:1"])
            #expect(try kept.store.inventory().items.count == 1)
            #expect(try kept.store.remove(ImageReference("a:1")) != nil)
        }
    }
}
