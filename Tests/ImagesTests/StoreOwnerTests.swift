import Glibc
import TestKit
import Testing

@testable import Images

// Goal: a store belongs to one user, whoever works in it, and root is led nowhere by what that user left
// there. Method: a real folder given away by root, with links and records as a puller that was taken over
// would leave them.
@Suite(
    "Owner of a store",
    .enabled(if: Requirement.root.isMet, "\(Requirement.root.comment)")
)
struct StoreOwnerTests {
    /// Nobody on this machine.
    static let owner = FileOwner(user: 64_998, group: 64_997)

    private func owner(_ path: String) -> FileOwner? {
        var facts = stat()
        return lstat(path, &facts) == 0
            ? FileOwner(user: facts.st_uid, group: facts.st_gid) : nil
    }

    private func entries(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            found += ["\(path)/\(name)"] + entries("\(path)/\(name)")
        }
        return found
    }

    /// Paths of what in a store is not the owner's.
    private func strangers(_ folder: String) -> [String] {
        ([folder] + entries(folder)).filter { owner($0) != Self.owner }
    }

    @Test("a store of root's is given over with all that is in it, links themselves too")
    func givenOver() throws {
        try withScratchDirectory { folder in
            let place = folder + "/images"
            let kept = try KeptStore(place)
            let image = try kept.save("a", layers: ["one", "two"])
            let root = try #require(image.rootDirectory)
            let victim = folder + "/victim"
            try writeFile(victim, "root's")
            #expect(symlink(victim, root + "/link") == 0)
            #expect(strangers(place).count > 12)
            _ = try ImageStore(directory: place, owner: Self.owner)
            #expect(strangers(place).isEmpty)
            #expect(owner(victim) == FileOwner(user: 0, group: 0))
            #expect(try ImageStore(directory: place).lookup(ImageReference("a")) == image)
            // And back, when there is no such user any more.
            _ = try ImageStore(directory: place, owner: FileOwner(user: 0, group: 0))
            #expect(strangers(place).count == entries(place).count + 1)
        }
    }

    @Test(
        "what a cut left half done is done at the next start, and so is what was put back as root"
    )
    func halfDone() throws {
        try withScratchDirectory { folder in
            let kept = try KeptStore(folder + "/images")
            try kept.save("a", layers: ["one"])
            let all = entries(kept.folder)
            // Any part of it may have reached the disk; the folder itself comes last.
            for part in stride(from: 0, through: all.count, by: 3) {
                for path in all { #expect(lchown(path, 0, 0) == 0) }
                #expect(lchown(kept.folder, 0, 0) == 0)
                for path in all[..<part] { #expect(lchown(path, 64_998, 64_997) == 0) }
                _ = try ImageStore(directory: kept.folder, owner: Self.owner)
                #expect(strangers(kept.folder).isEmpty, "\(part) of \(all.count)")
            }
            for path in all { #expect(lchown(path, 0, 0) == 0) }
            _ = try ImageStore(directory: kept.folder, owner: Self.owner)
            #expect(strangers(kept.folder).isEmpty)
            // What lies deep in a root is another matter: a hundred thousand files are not looked at.
            let deep = entries(kept.folder + "/roots")[0] + "/folder"
            #expect(mkdir(deep, 0o755) == 0 && mkdir(deep + "/inner", 0o755) == 0)
            _ = try ImageStore(directory: kept.folder, owner: Self.owner)
            #expect(strangers(kept.folder) == [deep + "/inner"])
        }
    }

    @Test("what root makes in a store is its owner's: blobs, roots, names, pins, locks and uploads")
    func madeByRoot() throws {
        try withScratchDirectory { folder in
            let place = folder + "/images"
            _ = try ImageStore(directory: place, owner: Self.owner)
            let kept = try KeptStore(place)
            let image = try kept.save("a", layers: ["one"])
            let reference = try ImageReference("a")
            try kept.store.pin(reference)
            try kept.store.setPolicy(SignaturePolicy(rules: []))
            let claim = try kept.store.claim(image.manifestDigest)
            let upload = try ImageUpload(kept.store, name: "u")
            #expect(try upload.append([1, 2, 3], at: 0))
            #expect(strangers(place).isEmpty)
            withExtendedLifetime((upload, image)) {}
            withExtendedLifetime(claim) {}
            // An archive that an operator wants is his.
            #expect(lchown(folder, 64_998, 64_997) == 0)
            let file = try NewFile(path: folder + "/export.tar")
            try file.finish()
            #expect(owner(folder + "/export.tar") == FileOwner(user: 0, group: 0))
        }
    }

    @Test(
        "a lock that has its owner is not given to him again, which would be written at each look"
    )
    func ownedAlready() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder + "/images", owner: Self.owner)
            let manifest = try #require(Digest("sha256:" + String(repeating: "a", count: 64)))
            withExtendedLifetime(try store.claim(manifest)) {}
            let before = changed(folder + "/images/lock")
            // The file system's clock ticks some hundred times a second.
            var now = timespec()
            repeat {
                clock_gettime(CLOCK_REALTIME_COARSE, &now)
            } while now.tv_sec == before.tv_sec
                && now.tv_nsec <= before.tv_nsec
            withExtendedLifetime(try store.claim(manifest)) {}
            let after = changed(folder + "/images/lock")
            #expect(after.tv_sec == before.tv_sec && after.tv_nsec == before.tv_nsec)
        }
    }

    private func changed(_ path: String) -> timespec {
        var facts = stat()
        #expect(lstat(path, &facts) == 0)
        return facts.st_ctim
    }

    @Test("links in place of its folders lead root nowhere")
    func links() throws {
        for name in ["pins", "ingest", "images", "references", "aside", "blobs/sha256", "roots"] {
            try withScratchDirectory { folder in
                let kept = try KeptStore(folder + "/images")
                let image = try kept.save("a", layers: ["one"])
                let elsewhere = folder + "/elsewhere"
                #expect(mkdir(elsewhere, 0o755) == 0)
                let precious = elsewhere + "/\(image.manifestDigest.hex)"
                try writeFile(precious, "precious")
                try writeFile(elsewhere + "/left.json.new-1", "precious")
                removeTree("\(kept.folder)/\(name)")
                #expect(symlink(elsewhere, "\(kept.folder)/\(name)") == 0)
                let store = kept.store
                // Whether each of them fails or finds nothing is all the same.
                _ = try? store.sweep(nowSeconds: 1 << 40, isThorough: true)
                _ = try? store.remove(ImageReference("a"))
                _ = try? store.remove([image.manifestDigest])
                _ = try? store.pin(ImageReference("b"))
                _ = try? store.setAside(image, store.verify(image))
                _ = try? store.save(image, as: ImageReference("c"))
                _ = try? ImageUpload(store, name: "u").append([1], at: 0)
                _ = try? store.claim(image.manifestDigest)
                _ = try? kept.put(Array("more".utf8))
                _ = try? ImageStore(directory: kept.folder, owner: Self.owner)
                #expect(
                    entries(elsewhere).sorted()
                        == [elsewhere + "/left.json.new-1", precious].sorted(),
                    "\(name)"
                )
                #expect(try readFile(precious) == "precious")
                #expect(owner(precious) == FileOwner(user: 0, group: 0), "\(name)")
            }
        }
    }

    @Test("a link inside a root is copied as a link, and one in place of the root is not followed")
    func copies() throws {
        try withScratchDirectory { folder in
            let kept = try KeptStore(folder + "/images")
            let image = try kept.save("a", layers: ["one"])
            let root = try #require(image.rootDirectory)
            try writeFile(folder + "/secret", "root's")
            #expect(symlink(folder + "/secret", root + "/link") == 0)
            try image.copyRoot(to: folder + "/good")
            var facts = stat()
            #expect(lstat(folder + "/good/link", &facts) == 0 && facts.st_mode & S_IFMT == S_IFLNK)
            #expect(mkdir(folder + "/secrets", 0o700) == 0)
            try writeFile(folder + "/secrets/key", "root's")
            removeTree(root)
            #expect(symlink(folder + "/secrets", root) == 0)
            #expect(throws: ImageError.self) { try image.copyRoot(to: folder + "/bad") }
            #expect(access(folder + "/bad/key", F_OK) != 0)
            #expect(access(folder + "/bad.new/key", F_OK) != 0)
        }
    }
}

