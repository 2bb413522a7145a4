import Glibc
import StateStore
import TestKit

/// A gateway's folders, its programs, and what they may be started with.
///
/// The programs see the folders always under the same path, so that absolute names in records hold: a
/// copy is mounted over it, in a name space of the daemon's own. There it is also another boot.
struct Site {
    /// Where the programs see everything.
    let folder: String
    /// Where it really is.
    let place: String
    /// What lies beside it: programs and configurations.
    let base: String
    let fixture: Fixture

    static let nodeName = "gw-1"
    /// What survives a power cut, if it was synced.
    static let lasting = ["state", "logs"]
    private static let all = ["state", "run", "logs", "manifests"]

    /// The folders that the recorder looks at, as the programs see them.
    var roots: [String] { Self.lasting.map { "\(folder)/\($0)" } }

    /// Makes the folders, empty: in the fixture's own folder, or where those stand in for a `base`.
    init(_ fixture: Fixture, base: String? = nil) {
        self.fixture = fixture
        self.base = base ?? fixture.directory
        folder = self.base + "/site"
        place = fixture.path("site")
        mkdir(place, 0o755)
        for name in Self.all { mkdir("\(place)/\(name)", 0o755) }
        // Runners of other users must get through.
        chmod(fixture.directory, 0o755)
    }

    /// Removes what is in the folders.
    func empty() {
        for name in Self.all {
            removeTree("\(place)/\(name)")
            mkdir("\(place)/\(name)", 0o755)
        }
    }

    /// The inodes of the recorded folders.
    func rootInodes() -> [String: UInt64] {
        var result: [String: UInt64] = [:]
        for root in roots {
            var facts = stat()
            if stat(root, &facts) == 0 { result[root] = UInt64(facts.st_ino) }
        }
        return result
    }

    /// Writes the configuration; programs in `programs` are a link each, or are recorded.
    func configure(brokerPort: UInt16, layouts: String, recorder: [String: String] = [:]) throws {
        let programs = try Requirement.programs.path()
        let bin = base + (recorder.isEmpty ? "/bin" : "/recorded")
        for (name, real) in [
            ("swiftlet-pull", "swiftlet-pull"),
            ("swiftlet-run", recorder.isEmpty ? "swiftlet-run" : "recorded-runner"),
        ] {
            mkdir(bin, 0o755)
            let path = "\(bin)/\(name)"
            let words = recorder.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            try writeFile(path, "#!/bin/sh\nexec env \(words) \(programs)/\(real) \"$@\"\n")
            chmod(path, 0o755)
        }
        // Why a user that there is not: the disk's model keeps no owners, and what root has would look lost.
        try writeFile(
            configuration(isRecorded: !recorder.isEmpty),
            """
            node: {name: \(Self.nodeName)}
            directories: {state: \(folder)/state, run: \(folder)/run, logs: \(folder)/logs, \
            manifests: \(folder)/manifests, layouts: \(layouts)}
            programs: {directory: \(bin)}
            broker: {url: "mqtt://127.0.0.1:\(brokerPort)"}
            images: {minimumAgeSeconds: 0, pullUser: swiftlet-of-no-disk}
            eviction: {hard: {memory.available: "0", nodefs.available: "0%", imagefs.available: "0%"}}

            """
        )
    }

    /// The same with recorded programs; answers what the daemon needs besides.
    func configureRecorded(
        _ file: RecorderFile,
        _ workshop: Workshop,
        _ broker: Mosquitto
    ) throws -> [String: String] {
        let environment = file.environment(library: workshop.recorder, roots: roots)
        try configure(
            brokerPort: broker.port,
            layouts: workshop.layouts,
            recorder: environment
        )
        return environment
    }

    private func configuration(isRecorded: Bool) -> String {
        base + (isRecorded ? "/recorded.yaml" : "/swiftletd.yaml")
    }

    /// Starts the daemon on the folders as they are, with everything written down.
    func startRecorded(_ environment: [String: String]) throws -> BackgroundProcess {
        try fixture.start(
            try Requirement.programs.path() + "/swiftletd",
            ["--config", configuration(isRecorded: true)],
            environment: environment,
            name: "swiftletd"
        )
    }

    /// Starts the daemon as after a boot: in another boot than the recorded one.
    func startAfterBoot() throws -> BackgroundProcess {
        let boot = fixture.path("boot-id")
        try writeFile(boot, "5eed5eed-0000-4000-8000-000000000000\n")
        // Why true: where it is the same folder, nothing has to be mounted.
        let script = """
            mount --bind '\(boot)' /proc/sys/kernel/random/boot_id && \
            { [ '\(place)' = '\(folder)' ] || mount --bind '\(place)' '\(folder)'; } && exec "$@"
            """
        return try fixture.start(
            "/usr/bin/unshare",
            [
                "--mount", "sh", "-c", script, "sh",
                try Requirement.programs.path() + "/swiftletd",
                "--config", configuration(isRecorded: false),
            ],
            name: "swiftletd"
        )
    }

    /// The processes that run containers, by the uid of their pod.
    func runners() -> [(uid: String, process: pid_t)] {
        folders("\(place)/run/pods").flatMap { uid in
            folders("\(place)/run/pods/\(uid)")
                .compactMap { file -> (String, pid_t)? in
                    guard file.hasSuffix(".instance"),
                        let text = try? readFile("\(place)/run/pods/\(uid)/\(file)"),
                        let line = text.split(separator: "\n").first(where: {
                            $0.hasPrefix("pid=")
                        }), let process = pid_t(line.dropFirst(4)),
                        let command = try? readFile("/proc/\(process)/cmdline"),
                        command.contains("swiftlet-run") || command.contains("recorded-runner")
                    else { return nil }
                    return (uid, process)
                }
        }
    }

    /// Ends all containers at once.
    func killRunners() {
        for runner in runners() { kill(runner.process, SIGKILL) }
    }

    /// Whether there is a database below a place; before the first start there is none.
    static func hasDatabase(_ place: String) -> Bool {
        access("\(place)/state/state.db", F_OK) == 0
    }

    /// What is in the database, by the product's own reading beside the daemon.
    func stored() async throws -> StoreSnapshot {
        try await StateStore(path: "\(place)/state/state.db", readOnly: true).snapshot()
    }
}

extension Site {
    /// What a pod's container has written, without what was there `before`, by the length of each log.
    func log(of pod: String, _ uid: String, after before: [String: Int] = [:]) -> String {
        let place = "default_\(pod)_\(uid)/main"
        return folders("\(self.place)/logs/\(place)")
            .map { name in
                let bytes = (try? readBytes("\(self.place)/logs/\(place)/\(name)")) ?? []
                let start = min(bytes.count, before["\(place)/\(name)"] ?? 0)
                return String(decoding: bytes[start...], as: UTF8.self)
            }
            .joined()
    }

    /// Cuts small files in half that programs read again: records of runs, of images, of names.
    ///
    /// Not those of the database, which nobody cuts without a sync, and not what guests write.
    func halveFiles(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let state = "\(place)/state"
        for path in everything(below: state) {
            let isRecord = [".exit", ".json", ".state", ".instance"].contains { path.hasSuffix($0) }
            guard isRecord, Bool.random(using: &random) else { continue }
            let bytes = try readBytes("\(state)/\(path)")
            // What an imported image is called stands nowhere else.
            guard !String(decoding: bytes, as: UTF8.self).contains(Workshop.importedName) else {
                continue
            }
            try writeFile("\(state)/\(path)", Array(bytes.prefix(bytes.count / 2)))
        }
    }
}

/// The names in a folder; none where it cannot be read.
func folders(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}
