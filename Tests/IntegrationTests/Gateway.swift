import Documents
import Glibc
import TestKit
import Uplink

/// A whole gateway: a real broker, the real daemon with its workloads, and the cloud side.
///
/// Everything lies in one folder, and nothing of it is left when the test ends.
final class Gateway {
    let fixture: Fixture
    let broker: Mosquitto
    let programs: String
    /// What the daemon reaches its broker through, if its bytes are counted.
    let relay: Relay?
    private(set) var daemon: BackgroundProcess?
    private var images: ImageLayout
    static let nodeName = "gw-1"

    /// Runs a test with a broker, images and a running daemon, whose state may have a small disk of its own.
    static func with(
        configuration: String = "",
        throughRelay: Bool = false,
        stateByteCount: Int? = nil,
        _ body: (Gateway) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let broker = try await Mosquitto.start(in: fixture)
            let relay = throughRelay ? try Relay.start(to: broker.port, in: fixture) : nil
            let gateway = try Gateway(fixture: fixture, broker: broker, relay: relay)
            if let stateByteCount {
                try await SmallDisk.mount(stateByteCount, on: fixture.path("state"), in: fixture)
            }
            fixture.atEnd { gateway.killEverything() }
            if !configuration.isEmpty {
                let path = fixture.path("swiftletd.yaml")
                try writeFile(path, try readFile(path) + configuration + "\n")
            }
            try await gateway.startDaemon()
            do {
                try await body(gateway)
            } catch {
                let log = gateway.daemon?.output.suffix(4_000) ?? ""
                throw TestKitError(message: "\(error)\nthe daemon said:\n\(log)")
            }
        }
    }

    private init(fixture: Fixture, broker: Mosquitto, relay: Relay?) throws {
        self.relay = relay
        self.fixture = fixture
        self.broker = broker
        programs = try Requirement.programs.path()
        for name in ["state", "run", "logs", "manifests", "layouts"] {
            mkdir(fixture.path(name), 0o755)
        }
        images = try ImageLayout(folder: fixture.path("layouts/tests"))
        try images.add("ticker", WasmModule.ticking())
        try images.add("hello", WasmModule.printing("hello"))
        try images.add("fails", WasmModule.exiting(3))
        try images.add("invalid", WasmModule.invalid)
        try writeFile(
            fixture.path("swiftletd.yaml"),
            """
            node: {name: \(Self.nodeName)}
            directories:
              state: \(fixture.path("state"))
              run: \(fixture.path("run"))
              logs: \(fixture.path("logs"))
              manifests: \(fixture.path("manifests"))
              layouts: \(fixture.path("layouts"))
            broker: {url: "mqtt://127.0.0.1:\(relay?.port ?? broker.port)"}

            """
        )
    }

    /// Adds an image to those that pods can name.
    func addImage(_ tag: String, _ module: [UInt8]) throws { try images.add(tag, module) }

    /// Starts the daemon, and waits until it answers on its socket.
    func startDaemon() async throws {
        let started = try fixture.start(
            programs + "/swiftletd",
            ["--config", fixture.path("swiftletd.yaml")],
            name: "swiftletd"
        )
        daemon = started
        try await eventually("the daemon answers") {
            if let code = started.exitCode {
                throw TestKitError(message: "swiftletd ended with \(code): \(started.output)")
            }
            return try swiftlet(["status"]).exitCode == 0
        }
    }

    /// As a crash: the workloads know nothing of it.
    func killDaemon() {
        daemon?.kill()
        daemon = nil
    }

    /// SIGTERM, and a clean end.
    func stopDaemon() async throws -> Int32 {
        daemon?.signal(SIGTERM)
        let code = try await daemon?.waitForExit() ?? -1
        daemon = nil
        return code
    }

    /// The operator's program on the local socket.
    func swiftlet(_ arguments: [String]) throws -> ProgramResult {
        try run(
            programs + "/swiftlet",
            ["--socket", fixture.path("run/swiftletd.sock")] + arguments,
            timeoutSeconds: 30
        )
    }

    /// The operator's program from the cloud side.
    func remotely(_ arguments: [String]) throws -> ProgramResult {
        try run(programs + "/swiftlet", remote + arguments, timeoutSeconds: 60)
    }

    /// The same, left running.
    func following(_ arguments: [String]) throws -> BackgroundProcess {
        try fixture.start(programs + "/swiftlet", remote + arguments, name: "swiftlet")
    }

    private var remote: [String] {
        ["--broker", "mqtt://127.0.0.1:\(broker.port)", "--node", Self.nodeName]
    }

    private func killEverything() {
        killDaemon()
        for process in runnerProcesses() { kill(process, SIGKILL) }
    }
}

// The device, looked at from inside.
extension Gateway {
    /// A pod as the daemon sees it; `nil` when it knows none.
    func localPod(_ name: String) throws -> Document? {
        let result = try swiftlet(["get", "pods", name, "-o", "json"])
        guard result.exitCode == 0 else { return nil }
        return try? Document(jsonText: result.standardOutput)
    }

