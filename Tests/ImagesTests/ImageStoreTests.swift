import Glibc
import TestKit
import Testing

@testable import Images

/// A source with blobs in memory that can be made to misbehave.
struct MemorySource: BlobSource {
    var blobs: [Digest: [UInt8]] = [:]
    /// What goes wrong, and after how many bytes.
    var failure: (afterByteCount: Int, error: ImageError)?

    func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        throw .notFound("nothing is named here")
    }

    func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        guard let bytes = blobs[blob.digest] else { throw .notFound("no \(blob.digest)") }
        var rest = bytes.dropFirst(Int(offset))
        while !rest.isEmpty {
            if let failure, bytes.count - rest.count >= failure.afterByteCount {
                throw failure.error
            }
            try take(Array(rest.prefix(7)))
            rest = rest.dropFirst(7)
        }
    }
}

// Goal: under a digest lies what has that digest, whole, and nothing else ever. Method: good and bad
// sources against a real folder.
@Suite("Image store")
struct ImageStoreTests {
    static let content = Array("the bytes of one layer".utf8)
    static var blob: BlobDescriptor {
        BlobDescriptor(mediaType: "m", digest: .of(content), byteCount: Int64(content.count))
    }

    @Test("a blob is fetched once, and found the second time")
    func once() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder + "/images")
            let source = MemorySource(blobs: [Self.blob.digest: Self.content])
            var seen: [Int64] = []
            let first = try store.ingest(Self.blob, from: source) { seen.append($0) }
            #expect(first.byteCount == Int64(Self.content.count))
            #expect(try readBytes(first.path) == Self.content)
            #expect(seen == [0, 7, 14, 21, Int64(Self.content.count)])
            let second = try store.ingest(Self.blob, from: MemorySource())
            #expect(second.path == first.path)
            #expect(second.byteCount == 0)
        }
    }

    @Test("bytes with another digest are thrown away, and a later good fetch works")
    func wrongDigest() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            var flipped = Self.content
            flipped[3] ^= 1
            let bad = MemorySource(blobs: [Self.blob.digest: flipped])
            #expect(
                throws: ImageError.digestMismatch(
                    what: "blob",
                    expected: Self.blob.digest,
                    actual: .of(flipped)
                )
            ) { try store.ingest(Self.blob, from: bad) }
            let path = store.blobPath(Self.blob.digest)
            #expect(throws: TestKitError.self) { try readBytes(path) }
            let good = MemorySource(blobs: [Self.blob.digest: Self.content])
            #expect(try store.ingest(Self.blob, from: good).path == path)
            #expect(try readBytes(path) == Self.content)
        }
    }

    @Test("fewer and more bytes than promised are refused", arguments: [-1, 1, 1_000])
    func wrongSize(difference: Int) throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            var wrong = Self.blob
            wrong.byteCount += Int64(difference)
            let source = MemorySource(blobs: [Self.blob.digest: Self.content])
            do throws(ImageError) {
                _ = try store.ingest(wrong, from: source)
                Issue.record("taken")
            } catch {
                guard case .sizeMismatch(_, let expected, _) = error, expected == wrong.byteCount
                else {
                    Issue.record("\(error)")
                    return
                }
                #expect(error.isWorthRetrying)
            }
        }
    }

    @Test("a blob over the limit is refused before a byte of it comes")
    func tooLarge() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            #expect(throws: ImageError.self) {
                try store.ingest(Self.blob, from: MemorySource(), most: 3)
            }
        }
    }

    @Test(
        "what a full disk could hold of a blob is given back, and what a dead link brought is kept",
        arguments: [
            (ImageError.diskFull(path: "x"), false),
            (ImageError.system(call: "read", path: "x", errno: EIO), true),
        ]
    )
    func interrupted(error: ImageError, isKept: Bool) throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            // Why so many: 64 KiB and less are fetched again whole.
            let content = (0...65_536).map { UInt8($0 % 251) }
            let blob = BlobDescriptor(
                mediaType: "m",
                digest: .of(content),
                byteCount: Int64(content.count)
            )
            let source = MemorySource(
                blobs: [blob.digest: content],
                failure: (afterByteCount: 14, error)
            )
            // Which file it was says nothing to an operator; which disk it was does.
            let told = isKept ? error : .diskFull(path: store.name)
            #expect(throws: told) { try store.ingest(blob, from: source) }
            let partial = "\(folder)/ingest/\(blob.digest.hex)"
            #expect((access(partial, F_OK) == 0) == isKept)
            let good = MemorySource(blobs: [blob.digest: content])
            var seen: [Int64] = []
            let path = try store.ingest(blob, from: good) { seen.append($0) }.path
            #expect(seen.first == (isKept ? 14 : 0))
            #expect(try readBytes(path) == content)
        }
    }

    @Test("a blob that was cut on disk is fetched again")
    func truncated() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            let source = MemorySource(blobs: [Self.blob.digest: Self.content])
            let path = try store.ingest(Self.blob, from: source).path
            try writeFile(path, Array(Self.content.dropLast()))
            #expect(try store.ingest(Self.blob, from: source).byteCount == Self.blob.byteCount)
            #expect(try readBytes(path) == Self.content)
        }
    }

    @Test("an image is found by its reference, and no longer when its files are gone")
    func lookup() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            let reference = try ImageReference("oci:/x:1")
            #expect(try store.lookup(reference) == nil)
            let root = try store.unpackRoot(Self.blob.digest) { path throws(ImageError) in
                guard (try? writeFile(path + "/app.wasm", "\0asm")) != nil else {
                    throw .diskFull(path: path)
                }
            }
            var image = StoredImage(
                manifestDigest: Self.blob.digest,
                form: .rootFileSystem,
                configuration: ImageConfiguration(),
                rootDirectory: root,
                moduleFile: nil
            )
            image.annotations = ["module.wasm.image/variant": "compat"]
            image.admittedModules = [root + "/app.wasm"]
            try store.save(image, as: reference)
            let found = try #require(try ImageStore(directory: folder).lookup(reference))
            image.contentChecksum = found.contentChecksum
            image.resolvedDigest = image.manifestDigest
            #expect(found == image && found.contentChecksum?.hasPrefix("xxh64:") == true)
            #expect(try store.list().map(\.reference) == ["oci:/x:1"])
            removeTree(root)
            #expect(try store.lookup(reference) == nil)
        }
    }

    @Test("an unpacking that fails leaves no root, and the next one starts afresh")
    func failedUnpack() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            #expect(throws: ImageError.noEntry("x")) {
                try store.unpackRoot(Self.blob.digest) { path throws(ImageError) in
                    try? writeFile(path + "/half", "x")
                    throw .noEntry("x")
                }
            }
            let root = try store.unpackRoot(Self.blob.digest) { _ throws(ImageError) in }
            #expect(throws: TestKitError.self) { try readBytes(root + "/half") }
        }
    }

    @Test("a damaged record counts as none, so that a pull or what is left can replace it")
    func damagedRecord() throws {
        try withScratchDirectory { folder in
            let store = try ImageStore(directory: folder)
            let reference = try ImageReference("example.com/app:1")
            let image = StoredImage(
                manifestDigest: Self.blob.digest,
                form: .rootFileSystem,
                configuration: ImageConfiguration(),
                rootDirectory: nil,
                moduleFile: nil
            )
            try store.save(image, as: reference)
            #expect(try store.lookup(reference) != nil)
            let record = "\(folder)/images/\(Self.blob.digest.hex).json"
            try writeFile(record, Array(try readBytes(record).dropLast(9)))
            #expect(try store.lookup(reference) == nil)
            #expect(try store.image(Self.blob.digest) == nil)
            #expect(try store.manifestDigest(of: reference) == Self.blob.digest)
            try store.save(image, as: reference)
            let name = try #require(
                try run("ls", ["\(folder)/references"]).standardOutput.split(separator: "\n").first
            )
            try writeFile("\(folder)/references/\(name)", "{")
            #expect(try store.lookup(reference) == nil)
            #expect(try store.manifestDigest(of: reference) == nil)
        }
    }
}
