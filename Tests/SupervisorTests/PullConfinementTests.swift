import Glibc
import Host
import Images
import Seccomp
import TestKit
import Testing

@testable import Supervisor

// Goal: what a stranger's bytes are read by has nothing but the store and what it was told of. Method: the
// real swiftlet-pull, held as the daemon holds it, on this kernel.
@Suite(
    "Pulls in confinement",
    .enabled(
        if: Requirement.programs.isMet && Requirement.landlock.isMet,
        "\(Requirement.programs.comment); \(Requirement.landlock.comment)"
    )
)
struct PullConfinementTests {
    private static func with(
        user: Confinement.User? = nil,
        registries: RegistryRules = RegistryRules(),
        _ body: (StoredImages, ImageDisk, Fixture) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            // A state folder of the daemon: nobody else has a way through it.
            let folder = fixture.path("disk")
            mkdir(folder, 0o700)
            let disk = try ImageDisk(folder)
            let architecture = try #require(Architecture.own)
            let confinement = PullConfinement(
                kernel: .probe(),
                filter: try SystemCallFilter.puller.sealed(for: architecture),
                user: user
            )
            let images = StoredImages(
                store: try ImageStore(
                    directory: folder + "/confined",
                    owner: confinement.storeOwner
                ),
                puller: try Requirement.programs.path() + "/swiftlet-pull",
                names: ImageNames(layouts: folder),
                registries: registries,
                confinement: confinement
            )
            try await body(images, disk, fixture)
        }
    }

    private static func status(of process: pid_t) throws -> [String: String] {
        var found: [String: String] = [:]
        for line in try readFile("/proc/\(process)/status").split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            found[String(parts[0])] = String(parts[1].drop(while: \.isWhitespace))
        }
        return found
    }

    /// The process that was started with a path among its arguments.
    private static func process(reading path: String) -> pid_t? {
        FileTree.names(in: "/proc").compactMap { pid_t($0) }.first { process in
            guard process != getpid(),
                let line = try? readBytes("/proc/\(process)/cmdline")
            else { return false }
            return line.split(separator: 0).contains { $0.elementsEqual(path.utf8) }
        }
    }

    @Test("while it reads an archive it has no rights, no way to get any, and bounds")
    func rights() async throws {
        try await Self.with { images, _, fixture in
            let pipe = fixture.path("archive")
            #expect(mkfifo(pipe, 0o600) == 0)
            let taking = Task { () async throws -> Void in
                try await images.takeArchive(pipe, as: nil) { _ in }
            }
            var found: [String: String] = [:]
            try await eventually("it waits for the archive, confined") {
                guard let process = Self.process(reading: pipe) else { return false }
                found = (try? Self.status(of: process)) ?? [:]
                return found["Seccomp"] == "2"
            }
            let process = try #require(Self.process(reading: pipe))
            #expect(found["NoNewPrivs"] == "1")
            if KernelSupport.probe().canDropBoundingSet {
                #expect(found["CapBnd"]?.contains { $0 != "0" } == false)
            }
            let limits = try readFile("/proc/\(process)/limits").split(separator: "\n")
            #expect(limits.contains { $0.hasPrefix("Max data size") && $0.contains("201326592") })
            #expect(limits.contains { $0.hasPrefix("Max open files") && $0.contains(" 256 ") })
            #expect(try readFile("/proc/\(process)/oom_score_adj") == "1000\n")
            close(open(pipe, O_WRONLY))
            await #expect(throws: ImageProblem.self) { try await taking.value }
        }
    }

    @Test("an archive is read when it was told of, and no other file is")
    func places() async throws {
        try await Self.with { images, disk, fixture in
            try await disk.pack("1", dataByteCount: 100_000)
            let archive = fixture.path("archive.tar")
            let made = try run("tar", ["-C", disk.folder + "/L", "-cf", archive, "."])
            #expect(made.exitCode == 0, "\(made.standardError)")
            let words = ["--import", archive, "registry.test/app:1"]
            let (refused, exit) = try await images.runPuller(words) { _ in }
            #expect(exit != .exited(code: 0))
            #expect("\(String(describing: refused))".contains("Failed to open"))
            try await images.takeArchive(archive, as: "registry.test/app:1") { _ in }
            let listed = try await images.list(ImageNeeds())
            #expect(listed.count == 1)
        }
    }

    @Test("a link in a layout that leads out of it leads nowhere")
    func links() async throws {
        try await Self.with { images, disk, fixture in
            try await disk.pack("1", dataByteCount: 1_000)
            let blobs = disk.folder + "/L/blobs/sha256"
            let blob = try #require(FileTree.names(in: blobs).sorted().first)
            #expect(rename("\(blobs)/\(blob)", fixture.path("elsewhere")) == 0)
            #expect(symlink(fixture.path("elsewhere"), "\(blobs)/\(blob)") == 0)
            await #expect(throws: ImageProblem.self) {
                try await images.takeArchive(disk.folder + "/L", as: "registry.test/app:1") { _ in }
            }
            #expect(try await images.list(ImageNeeds()).isEmpty)
        }
    }

    /// Nobody on this machine.
    private static let stranger = Confinement.User(id: 64_998, group: 64_997)

    private static func owners(_ folder: String) throws -> Set<String> {
        let found = try run("find", [folder, "-printf", "%U:%G\n"])
        return Set(found.standardOutput.split(separator: "\n").map(String.init))
    }

    @Test(
        "a pull is a user of its own, without groups, and all that it leaves is that user's",
        .enabled(if: Requirement.root.isMet, "\(Requirement.root.comment)")
    )
    func ownUser() async throws {
        try await Self.with(user: Self.stranger) { images, disk, fixture in
            try await disk.pack("1", dataByteCount: 1_000)
            // A pipe in place of a blob: the pull waits for who writes to it.
            let blobs = disk.folder + "/L/blobs/sha256"
            let blob = try #require(FileTree.names(in: blobs).sorted().first)
            let bytes = try readBytes("\(blobs)/\(blob)")
            unlink("\(blobs)/\(blob)")
            #expect(mkfifo("\(blobs)/\(blob)", 0o644) == 0)
            let pulling = Task { () async throws -> Void in _ = try await images.pull("oci:L:1") }
            var found: [String: String] = [:]
            try await eventually("it waits for the blob, confined") {
                guard let process = Self.process(reading: "oci:\(disk.folder)/L:1") else {
                    return false
                }
                found = (try? Self.status(of: process)) ?? [:]
                return found["Seccomp"] == "2"
            }
            #expect(found["Uid"] == "64998\t64998\t64998\t64998")
            #expect(found["Gid"] == "64997\t64997\t64997\t64997")
            #expect(found["Groups"]?.allSatisfy(\.isWhitespace) == true)
            #expect(found["CapPrm"]?.contains { $0 != "0" } == false)
            let writer = open("\(blobs)/\(blob)", O_WRONLY)
            _ = bytes.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) }
            close(writer)
            try await pulling.value
            #expect(try Self.owners(disk.folder + "/confined") == ["64998:64997"])
            _ = fixture
        }
    }

    @Test(
        "every verb works on a store of the user of pulls, and leaves it that user's",
        .enabled(if: Requirement.root.isMet, "\(Requirement.root.comment)")
    )
    func verbs() async throws {
        try await Self.with(user: Self.stranger) { images, disk, fixture in
            try await disk.pack("1", dataByteCount: 100_000)
            let store = disk.folder + "/confined"
            let image = try await images.pull("oci:L:1")
            try image.copyRoot(to: fixture.path("root"))
            #expect(try readBytes(fixture.path("root") + "/data").count == 100_000)
            #expect(try Self.owners(fixture.path("root")) == ["0:0"])
            #expect(try await images.verify(nil) { _ in })
            try await images.keep("oci:L:1")
            // Export, and import what was exported, as an operator sends it.
            var archive = try await images.export("oci:L:1")
            let upload = try await images.beginUpload("u")
            var offset: Int64 = 0
            while case (let rest, let bytes?) = try await images.next(of: archive) {
                #expect(try await images.append(bytes, to: upload, at: offset))
                offset += Int64(bytes.count)
                archive = rest
            }
            try await images.takeArchive(upload.path, as: "registry.test/app:1") { _ in }
            #expect(try await images.list(ImageNeeds()).count == 2)
            // Damage, found at the first use of the next daemon, is mended by the puller.
            let stored = try #require(try images.store.list().first?.image)
            let data = try #require(stored.rootDirectory) + "/data"
            try writeFile(data, Array(try readBytes(data).dropLast()) + [0])
            #expect(try await !images.verify(nil) { _ in })
            #expect(try await images.find("oci:L:1") != nil)
            let names = try await images.prune(ImageNeeds(), includesKept: true, isTrial: false)
                .names
            #expect(names.count == 2)
            #expect(try Self.owners(store) == ["64998:64997"])
            #expect(FileTree.names(in: store + "/roots").isEmpty)
            withExtendedLifetime(upload) {}
        }
    }

    @Test(
        "a key that is root's alone is shown to a registry, whose authority is the one that was named",
        .enabled(if: Requirement.root.isMet, "\(Requirement.root.comment)"),
        .enabled(if: Requirement.registry.isMet, "\(Requirement.registry.comment)"),
        .enabled(if: Requirement.skopeo.isMet, "\(Requirement.skopeo.comment)")
    )
    func certificates() async throws {
        try await Fixture.with { outer in
            let folder = outer.path("keys")
            mkdir(folder, 0o700)
            let authority = try Authority(in: folder)
            for name in ["broker", "gateway"] { try authority.sign(name) }
            try authority.makeRoot("other")
            let registry = try await DockerRegistry.start(in: outer, authority: authority)
            var good = RegistryRule(prefix: registry.host)
            good.authorityFile = folder + "/ca.crt"
            good.certificateFile = folder + "/gateway.crt"
            good.keyFile = folder + "/gateway.key"
            var stranger = good
            stranger.authorityFile = folder + "/other.crt"
            var nobody = good
            nobody.certificateFile = nil
            nobody.keyFile = nil
            var lost = good
            lost.keyFile = folder + "/lost.key"
            try await pull(from: registry, outer, [(good, nil)])
            try await pull(
                from: registry,
                outer,
                [(stranger, "certificate"), (nobody, ""), (lost, "--key-file cannot be read")]
            )
        }
    }

    /// Pulls by each rule; with words the failure has them.
    private func pull(
        from registry: DockerRegistry,
        _ outer: Fixture,
        _ tries: [(RegistryRule, String?)]
    ) async throws {
        for (rule, words) in tries {
            var registries = RegistryRules()
            registries.rules = [rule]
            try await Self.with(user: Self.stranger, registries: registries) { images, disk, _ in
                try await disk.pack("1", dataByteCount: 100_000)
                // Where skopeo looks for what to show: any folder with these names in it.
                let keys = outer.path("skopeo")
                mkdir(keys, 0o700)
                for (from, to) in [("ca.crt", "ca.crt"), ("gateway.crt", "client.cert")] {
                    try writeFile("\(keys)/\(to)", try readBytes(outer.path("keys") + "/\(from)"))
                }
                let key = try readBytes(outer.path("keys") + "/gateway.key")
                try writeFile("\(keys)/client.key", key)
                try await registry.push(disk.folder + "/L", "1", ["--dest-cert-dir", keys])
                let image = "\(registry.host)/org/app:1"
                guard let words else {
                    _ = try await images.pull(image)
                    let owners = try Self.owners(disk.folder + "/confined")
                    #expect(owners == ["64998:64997"])
                    return
                }
                await #expect {
                    try await images.pull(image)
                } throws: { error in
                    guard case ImageProblem.unavailable(let text)? = error as? ImageProblem else {
                        return false
                    }
                    return words.isEmpty || text.contains(words)
                }
            }
        }
    }

    @Test("a layer of 20 MB is unpacked in the memory that it may have")
    func memory() async throws {
        try await Self.with { images, disk, _ in
            try await disk.pack("1", dataByteCount: 20_000_000)
            _ = try await images.pull("oci:L:1")
            #expect(try await images.list(ImageNeeds()).count == 1)
        }
    }
}
