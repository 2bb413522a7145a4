import Glibc
import TestKit

/// A gateway whose disk refuses.
///
/// The daemon is started, pods are published, and from some change on the disk fails, for once or
/// until it is healed. A daemon that ends is started again, as systemd does.
struct FaultRun {
    let fixture: Fixture
    let workshop: Workshop
    let fault: Fault
    /// The change that fails first, counted from the start of the daemon; 0: none.
    let first: UInt64
    /// Whether all fail from there on, until the disk is healed.
    let isLasting: Bool
    /// Whether to wait for what the daemon does by itself a minute later, instead of for a new link.
    var isPatient = false

    /// What came of it.
    struct Result {
        var problems: [String] = []
        /// Changes that the run made, with or without success.
        var changes: UInt64 = 0
        /// Changes that failed.
        var failed: UInt64 = 0
        /// How often the daemon ended by itself.
        var ends = 0
    }

    private static let pods = [("alpha", "u-alpha", "v1"), ("rooted", "u-rooted", "rooted")]
    private static let late = ("late", "u-late", "v2")
    // Why bounded: systemd gives up as well.
    private static let startsMax = 12

    /// Runs it.
    func run() async throws -> Result {
        let broker = try await Mosquitto.start(in: fixture)
        let site = Site(fixture)
        let file = try RecorderFile(path: fixture.path("recording"))
        let environment = try site.configureRecorded(file, workshop, broker)
        let inodes = site.rootInodes()
        if first == 0 {
            file.count(fault)
        } else {
            file.fail(fault, from: first, to: isLasting ? .max : first)
        }
        var life = Life(site: site, environment: environment, cloud: Cloud(broker: broker))
        fixture.atEnd { site.killRunners() }
        var result = Result()
        do {
            try await life.play(Self.pods, Self.late, file, isPatient ? nil : broker)
        } catch {
            result.problems.append("\(error)")
        }
        result.changes = file.countedChanges
        result.failed = file.failedChanges
        try await file.freeze()
        life.kill()
        result.problems += life.crashes
        result.ends = life.ends
        file.thaw()
        broker.kill()
        result.problems += try await falseWords(try file.recording(), life.story, site, inodes)
        if !result.problems.isEmpty { result.problems.append("it said:\n\(life.output)") }
        return result
    }

    /// What was acknowledged and is not there after a power cut behind it.
    private func falseWords(
        _ recording: Recording,
        _ story: Story,
        _ site: Site,
        _ inodes: [String: UInt64]
    ) async throws -> [String] {
        let load = Load(
            recording: recording,
            story: story,
            acknowledgements: Acknowledgement.all(in: SentMessages(recording).messages),
            toldEnds: ToldEnd.all(in: SentMessages(recording).messages),
            rootInodes: inodes,
            differences: []
        )
        var problems: [String] = []
        let told = load.acknowledgements.map(\.position) + load.toldEnds.map(\.position)
        let ends = [recording.changes.count] + told
        for position in Set(ends).sorted() {
            for loss in [Loss.everything, .disorder] {
                let cut = PowerCut(position: position, loss: loss, seed: first)
                let boot = Boot(site: site, load: load, workshop: workshop)
                problems += try await boot.storedProblems(after: cut).map { "cut \(cut): \($0)" }
            }
        }
        return problems
    }

    /// The daemon from start to start.
    private struct Life {
        let site: Site
        let environment: [String: String]
        let cloud: Cloud
        var story = Story()
        var crashes: [String] = []
        var ends = 0
        var output = ""
        private var daemon: BackgroundProcess?

        init(site: Site, environment: [String: String], cloud: Cloud) {
            self.site = site
            self.environment = environment
            self.cloud = cloud
        }

        mutating func play(
            _ pods: [(String, String, String)],
            _ late: (String, String, String),
            _ file: RecorderFile,
            _ broker: Mosquitto?
        ) async throws {
            for pod in pods { try await publish(pod) }
            daemon = try site.startRecorded(environment)
            // Until the fault has come: all is well where it comes late.
            try await supervised("the disk fails, or all is well") {
                try $0.isWell(file) || file.failedChanges > 0
            }
            try await publish(late)
            // Some time in which everything fails; where nothing more is tried that is fine, too.
            try? await supervised("more fails", within: 1) { _ in file.failedChanges > 4 }
            file.heal()
            if let broker {
                // What was not stored is asked for again on the next link, or a minute later.
                try await broker.stop()
                try await broker.start()
            }
            try await supervised("all is well after the disk was healed", within: 150) {
                try $0.isWell(file)
            }
        }

        mutating func kill() {
            site.killRunners()
            daemon?.kill()
            output += daemon?.output.suffix(4_000) ?? ""
            site.killRunners()
        }

        private mutating func publish(_ pod: (name: String, uid: String, tag: String)) async throws
        {
            let text = pod.tag == "rooted" ? "rooted." : Workshop.text(pod.tag == "v1" ? 1 : 2)
            let version = Story.Version(uid: pod.uid, version: "1", text: text)
            story.publish(pod.name, version)
            try await cloud.publish(pod.name, version, image: pod.tag)
        }

        /// Waits, and starts the daemon again where it has ended.
        private mutating func supervised(
            _ what: String,
            within seconds: Double = 45,
            _ holds: (Life) throws -> Bool
        ) async throws {
            try await eventually(what, within: seconds) {
                if let code = daemon?.exitCode {
                    output += "ended with \(code): \(daemon?.output.suffix(2_000) ?? "")"
                    // From 128 on: ended by a signal, and nobody here sends one.
                    if code >= 128 { crashes.append("the daemon crashed with \(code)") }
                    ends += 1
                    guard ends < FaultRun.startsMax else {
                        throw TestKitError(message: "the daemon ended \(ends) times")
                    }
                    daemon = try site.startRecorded(environment)
                }
                return try holds(self)
            }
        }

        /// Whether everything that was published is acknowledged and runs.
        private func isWell(_ file: RecorderFile) throws -> Bool {
            let said = Acknowledgement.all(in: SentMessages(try file.recording()).messages)
            return story.pods.allSatisfy { pod, versions in
                versions.last.map { last in
                    said.contains { $0.pod == pod && $0.uid == last.uid }
                        && site.log(of: pod, last.uid).contains(last.text ?? "")
                } ?? true
            }
        }
    }
}
