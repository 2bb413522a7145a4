import Glibc
import TestKit
import Testing

@testable import Images

/// A source that fills a disk when it has handed over some bytes, as somebody else's log would.
private struct FillingSource: BlobSource {
    let bytes: [UInt8]
    let fillsAfter: Int
    let fill: () -> Void

    func resolve(_ reference: ImageReference) throws(ImageError) -> BlobDescriptor {
        throw .notFound("nothing is named here")
    }

    func attachments(
        of subject: Digest,
        beside reference: ImageReference
    ) throws(ImageError) -> [BlobDescriptor] { [] }

    func read(
        _ blob: BlobDescriptor,
        from offset: Int64,
        _ take: ([UInt8]) throws(ImageError) -> Void
    ) throws(ImageError) {
        var position = Int(offset)
        while position < bytes.count {
            let next = min(position + 16_384, bytes.count)
            if position < fillsAfter, next >= fillsAfter { fill() }
            try take(Array(bytes[position..<next]))
            position = next
        }
    }
}

// Goal: a disk that others fill in the middle of a pull keeps room for the database, and costs no byte that
// came. Method: a disk of 16 MB, a file that grows while a blob comes, and the same pull again.
@Suite(
    "What stays free of a disk",
    .enabled(if: Requirement.mount.isMet, "\(Requirement.mount.comment)")
)
struct DiskReserveTests {
    static let bytes: [UInt8] = {
        var random = SeededGenerator(seed: 4)
        return random.bytes(8_000_000)
    }()

    static let blob = BlobDescriptor(
        mediaType: "application/octet-stream",
        digest: Digest.of(bytes),
        byteCount: Int64(bytes.count)
    )

    @Test("a pull stops before the disk is full, says so, and goes on where it was")
    func stops() async throws {
        try await Fixture.with { fixture in
            let folder = fixture.path("disk")
            mkdir(folder, 0o755)
            try await SmallDisk.mount(16 << 20, on: folder, in: fixture)
            let store = try ImageStore(directory: folder + "/images")
            let ballast = folder + "/ballast"
            let filling = FillingSource(bytes: Self.bytes, fillsAfter: 3_000_000) {
                // All that is free but 2 MB.
                guard let free = StoreFile.room(at: folder)?.freeByteCount else { return }
                let file = open(ballast, O_WRONLY | O_CREAT, 0o600)
                posix_fallocate(file, 0, off_t(free - 2_000_000))
                close(file)
            }
            let error = #expect(throws: ImageError.self) {
                try store.ingest(Self.blob, from: filling)
            }
            guard case .noRoom(let path, let needed, let free)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(path == store.name && free < needed && error?.isWorthRetrying == true)
            // The rest of the blob is told of, so that as much is made room for.
            #expect(needed > 2_000_000)
            let left = try #require(StoreFile.room(at: folder)?.freeByteCount)
            // What the database may still write: the reserve, less what came between two looks.
            #expect(left > 0)
            let partial = "\(folder)/images/ingest/\(Self.blob.digest.hex)"
            let kept = try #require(StoreFile.byteCount(partial))
            #expect(kept > 3_000_000)
            unlink(ballast)
            let good = FillingSource(bytes: Self.bytes, fillsAfter: 0) {}
            let fetched = try store.ingest(Self.blob, from: good)
            #expect(fetched.resumedFrom == kept)
            #expect(try readBytes(fetched.path) == Self.bytes)
        }
    }

    @Test("a small disk keeps a twentieth, and a large one 64 MiB")
    func amount() {
        #expect(DiskReserve.byteCount(ofTotal: 16 << 20) == (16 << 20) / 20)
        #expect(DiskReserve.byteCount(ofTotal: 1 << 40) == 64 << 20)
        #expect(DiskReserve.byteCount(ofTotal: 0) == 0)
    }

    @Test("it takes any count, and where nobody knows how full a disk is it stops nobody")
    func looks() throws {
        var nowhere = DiskReserve(at: "/nonexistent/folder", name: "nowhere")
        for _ in 0..<5 { try nowhere.wrote(1 << 20) }
        var here = DiskReserve(at: "/tmp", name: "here")
        try here.wrote(1_000)
        try here.wrote(.max)
    }
}
