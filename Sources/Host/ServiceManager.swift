/// What the service manager knows about the whole machine.
///
/// Asked through `systemctl`, which every machine with systemd has: a library for D-Bus would only serve
/// this one question.
public struct ServiceManager: Sendable {
    private let program: String
    private let mark: String

    private let patience: Duration

    /// The service manager of this machine.
    public init() {
        self.init(
            program: "/usr/bin/systemctl",
            mark: "/run/systemd/system",
            // Why: systemd answers within milliseconds, also while it stops everything else; and it
            // gives a service that ends half a minute.
            patience: .seconds(5)
        )
    }

    /// Another program, another sign that it is in charge and another patience, for tests.
    init(program: String, mark: String, patience: Duration) {
        self.program = program
        self.mark = mark
        self.patience = patience
    }

    /// Whether the machine is going down, and not only this service; no where nobody knows.
    ///
    /// Source: systemctl(1), `is-system-running`: `stopping` as soon as the shutdown is queued, which is
    /// before any service is told to end; sd_booted(3) for the sign.
    public func isMachineStopping() async -> Bool {
        guard FileTree.isDirectory(mark), let state = await ask() else { return false }
        return state == "stopping"
    }

    private func ask() async -> String? {
        guard let (handle, lines) = try? start() else { return nil }
        let state = await withTaskGroup(of: String?.self) { group in
            group.addTask {
                for await line in lines { return line }
                return nil
            }
            group.addTask { [patience] in
                try? await Task.sleep(for: patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        handle.signal(9)
        return state
    }

    private func start() throws(HostError) -> (ProcessHandle, AsyncStream<String>) {
        let pipe = try OwnedDescriptor.pipe()
        let handle = try ProcessHandle.spawn(
            path: program,
            arguments: ["is-system-running"],
            standardOutput: pipe.writer
        )
        return (handle, try PipeLines.read(pipe.reader))
    }
}
