import Glibc
import Images
import TestKit
import Testing

// Goal: the module is found as Kubernetes, crun and runwasi find it, and never outside the image.
@Suite("Entries")
struct EntryTests {
    /// An image with a root of a few files.
    static func with(_ body: (StoredImage) throws -> Void) throws {
        try withScratchDirectory { folder in
            let root = folder + "/root"
            for path in ["", "/bin", "/app"] { mkdir(root + path, 0o700) }
            try writeFile(root + "/app.wasm", "\0asm....")
            try writeFile(root + "/bin/tool", "\0asm....")
            try writeFile(root + "/app/relative.wasm", "\0asm....")
            try writeFile(root + "/native", "\u{7F}ELF")
            try writeFile(root + "/text", "hello")
            try writeFile(folder + "/outside.wasm", "\0asm....")
            symlink("/app.wasm", root + "/absolute")
            symlink("../../../../outside.wasm", root + "/escape")
            symlink("loop", root + "/loop")
            var configuration = ImageConfiguration()
            configuration.entrypoint = ["/app.wasm"]
            configuration.command = ["one", "two"]
            configuration.environment = ["PATH=/usr/bin:/bin"]
            configuration.workingDirectory = "/app"
            var image = StoredImage(
                manifestDigest: .of([]),
                form: .rootFileSystem,
                configuration: configuration,
                rootDirectory: root,
                moduleFile: nil
            )
            image.admittedModules = [root + "/app.wasm"]
            try body(image)
        }
    }

    @Test(
        "command and arguments replace ENTRYPOINT and CMD as Kubernetes says",
        arguments: [
            (nil, nil, ["/app.wasm", "one", "two"]),
            (nil, ["x"], ["/app.wasm", "x"]),
            (["tool"], nil, ["tool"]),
            (["tool"], ["x"], ["tool", "x"]),
            (nil, [], ["/app.wasm"]),
        ] as [([String]?, [String]?, [String])]
    )
    func commandLine(command: [String]?, args: [String]?, expected: [String]) throws {
        try Self.with { image throws in
            #expect(try image.entry(command: command, args: args).arguments == expected)
        }
    }

    @Test(
        "the first word is looked for as given, by PATH, and in the working directory",
        arguments: [
            ("/app.wasm", "/app.wasm"), ("tool", "/bin/tool"),
            ("relative.wasm", "/app/relative.wasm"),
            ("./relative.wasm", "/app/relative.wasm"), ("../app.wasm", "/app.wasm"),
            ("/absolute", "/app.wasm"), ("/bin/../app.wasm", "/app.wasm"),
        ]
    )
    func found(word: String, path: String) throws {
        try Self.with { image throws in
            let entry = try image.entry(command: [word], args: nil)
            #expect(entry.modulePath == (image.rootDirectory ?? "") + path)
            #expect(entry.isAdmitted == (path == "/app.wasm"))
        }
    }

    @Test("a function may follow a number sign")
    func function() throws {
        try Self.with { image throws in
            let entry = try image.entry(command: ["/app.wasm#run", "x"], args: nil)
            #expect(entry.function == "run")
            #expect(entry.arguments == ["/app.wasm", "x"])
        }
    }

    @Test(
        "what cannot be run is named",
        arguments: [
            ("/native", "native program"), ("/text", "no WebAssembly"), ("/missing", "no file"),
            ("/escape", "no file"), ("/loop", "no file"), ("/bin", "no file"), ("", "no command"),
        ]
    )
    func refused(word: String, message: String) throws {
        try Self.with { image throws in
            do throws(ImageError) {
                let entry = try image.entry(command: [word], args: nil)
                Issue.record("found \(entry.modulePath)")
            } catch {
                #expect("\(error)".contains(message), "\(error)")
                #expect(error.reason == "CreateContainerError")
            }
        }
    }

    @Test("an image of one raw module runs it whatever the command says")
    func rawModule() throws {
        let image = StoredImage(
            manifestDigest: .of([]),
            form: .moduleArtifact,
            configuration: ImageConfiguration(),
            rootDirectory: nil,
            moduleFile: "/blobs/x"
        )
        #expect(
            try image.entry(command: ["demo.wasm", "x"], args: nil).arguments == ["demo.wasm", "x"]
        )
        let bare = try image.entry(command: nil, args: nil)
        #expect(bare.modulePath == "/blobs/x")
        #expect(bare.arguments == ["module.wasm"])
    }

    @Test("a container's root is a copy with links and modes, made once")
    func copyRoot() throws {
        try Self.with { image throws in
            let root = image.rootDirectory ?? ""
            chmod(root + "/bin/tool", 0o755)
            let target = root + "-copy"
            try image.copyRoot(to: target)
            #expect(try readBytes(target + "/app.wasm") == readBytes(root + "/app.wasm"))
            #expect(access(target + "/bin/tool", X_OK) == 0)
            try writeFile(target + "/app.wasm", "changed")
            try image.copyRoot(to: target)
            #expect(try readFile(target + "/app.wasm") == "changed")
            #expect(try readFile(root + "/app.wasm") == "\0asm....")
        }
    }

    @Test("modules are found by their first bytes, up to a limit")
    func modules() throws {
        try Self.with { image throws in
            #expect(try image.moduleFiles(most: 64).count == 3)
            #expect(try image.moduleFiles(most: 2).count == 2)
        }
    }
}

@Suite("Pull reports")
struct PullReportTests {
    @Test(
        "every report is one line that can be read again",
        arguments: [
            PullReport.progress(PullProgress(byteCount: 5, totalByteCount: 10, resumedFrom: 2)),
            .progress(PullProgress(byteCount: 5, totalByteCount: 10, bytesPerSecond: 2)),
            .done(digest: .of([]), fetchedByteCount: 7), .retryAfter(seconds: 3_600),
            .failed(reason: "ErrImagePull", message: "line 1\nline \"2\"", isWorthRetrying: true),
        ]
    )
    func roundTrip(report: PullReport) {
        #expect(!report.line.contains("\n"))
        #expect(PullReport(line: report.line) == report)
    }

    @Test(
        "other lines are none",
        arguments: ["", "x", "{}", #"{"bytes":1}"#, #"{"digest":"x"}"#, #"{"error":{}}"#]
    )
    func others(line: String) { #expect(PullReport(line: line) == nil) }
}
