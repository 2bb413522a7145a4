import Documents
import Glibc
import Host
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: a guest sees of the host what its pod says and the operator allows, and nothing else. Method: the
// supervisor with real folders, files and a socket, and make-believe processes.
@Suite("Volumes of the host", .timeLimit(.minutes(2)))
struct HostVolumeTests {
    private let first = Instance(uid: "uid-1", container: "main", attempt: 1)

    private func story(_ body: @Sendable (SupervisorStory, Life) async throws -> Void) async throws
    {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.directory)
            let shared = fixture.directory + "/shared"
            try FileTree.make(shared + "/folder", mode: 0o755)
            try FileTree.make(fixture.directory + "/data", mode: 0o755)
            try AtomicFile.write(Array("hello".utf8), to: shared + "/file", mode: 0o640)
            try AtomicFile.write(
                Array("secret".utf8),
                to: fixture.directory + "/other",
                mode: 0o640
            )
            try FileTree.makeLink(to: fixture.directory + "/other", at: shared + "/link")
            try await story.daemon { life in try await body(story, life) }
        }
    }

    private func pod(_ volume: String, mount: String = #""mountPath":"/v""#) -> String {
        podJSON(
            spec: #""volumes":[{"name":"v",\#(volume)}],"#,
            container: #""volumeMounts":[{"name":"v",\#(mount)}],"#
        )
    }

    private func hostPath(_ story: SupervisorStory, _ path: String, _ type: String) -> String {
        #""hostPath":{"path":"\#(story.directory)/\#(path)","type":"\#(type)"}"#
    }

    private func directory(_ story: SupervisorStory, at path: String) -> RunnerCommand.Directory? {
        story.host.world.withLock { $0.commands[first] }?.directories.first { $0.guest == path }
    }

    private func runs(_ life: Life, _ json: String) async throws {
        try await life.apply(json)
        try await life.eventually("runs") { await life.phase() == "Running" }
    }

    /// Why the container waits, once it does.
    private func message(_ life: Life, _ json: String) async throws -> String {
        try await life.apply(json)
        try await life.eventually("waits") { await life.waiting() == "CreateContainerError" }
        #expect(await life.phase() == "Pending")
        return await life.container()?["state"]?["waiting"]?["message"]?.string ?? ""
    }

    @Test(
        "a folder is shown where one is, whatever the type says of making it",
        arguments: ["", "Directory", "DirectoryOrCreate"]
    )
    func folder(type: String) async throws {
        try await story { story, life in
            try await runs(life, pod(hostPath(story, "shared/folder", type)))
            let shown = try #require(directory(story, at: "/v"))
            #expect(shown.host == FileTree.resolved(story.directory + "/shared/folder"))
            #expect(!shown.isReadOnly)
        }
    }

    @Test("DirectoryOrCreate makes folders, FileOrCreate a file, and neither leaves the roots")
    func created() async throws {
        try await story { story, life in
            let deep = story.directory + "/shared/a/b"
            try await runs(life, pod(hostPath(story, "shared/a/b", "DirectoryOrCreate")))
            #expect(FileTree.isDirectory(deep) && FileTree.permissions(deep) == 0o755)
        }
        try await story { story, life in
            try await runs(life, pod(hostPath(story, "shared/new", "FileOrCreate")))
            #expect(FileTree.permissions(story.directory + "/shared/new") == 0o644)
        }
        try await story { story, life in
            let text = try await message(life, pod(hostPath(story, "beside", "FileOrCreate")))
            #expect(text.contains("is not below volumes.hostPathRoots"))
            #expect(!FileTree.isFile(story.directory + "/beside"))
        }
        try await story { story, life in
            let text = try await message(
                life,
                pod(hostPath(story, "shared/no/file", "FileOrCreate"))
            )
            #expect(text.contains("does not exist"))
        }
    }

    @Test(
        "a file is the guest's and the host's at once, and each run has it",
        arguments: ["", "File"]
    )
    func sharedFile(type: String) async throws {
        try await story { story, life in
            let mount = #""mountPath":"/etc/app/settings""#
            try await runs(life, pod(hostPath(story, "shared/file", type), mount: mount))
            let host = story.directory + "/shared/file"
            let guest = try #require(directory(story, at: "/")).host + "/etc/app/settings"
            #expect(try readFile(guest) == "hello")
            try append(" guest", to: guest)
            #expect(try readFile(host) == "hello guest")
            try append(" host", to: host)
            #expect(try readFile(guest) == "hello guest host")
            story.host.exit(first, code: 1)
            try await life.eventually("runs again") {
                life.pass(seconds: 20)
                return await life.container()?["restartCount"]?.integer == 1
            }
            try await life.eventually("is there") {
                (try? readFile(guest)) == "hello guest host"
            }
            #expect(try readFile(host) == "hello guest host")
        }
    }

    @Test("a file that may only be read is a copy, which no guest can write through")
    func copiedFile() async throws {
        try await story { story, life in
            let mount = #""mountPath":"/settings","readOnly":true"#
            try await runs(life, pod(hostPath(story, "shared/file", "File"), mount: mount))
            let guest = try #require(directory(story, at: "/")).host + "/settings"
            #expect(try readFile(guest) == "hello")
            try append("!", to: guest)
            #expect(try readFile(story.directory + "/shared/file") == "hello")
        }
    }

    @Test(
        "what is not what the type says is named in the kubelet's words",
        arguments: [
            ("shared/file", "Directory", "is not a directory"),
            ("shared/file", "DirectoryOrCreate", "is not a directory"),
            ("shared/folder", "File", "is not a file"),
            ("shared/folder", "FileOrCreate", "is not a file"),
            ("shared/file", "Socket", "is not a socket file"),
            ("shared/file", "CharDevice", "is not a character device"),
            ("shared/none", "BlockDevice", "is not a block device"),
            ("shared/none", "Directory", "is not a directory"),
            ("shared/none", "", "does not exist"),
            ("shared/link", "", "is not below volumes.hostPathRoots"),
            ("shared/link", "File", "is not below volumes.hostPathRoots"),
            ("other", "File", "is not below volumes.hostPathRoots"),
        ]
    )
    func refused(path: String, type: String, words: String) async throws {
        try await story { story, life in
            let text = try await message(life, pod(hostPath(story, path, type)))
            #expect(text.contains(words), "\(text)")
            #expect(directory(story, at: "/v") == nil)
        }
    }

    @Test("a socket is found for what it is, and no guest can open it")
    func socket() async throws {
        try await story { story, life in
            let listener = try UnixListener(story.directory + "/shared/s")
            defer { listener.close() }
            let text = try await message(life, pod(hostPath(story, "shared/s", "Socket")))
            #expect(text.contains("is neither a file nor a folder"), "\(text)")
        }
    }

    @Test("a claim is the folder that the operator gave it, which stays when the pod goes")
    func claim() async throws {
        try await story { story, life in
            try await runs(life, pod(#""persistentVolumeClaim":{"claimName":"data"}"#))
            let shown = try #require(directory(story, at: "/v"))
            #expect(shown.host == story.directory + "/data" && !shown.isReadOnly)
            try AtomicFile.write([1], to: shown.host + "/kept", mode: 0o600)
            try await life.delete(grace: 0)
            story.host.exit(first, code: 0)
            try await life.eventually("gone") { await life.document() == nil }
            #expect(FileTree.isFile(story.directory + "/data/kept"))
        }
    }

    @Test("a claim that says readOnly is read only, whatever the mount says")
    func readOnlyClaim() async throws {
        try await story { story, life in
            let volume = #""persistentVolumeClaim":{"claimName":"data","readOnly":true}"#
            try await runs(life, pod(volume))
            #expect(directory(story, at: "/v")?.isReadOnly == true)
        }
    }

    @Test(
        "a claim that nobody gave a folder, or whose disk is not there, keeps the pod Pending",
        arguments: [
            ("unknown", "persistentvolumeclaim \"unknown\" not found"), ("gone", "is not bound"),
        ]
    )
    func unknownClaim(name: String, words: String) async throws {
        try await story { story, life in
            let volume = #""persistentVolumeClaim":{"claimName":"\#(name)"}"#
            #expect(try await message(life, pod(volume)).contains(words))
            guard name == "gone" else { return }
            // The disk was mounted late.
            try FileTree.make(story.directory + "/gone")
            try await life.eventually("runs") {
                life.pass(seconds: 20)
                return await life.phase() == "Running"
            }
        }
    }
}

/// Adds to a file without replacing it.
private func append(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "a"))
    defer { fclose(file) }
    #expect(fputs(text, file) >= 0)
}

/// A socket that is there and listens to nobody.
private struct UnixListener {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try #require(path.utf8.count < 108)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        try #require(status == 0)
    }

    func close() { _ = Glibc.close(descriptor) }
}