// Goal: a record says what an image is, and never where. Method: records as an older version wrote them,
// and as somebody would who wants root to read elsewhere.
@Suite("Records of images")
struct ImageRecordTests {
    @Test("paths begin in the store, so that it may be moved")
    func moved() throws {
        try withScratchDirectory { folder in
            let kept = try KeptStore(folder + "/images")
            let image = try kept.save("a", layers: ["one"])
            let path = kept.store.imagePath(image.manifestDigest)
            #expect(try !readFile(path).contains(folder))
            #expect(rename(folder + "/images", folder + "/other") == 0)
            let moved = try #require(
                try ImageStore(directory: folder + "/other").lookup(ImageReference("a"))
            )
            let expected = "\(folder)/other/roots/\(image.manifestDigest.hex)"
            #expect(moved.rootDirectory == expected)
        }
    }

    @Test("a record of an older version, with whole paths, is read wherever the store is now")
    func older() throws {
        try withScratchDirectory { folder in
            let kept = try KeptStore(folder + "/images")
            var image = try kept.save("a", layers: ["one"])
            let root = try #require(image.rootDirectory)
            image.admittedModules = [root + "/bin/app.wasm"]
            let json = String(decoding: image.json(in: kept.store), as: UTF8.self)
            let old = json.replacing("\"roots/", with: "\"/srv/roots/images/roots/")
            #expect(old != json)
            let read = try StoredImage(json: Array(old.utf8), path: "p", in: kept.store)
            #expect(read.rootDirectory == root)
            #expect(read.admittedModules == [root + "/bin/app.wasm"])
        }
    }

    @Test("a module's record is read the same way, and one that names no blob is damaged")
    func modules() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            let digest = Digest.of([1, 2, 3])
            var image = StoredImage(
                manifestDigest: digest,
                form: .moduleArtifact,
                configuration: ImageConfiguration(),
                rootDirectory: nil,
                moduleFile: store.blobPath(digest)
            )
            image.admittedModules = [store.blobPath(digest)]
            let json = String(decoding: image.json(in: store), as: UTF8.self)
            let old = json.replacing("\"blobs/", with: "\"/var/lib/swiftlet/images/blobs/")
            for text in [json, old] {
                let read = try StoredImage(json: Array(text.utf8), path: "p", in: store)
                #expect(read.moduleFile == store.blobPath(digest))
                #expect(read.admittedModules == [store.blobPath(digest)])
            }
            for path in ["/etc/shadow", "blobs/sha256/../../../../etc/shadow", "", "sha256/00"] {
                let bad = json.replacing("blobs/sha256/\(digest.hex)", with: path)
                #expect(throws: ImageError.self, "\(path)") {
                    try StoredImage(json: Array(bad.utf8), path: "p", in: store)
                }
            }
        }
    }

    @Test("a record cannot say that a root lies elsewhere")
    func elsewhere() throws {
        try withScratchDirectory { folder in
            let kept = try KeptStore(folder + "/images")
            let image = try kept.save("a", layers: ["one"])
            let path = kept.store.imagePath(image.manifestDigest)
            let json = try readFile(path)
            for place in ["/etc", "../../../etc", "roots/\(image.manifestDigest.hex)/../../.."] {
                let written = "roots/\(image.manifestDigest.hex)\""
                try writeFile(path, json.replacing(written, with: place + "\""))
                let read = try #require(try kept.store.lookup(ImageReference("a")))
                #expect(read.rootDirectory == image.rootDirectory, "\(place)")
            }
        }
    }
}
