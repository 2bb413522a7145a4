@testable import Host
import Glibc
import TestKit
import Testing

// Goal: pods get groups with the limits that they asked for, wherever the daemon stands. Method: tables
// for the rules, a tree of plain files for the order of things; `make vm-test` shows the kernel's.
@Suite("control groups")
struct ControlGroupTests {
    private static let mounts = """
        22 1 0:20 / /proc rw - proc proc rw
        31 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw
        """

    @Test(
        "lie beside the service in a slice of ours, else below it, else below the root",
        arguments: [
            ("0::/swiftlet.slice/swiftletd.service", false, "/swiftlet.slice", nil),
            (
                "0::/system.slice/swiftletd.service", false, "/system.slice/swiftletd.service",
                "/system.slice/swiftletd.service/supervisor"
            ),
            ("0::/a/b/supervisor", false, "/a/b", nil), ("0::/supervisor", false, "", nil),
            ("0::/", true, "", nil), ("0::/", false, "", "/supervisor"),
            ("12:cpu:/x\n0::/y", false, "/y", "/y/supervisor"),
        ] as [(String, Bool, String, String?)]
    )
    func placement(groups: String, isRoot: Bool, base: String, own: String?) {
        let found = ControlGroupPlacement.find(
            ownGroups: groups + "\n",
            mounts: Self.mounts,
            isRoot: { _ in isRoot }
        )
        let root = "/sys/fs/cgroup"
        #expect(found == ControlGroupPlacement(base: root + base, ownGroup: own.map { root + $0 }))
    }

    @Test(
        "are not looked for where there is no cgroup v2",
        arguments: [
            ("12:cpu:/x\n", mounts), ("0::/x\n", "22 1 0:20 / /proc rw - proc proc rw"), ("", ""),
            ("0::/../x\n", mounts), ("0::/x\n", "a b c - cgroup2"), ("0::/x\n", "- cgroup2"),
        ]
    )
    func none(groups: String, mounts: String) {
        let found = ControlGroupPlacement.find(
            ownGroups: groups,
            mounts: mounts,
            isRoot: { _ in true }
        )
        #expect(found == nil)
    }

    @Test("limits are written as the kernel reads them, for the controllers that there are")
    func settings() {
        var limits = ControlGroupLimits()
        #expect(limits.settings(ControlGroupTree.wanted).isEmpty)
        limits.memoryBytesMax = 67_108_864
        limits.processorMillicoresMax = 250
        limits.processorMillicoresWanted = 100
        limits.processesMax = 32
        func text(_ controllers: Set<String>) -> [String] {
            limits.settings(controllers).map { "\($0.file)=\($0.text)" }
        }
        let memory = ["memory.max=67108864", "memory.swap.max=0", "memory.oom.group=1"]
        let cpu = ["cpu.max=25000 100000", "cpu.weight=4"]
        #expect(text(ControlGroupTree.wanted) == memory + cpu + ["pids.max=32"])
        #expect(text(["memory"]) == memory)
        #expect(text(["cpu"]) == cpu)
        #expect(text([]) == [])
        limits.processorMillicoresMax = 1
        #expect(text(["cpu"]).first == "cpu.max=1000 100000")
        limits.processorMillicoresMax = .max
        #expect(text(["cpu"]).first == "cpu.max=\(UInt64.max) 100000")
    }

    @Test(
        "requests become weights as with Kubernetes",
        arguments: [(0, 1), (1, 1), (100, 4), (1_000, 39), (256_000, 10_000), (.max, 10_000)]
            as [(UInt64, UInt64)]
    )
    func weights(millicores: UInt64, weight: UInt64) {
        #expect(ControlGroupLimits.weight(millicores) == weight)
    }

    /// A folder that looks like a group with these controllers; settings are made beforehand, since the
    /// kernel makes them with the group.
    private func withTree(
        _ controllers: String,
        _ body: (String) throws -> Void
    ) throws {
        try withScratchDirectory { folder in
            for path in ["", "/supervisor", "/pods", "/pods/u", "/pods/u/app.2"] {
                mkdir(folder + path, 0o755)
                for file in [
                    "cgroup.procs", "cgroup.subtree_control", "memory.max", "memory.oom.group",
                    "cpu.max", "cpu.weight", "pids.max", "cgroup.kill",
                ] {
                    try writeFile("\(folder)\(path)/\(file)", "")
                }
                try writeFile("\(folder)\(path)/cgroup.controllers", controllers + "\n")
            }
            try body(folder)
        }
    }

