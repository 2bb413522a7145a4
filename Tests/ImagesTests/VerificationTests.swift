import Glibc
import Images
import TestKit
import Testing

// Goal: bytes that the disk lost are found, set aside, and what is left is enough to go on with. Method:
// a real store whose files are changed behind its back, every way a card does it.
@Suite("Verification")
struct VerificationTests {
    @Test("an intact image is good in full, and its quick look says so")
    func good() throws {
        try StoreKeepingTests.with { kept in
            let image = try kept.save("a:1", layers: ["base", "top"])
            var byteCount: Int64 = 0
            let verdict = try kept.store.verify(image) { byteCount += $0 }
            #expect(verdict.isGood && verdict.good.count == 4)
            #expect(verdict.byteCount == byteCount && byteCount > 7)
            #expect(try kept.store.isIntact(image))
            try kept.store.setAside(image, verdict)
            #expect(try kept.store.lookup(ImageReference("a:1")) == image)
        }
    }

    @Test(
        "a layer that was flipped, cut, emptied or removed is found and set aside; the others stay",
        arguments: ["flipped", "cut", "emptied", "gone"]
    )
    func blob(how: String) throws {
        try StoreKeepingTests.with { kept in
            let image = try kept.save("a:1", layers: ["base", "top"])
            let digest = Digest.of(Array("base".utf8))
            let path = kept.store.blobPath(digest)
            switch how {
            case "flipped": try writeFile(path, "bAse")
            case "cut": try writeFile(path, "bas")
            case "emptied": try writeFile(path, "")
            default: unlink(path)
            }
            let verdict = try kept.store.verify(image)
            #expect(!verdict.isGood && verdict.isContentIntact)
            #expect(verdict.missing == (how == "gone" ? [digest] : []))
            #expect(verdict.damaged == (how == "gone" ? [] : [digest]))
            try kept.store.setAside(image, verdict)
            #expect(!kept.isThere(layer: "base") && kept.isThere(layer: "top"))
            #expect(kept.isThere("aside/sha256-\(digest.hex)") == (how != "gone"))
            #expect(try kept.store.lookup(ImageReference("a:1")) == nil)
            // The next pull fetches that layer, and nothing else.
            try kept.save("a:1", layers: ["base", "top"])
            let again = try #require(try kept.store.lookup(ImageReference("a:1")))
            #expect(try kept.store.verify(again).isGood)
        }
    }

    @Test(
        "a root that changed is found by the quick look",
        arguments: ["flipped", "longer", "gone", "more", "link"]
    )
    func root(how: String) throws {
        try StoreKeepingTests.with { kept in
            let image = try kept.save("a:1", layers: ["base"])
            let root = try #require(image.rootDirectory)
            switch how {
            case "flipped": try writeFile(root + "/file", "A:1")
            case "longer": try writeFile(root + "/file", "a:1\0")
            case "gone": unlink(root + "/file")
            case "more": try writeFile(root + "/other", "")
            default:
                unlink(root + "/file")
                symlink("a:1", root + "/file")
            }
            #expect(try !kept.store.isIntact(image))
            let verdict = try kept.store.verify(image)
            #expect(!verdict.isGood && verdict.damaged.isEmpty)
            try kept.store.setAside(image, verdict)
            #expect(try kept.store.lookup(ImageReference("a:1")) == nil)
            #expect(kept.isThere("aside/root-\(image.manifestDigest.hex)"))
            #expect(kept.isThere(layer: "base"))
            let source = StoreSource(kept.store)
            let found = try source.resolve(ImageReference("a:1"))
            #expect(found.digest == image.manifestDigest)
        }
    }

    @Test("a manifest that is gone leaves nothing to look further with")
    func manifest() throws {
        try StoreKeepingTests.with { kept in
            let image = try kept.save("a:1", layers: ["base"])
            unlink(kept.store.blobPath(image.manifestDigest))
            #expect(try kept.store.verify(image).missing == [image.manifestDigest])
            #expect(throws: ImageError.self) {
                try StoreSource(kept.store).resolve(ImageReference("a:1"))
            }
        }
    }
}
