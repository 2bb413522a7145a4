import Glibc
import Host
import Seccomp
import Supervisor
import TestKit

/// A taken-over runner, started as the daemon starts runners, with the confinement of a pod.
struct Captive {
    let folder: String
    let layout: DirectoryLayout
    var confinement = Confinement()
    private let instance = Instance(uid: "pod-1", container: "app", attempt: 1)

    init(_ folder: String) throws {
        self.folder = folder
        layout = DirectoryLayout(
            state: folder + "/state",
            run: folder + "/run",
            logs: folder + "/logs",
            layouts: folder + "/layouts"
        )
        for path in [
            layout.root("pod-1", "app"), layout.exitRecords("pod-1", "app"),
            layout.volume("pod-1", "own", isInMemory: false),
            layout.volume("pod-1", "readable", isInMemory: false),
            layout.volume("pod-2", "theirs", isInMemory: false), layout.logs + "/pod-1/app",
            layout.run,
        ] {
            try FileTree.make(path, mode: 0o755)
        }
        try writeFile(layout.database, "secret")
        try writeFile(layout.volume("pod-2", "theirs", isInMemory: false) + "/file", "x")
        try writeFile(layout.volume("pod-1", "readable", isInMemory: false) + "/file", "x")
        try writeFile(layout.root("pod-1", "app") + "/file", "x")
        confinement.places = [
            .init(layout.root("pod-1", "app"), .write),
            .init(layout.volume("pod-1", "own", isInMemory: false), .write),
            .init(layout.volume("pod-1", "readable", isInMemory: false), .read),
            .init(layout.logs + "/pod-1/app", .files),
            .init(layout.exitRecords("pod-1", "app"), .files),
        ]
        confinement.allowNameResolution()
        confinement.listeningPorts = []
        confinement.dropsBoundingSet = true
        confinement.isScoped = true
        confinement.openFilesMax = 256
    }

    /// A place of this test's pods, by a short name.
    func place(_ name: String) -> String {
        let parts = name.split(separator: "/", maxSplits: 1)
        let rest = parts.count > 1 ? "/\(parts[1])" : ""
        return switch parts.first {
        case "ROOT": layout.root("pod-1", "app") + rest
        case "OWN": layout.volume("pod-1", "own", isInMemory: false) + rest
        case "READABLE": layout.volume("pod-1", "readable", isInMemory: false) + rest
        case "THEIRS": layout.volume("pod-2", "theirs", isInMemory: false) + rest
        case "LOG": layout.logs + "/pod-1/app" + rest
        case "ENDS": layout.exitRecords("pod-1", "app") + rest
        case "STATE": layout.state + rest
        case "RUN": layout.run + rest
        default: name
        }
    }

    /// Tries, and says how it ended.
    func attempt(_ words: [String]) async throws -> ProcessExit {
        var command = RunnerCommand(modulePath: "/none", arguments: words.map(place))
        command.confinement = confinement
        let architecture = Architecture.own
        let host = ProcessWorkloadHost(
            layout: layout,
            runner: try Requirement.programs.path() + "/escapist",
            kernel: .probe(),
            filter: try architecture.map { try SystemCallFilter.runner.sealed(for: $0) }
        )
        let (ends, end) = AsyncStream.makeStream(of: ProcessExit.self)
        _ = try host.start(instance, command) {
            end.yield($0)
            end.finish()
        }
        for await exit in ends { return exit }
        throw TestKitError(message: "nobody told how it ended")
    }

    /// The same, where descriptor 4 of the runner is not what the daemon hands over.
    func attempt(
        _ words: [String],
        _ impostor: OwnedDescriptor,
        _ change: (inout Confinement) -> Void
    ) async throws -> ProcessExit {
        var command = RunnerCommand(modulePath: "/none", arguments: words.map(place))
        var wanted = Confinement()
        change(&wanted)
        command.confinement = wanted
        let flags = try OwnedDescriptor.holding(command.encoded(), name: "flags")
        let process = try ProcessHandle.spawn(
            path: try Requirement.programs.path() + "/escapist",
            inheritedDescriptors: [flags, impostor]
        )
        return await process.exited()
    }
}
