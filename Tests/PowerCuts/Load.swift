import Glibc
import TestKit

/// A recorded stretch of a gateway's life: pods come, change and go, images are pulled and removed, the
/// daemon is killed and goes on.
struct Load {
    var recording: Recording
    let story: Story
    let acknowledgements: [Acknowledgement]
    let toldEnds: [ToldEnd]
    let rootInodes: [String: UInt64]
    /// Where the recording's own folders ended, for comparing.
    let differences: [String]

    /// Changes after which a power cut is worth a look: all but what was only sent.
    var positions: [Int] {
        recording.changes.indices.filter { recording.changes[$0].kind != .sent }.map { $0 + 1 }
    }

    /// Records one.
    static func record(_ site: Site, _ workshop: Workshop, _ broker: Mosquitto) async throws -> Load
    {
        let file = try RecorderFile(path: site.fixture.path("recording"))
        let environment = try site.configureRecorded(file, workshop, broker)
        let inodes = site.rootInodes()
        var stage = Stage(
            site: site,
            workshop: workshop,
            file: file,
            environment: environment,
            broker: broker
        )
        do {
            try await stage.play()
        } catch {
            stage.kill()
            let said = SentMessages(try file.recording()).messages.map(\.topic)
            throw TestKitError(
                message: "\(error)\nsent: \(said)\nthe daemon said:\n\(stage.daemon?.output ?? "")"
            )
        }
        try await file.freeze()
        // A pull that was under way would wait for ever.
        defer { file.thaw() }
        stage.kill()
        let recording = try file.recording()
        let last = PowerCut(position: recording.changes.count, loss: .nothing, seed: 0)
        var disk = last.disk(recording, roots: inodes)
        var differences = disk.problems
        for name in Site.lasting {
            differences += try disk.differences(
                "\(site.folder)/\(name)",
                from: "\(site.place)/\(name)"
            )
        }
        let messages = SentMessages(recording).messages
        return Load(
            recording: recording,
            story: stage.story,
            acknowledgements: Acknowledgement.all(in: messages),
            toldEnds: ToldEnd.all(in: messages),
            rootInodes: inodes,
            differences: differences
        )
    }
}

/// The scenes of a load.
private struct Stage {
    let site: Site
    let workshop: Workshop
    let file: RecorderFile
    let environment: [String: String]
    let cloud: Cloud
    var story = Story()
    private(set) var daemon: BackgroundProcess?

    init(
        site: Site,
        workshop: Workshop,
        file: RecorderFile,
        environment: [String: String],
        broker: Mosquitto
    ) {
        self.site = site
        self.workshop = workshop
        self.file = file
        self.environment = environment
        cloud = Cloud(broker: broker)
    }

    mutating func play() async throws {
        daemon = try site.startRecorded(environment)
        try await publish("big", "u-big", 1, image: "big", text: "big.")
        try await publish("alpha", "u-alpha", 1)
        try await publish("beta", "u-beta", 1)
        try await publish("once", "u-once", 1, image: "once", text: "once", isLasting: false)
        try await importImage()
        try await publish(
            "imported",
            "u-imported",
            1,
            image: Workshop.importedName,
            text: "imported."
        )
        try await acknowledged("alpha", "beta", "once")
        try await cloud.publish("desired/configmaps/default/settings", Self.settings("first"))
        try await publish("rooted", "u-rooted", 1, image: "rooted", text: "rooted.")
        // One in place, one under another uid, none waited for.
        try await publish("alpha", "u-alpha", 2)
        try await publish("beta", "u-beta-2", 2)
        try await publish("gamma", "u-gamma", 3)
        try await acknowledged("alpha", "beta", "gamma", "rooted", "imported", "big")
        try await cloud.request("tidy-1", "prune")
        try await end("gamma", "u-gamma")
        try await publish("alpha", "u-alpha", 4)
        try await acknowledged("alpha", "gamma")
        // Why frozen: what was done and not yet written down would be missing.
        try await file.freeze()
        daemon?.kill()
        file.thaw()
        daemon = try site.startRecorded(environment)
        try await cloud.publish("desired/configmaps/default/settings", Self.settings("second"))
        try await publish("gamma", "u-gamma-2", 5)
        try await publish("alpha", "u-alpha", 6)
        try await acknowledged("alpha", "gamma")
        try await cloud.request("tidy-2", "prune")
        try await end("beta", "u-beta-2")
        try await acknowledged("beta")
    }

    /// Gives the daemon an image by hand, through its own socket.
    private func importImage() async throws {
        let program = try Requirement.programs.path() + "/swiftlet"
        let socket = "\(site.folder)/run/swiftletd.sock"
        try await eventually("the socket is there") { access(socket, F_OK) == 0 }
        let words = [
            "--socket", socket, "image", "import", workshop.archive, "--name",
            Workshop.importedName,
        ]
        let result = try await runAside(program, words, timeoutSeconds: 30)
        guard result.exitCode == 0 else { throw TestKitError(message: result.standardError) }
    }

    func kill() {
        site.killRunners()
        daemon?.kill()
        site.killRunners()
    }

    private mutating func publish(
        _ pod: String,
        _ uid: String,
        _ number: Int,
        image: String? = nil,
        text: String? = nil,
        isLasting: Bool = true
    ) async throws {
        let version = Story.Version(
            uid: uid,
            version: String(number),
            text: text ?? Workshop.text(number),
            isLasting: isLasting
        )
        story.publish(pod, version)
        try await cloud.publish(pod, version, image: image ?? "v\(number)")
    }

    private mutating func end(_ pod: String, _ uid: String) async throws {
        let number = (story.pods[pod]?.last?.version).flatMap { Int($0) } ?? 0
        let version = Story.Version(uid: uid, version: String(number + 100), text: nil)
        story.publish(pod, version)
        try await cloud.publish(pod, version, image: "v1")
    }

    /// Waits until the last versions of pods were acknowledged, and what is to end has ended.
    private func acknowledged(_ pods: String...) async throws {
        for pod in pods {
            guard let last = story.pods[pod]?.last else { continue }
            do {
                try await eventually("\(pod) \(last) is acknowledged", within: 20) {
                    try isAcknowledged(pod, last)
                }
            } catch {
                throw TestKitError(message: "\(error)\n\(daemon?.output ?? "no daemon")")
            }
        }
    }

    private func isAcknowledged(_ pod: String, _ version: Story.Version) throws -> Bool {
        if let code = daemon?.exitCode { throw TestKitError(message: "ended with \(code)") }
        return Acknowledgement.all(in: SentMessages(try file.recording()).messages).contains {
            $0.pod == pod && $0.uid == version.uid && $0.version == version.version
                && (version.text != nil || $0.isEnd)
        }
    }

    private static func settings(_ word: String) -> String {
        #"""
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"default",\#
        "uid":"u-settings","resourceVersion":"\#(word == "first" ? 1 : 2)"},\#
        "data":{"word":"\#(word)","more":"\#(String(repeating: word, count: 400))"}}
        """#
    }
}
