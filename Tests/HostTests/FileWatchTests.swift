import Host
import TestKit
import Testing

// Goal: a file that changes rings, however it was changed. Method: real files.
@Suite("Watching files")
struct FileWatchTests {
    @Test("written in place, moved there, made and removed: each rings")
    func rings() async throws {
        try await Fixture.with { fixture in
            let file = fixture.path("a/file")
            _ = try run("mkdir", [fixture.path("a")])
            var rings = try FileWatch.changes(near: [file]).makeAsyncIterator()
            for change in ["touch \(file)", "echo b >\(file)", "mv \(file) \(file).old"] {
                _ = try run("sh", ["-c", change])
                #expect(await rings.next() != nil, "\(change)")
            }
        }
    }

    @Test("a folder that is not there is named")
    func missing() {
        let error = #expect(throws: HostError.self) {
            _ = try FileWatch.changes(near: ["/none/at/all"])
        }
        #expect(error?.description.contains("/none/at") == true)
    }
}