    @Test("the daemon moves out of the way, controllers are enabled on the way down")
    func takesOver() throws {
        try withTree("cpuset cpu io memory pids") { folder in
            let tree = try ControlGroupTree(.init(base: folder, ownGroup: folder + "/supervisor"))
            #expect(tree.controllers == ["cpu", "memory", "pids"])
            #expect(try readFile(folder + "/supervisor/cgroup.procs") == "0")
            for path in ["", "/pods"] {
                let enabled = try readFile(folder + path + "/cgroup.subtree_control")
                #expect(enabled == "+cpu +memory +pids")
            }
        }
    }

    @Test("what is enabled already is left alone: a daemon that starts again finds it so")
    func startsAgain() throws {
        try withTree("memory cpu") { folder in
            for path in ["", "/pods"] {
                try writeFile(folder + path + "/cgroup.subtree_control", "cpu memory\n")
            }
            _ = try ControlGroupTree(.init(base: folder, ownGroup: nil))
            #expect(try readFile(folder + "/cgroup.subtree_control") == "cpu memory\n")
            #expect(try readFile(folder + "/supervisor/cgroup.procs") == "")
        }
    }

    @Test("a run's group gets its limits, and tells whether the kernel ended it for memory")
    func run() throws {
        try withTree("memory cpu pids") { folder in
            let tree = try ControlGroupTree(.init(base: folder, ownGroup: nil))
            var limits = ControlGroupLimits()
            limits.memoryBytesMax = 1_000
            limits.processesMax = 4
            // No memory.swap.max is in this tree: a kernel without swap.
            let group = try tree.make(pod: "u", container: "app", attempt: 2, limits)
            #expect(group.path == folder + "/pods/u/app.2")
            #expect(try readFile(group.path + "/memory.max") == "1000")
            #expect(try readFile(group.path + "/memory.oom.group") == "1")
            #expect(try readFile(group.path + "/pids.max") == "4")
            #expect(!tree.wasEndedForMemory(pod: "u", container: "app", attempt: 2))
            let events = group.path + "/memory.events"
            try writeFile(events, "low 0\nhigh 0\nmax 12\noom 1\noom_kill 0\n")
            #expect(!tree.wasEndedForMemory(pod: "u", container: "app", attempt: 2))
            try writeFile(events, "low 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 1\n")
            #expect(tree.wasEndedForMemory(pod: "u", container: "app", attempt: 2))
            #expect(!tree.wasEndedForMemory(pod: "u", container: "app", attempt: 3))
        }
    }

    @Test("a setting that cannot be made is an error with its file")
    func refused() throws {
        try withTree("memory") { folder in
            let tree = try ControlGroupTree(.init(base: folder, ownGroup: nil))
            var limits = ControlGroupLimits()
            limits.memoryBytesMax = 1
            unlink(folder + "/pods/u/app.2/memory.max")
            let error = #expect(throws: HostError.self) {
                try tree.make(pod: "u", container: "app", attempt: 2, limits)
            }
            #expect(error?.description.contains("memory.max") == true)
        }
    }

    @Test("a group without a controller that we want is not taken")
    func nothingToTake() throws {
        try withTree("io") { folder in
            let error = #expect(throws: HostError.self) {
                try ControlGroupTree(.init(base: folder, ownGroup: nil))
            }
            #expect(error?.description.contains("cgroup.controllers") == true)
        }
    }

    @Test("the kernel's own groups are made, filled, killed and removed", .enabled(if: Self.isReal))
    func real() async throws {
        let group = ControlGroup("/sys/fs/cgroup/unified/swiftlet-test-\(getpid())")
        try group.make()
        try group.child("inner").make()
        defer { try? group.remove() }
        #expect(group.exists && !group.isPopulated)
        #expect(group.children == [group.child("inner")])
        let handle = try ProcessHandle.spawn(path: "/usr/bin/sleep", arguments: ["60"])
        try group.child("inner").write("\(handle.processID)", to: "cgroup.procs")
        #expect(group.isPopulated)
        #expect(throws: HostError.self) { try group.remove() }
        try group.kill()
        #expect(await handle.exited() == .signalled(number: SIGKILL))
        try group.remove()
        #expect(!group.exists)
    }

    private static var isReal: Bool { access("/sys/fs/cgroup/unified/cgroup.procs", W_OK) == 0 }
}
