import Documents
import Host
import Synchronization
import TestKit
import Testing

@testable import Supervisor

// Goal: who writes more than it may is evicted, with the kubelet's words, and who does not is left alone.
// Method: real files in the folders that a runner is given; the clock is the test's.
@Suite("Limits of what pods write", .timeLimit(.minutes(2)))
struct StorageLimitStoryTests {
    private let first = Instance(uid: "uid-1", container: "main", attempt: 1)

    private func story(
        spec: String = "",
        container: String = "",
        _ body: @Sendable (SupervisorStory, Life) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.directory)
            try await story.daemon { life in
                try await life.apply(podJSON(spec: spec, container: container))
                try await life.eventually("runs") { await life.phase() == "Running" }
                try await body(story, life)
            }
        }
    }

    private func folder(_ story: SupervisorStory, at path: String) throws -> String {
        let command = try #require(story.host.world.withLock { $0.commands[first] })
        return try #require(command.directories.first { $0.guest == path }).host
    }

    private func write(_ byteCount: Int, to path: String) throws {
        try FileTree.make(AtomicFile.folder(of: path))
        try AtomicFile.write([UInt8](repeating: 1, count: byteCount), to: path, mode: 0o600)
    }

    /// Waits until it was measured once more and says what has become of the pod.
    private func measured(_ life: Life) async throws {
        let before = await life.supervisor.storageMeasureCount
        try await life.eventually("measured") {
            life.pass(seconds: 10)
            return await life.supervisor.storageMeasureCount > before + 1
        }
    }

    private func evicted(_ story: SupervisorStory, _ life: Life) async throws -> String {
        try await life.eventually("told to end") {
            life.pass(seconds: 10)
            return await life.document()?["status"]?["reason"]?.string == "Evicted"
        }
        story.host.exit(first, code: 137)
        try await life.eventually("failed") { await life.phase() == "Failed" }
        return await life.document()?["status"]?["message"]?.string ?? ""
    }

    @Test("an empty folder that holds more than its limit ends its pod", arguments: ["", "Memory"])
    func sizeLimit(medium: String) async throws {
        let volume = #"{"name":"cache","emptyDir":{"medium":"\#(medium)","sizeLimit":"64Ki"}}"#
        try await story(
            spec: #""volumes":[\#(volume)],"#,
            container: #""volumeMounts":[{"name":"cache","mountPath":"/c"}],"#
        ) { story, life in
            let path = try folder(story, at: "/c")
            try write(32 << 10, to: path + "/a")
            try await measured(life)
            #expect(await life.phase() == "Running")
            try write(64 << 10, to: path + "/b")
            let message = try await evicted(story, life)
            #expect(
                message == "Usage of EmptyDir volume \"cache\" exceeds the limit \"64Ki\". "
            )
        }
    }

    @Test("what a container writes beside its image, and its log, count against its limit")
    func containerLimit() async throws {
        try await story(
            container: #""resources":{"limits":{"ephemeral-storage":"256Ki"}},"#
        ) { story, life in
            let root = try folder(story, at: "/")
            try await measured(life)
            #expect(await life.phase() == "Running")
            try write(400 << 10, to: root + "/file")
            let message = try await evicted(story, life)
            #expect(
                message == "Pod ephemeral local storage usage exceeds the total limit of "
                    + "containers 256Ki. "
            )
        }
    }

    @Test("a pod that a restarted daemon finds running is measured on")
    func adopted() async throws {
        try await Fixture.with { fixture in
            let story = SupervisorStory(fixture.directory)
            let json = podJSON(container: #""resources":{"limits":{"ephemeral-storage":"256Ki"}},"#)
            try await story.daemon { life in
                try await life.apply(json)
                try await life.eventually("runs") { await life.phase() == "Running" }
            }
            try write(400 << 10, to: try folder(story, at: "/") + "/file")
            try await story.daemon { life in
                let message = try await evicted(story, life)
                #expect(message.contains("exceeds the total limit"))
            }
        }
    }

    @Test("pods without limits are not measured")
    func unlimited() async throws {
        try await story(
            spec: #""volumes":[{"name":"cache","emptyDir":{}}],"#,
            container: #""volumeMounts":[{"name":"cache","mountPath":"/c"}],"#
        ) { story, life in
            try write(1 << 20, to: try folder(story, at: "/c") + "/a")
            life.pass(seconds: 100)
            #expect(await life.supervisor.storageMeasureCount == 0)
            #expect(await life.phase() == "Running")
        }
    }
}