    /// The process of a pod's container, by the record its runner wrote; `nil` when none runs.
    func processID(ofPod uid: String) -> pid_t? {
        let folder = fixture.path("run/pods/\(uid)")
        let files = (try? run("ls", [folder]))?.standardOutput.split(separator: "\n") ?? []
        for file in files where file.hasSuffix(".instance") {
            let text = (try? readFile("\(folder)/\(file)")) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("pid=") }
            if let pid = line.flatMap({ pid_t($0.dropFirst(4)) }), kill(pid, 0) == 0 { return pid }
        }
        return nil
    }

    /// Every process that runs a workload of this gateway.
    func runnerProcesses() -> [pid_t] {
        let files = (try? run("find", [fixture.path("run"), "-name", "*.instance"]))?.standardOutput
        return (files ?? "").split(separator: "\n")
            .compactMap { file in
                let text = (try? readFile(String(file))) ?? ""
                let line = text.split(separator: "\n").first { $0.hasPrefix("pid=") }
                guard let pid = line.flatMap({ pid_t($0.dropFirst(4)) }) else { return nil }
                let command = (try? readFile("/proc/\(pid)/cmdline")) ?? ""
                return command.contains("swiftlet-run") ? pid : nil
            }
    }
}

// The cloud side.
extension Gateway {
    private var configuration: UplinkConfiguration {
        get throws {
            UplinkConfiguration(
                url: try BrokerURL("mqtt://127.0.0.1:\(broker.port)"),
                nodeName: Self.nodeName
            )
        }
    }

    private func topic(_ path: String) -> String { "swiftlet/v1/\(Self.nodeName)/\(path)" }

    private func controller<R>(_ body: (ControllerClient) async throws -> R) async throws -> R {
        try await ControllerClient.withConnection(try configuration, body)
    }

    /// Publishes below the node, retained.
    func publish(_ path: String, _ payload: [UInt8]) async throws {
        try await controller { client in
            try await client.publish(topic(path), payload: payload, retain: true)
        }
    }

    /// Publishes a pod with one container.
    @discardableResult
    func publishPod(
        _ name: String,
        image: String,
        _ more: PodChange = PodChange()
    ) async throws
        -> String
    {
        let uid = "uid-\(name)-\(more.version)"
        try await publish("desired/pods/default/\(name)", more.pod(name, uid, image: image).json())
        return uid
    }

    /// Publishes a pod that never ends, and waits until it runs.
    func runTicker(_ name: String) async throws -> (uid: String, process: pid_t) {
        let uid = try await publishPod(name, image: "ticker")
        try await upstream(name, "running") { $0.phase == "Running" }
        return (uid, try await process(ofPod: uid))
    }

    /// The process of a pod that runs.
    func process(ofPod uid: String) async throws -> pid_t {
        // Why wait: the runner writes its record itself, a moment after it was started.
        var process: pid_t?
        try await eventually("\(uid) has a process") {
            process = processID(ofPod: uid)
            return process != nil
        }
        return process ?? 0
    }

    /// A pod's status upstream; `nil` when the broker holds none.
    func upstreamPod(_ name: String) async throws -> Document? {
        try await controller { client in
            let found = try await client.retained(topic("status/pods/default/\(name)"))
            guard let payload = found.first?.payload, !payload.isEmpty else { return nil }
            return try Document(json: payload)
        }
    }

    /// What is retained on a topic below the node.
    func retained(_ path: String) async throws -> [UInt8]? {
        try await controller { try await $0.retained(topic(path)).first?.payload }
    }

    /// What `status/connection` says: online, offline or stopped.
    func connectionState() async throws -> String? {
        try await controller { client in
            let found = try await client.retained(topic("status/connection"))
            return try found.first.flatMap { try Document(json: $0.payload)["state"]?.string }
        }
    }

    /// Waits for a pod's status upstream.
    @discardableResult
    func upstream(
        _ name: String,
        _ what: String,
        within seconds: Double = 30,
        _ holds: (PodView) -> Bool
    ) async throws -> PodView {
        var last: Document?
        do {
            try await eventually("\(name) upstream: \(what)", within: seconds) {
                last = try await upstreamPod(name)
                return last.map { holds(PodView(document: $0)) } ?? false
            }
        } catch {
            throw TestKitError(message: "\(error); upstream: \(last?.jsonText() ?? "nothing")")
        }
        return PodView(document: last ?? .null)
    }

    /// Publishes what the controller's client would refuse, as somebody else's program might.
    func publishRaw(_ path: String, byteCount: Int) async throws {
        let payload = [UInt8](repeating: 0x20, count: byteCount)
        try await controller { client in
            try await client.publishAnySize(topic(path), payload: payload, retain: true)
        }
    }
}
