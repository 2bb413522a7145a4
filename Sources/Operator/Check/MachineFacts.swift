import Host

/// What `check` asks the machine; a value, so that the judgement is tested without one.
struct MachineFacts: Equatable, Sendable {
    /// The kernel's version, `6.1.0-42-arm64`.
    var kernelRelease = ""
    /// The controllers of cgroup v2; `nil` where it is not mounted.
    var controllers: [String]?
    /// Whether the kernel tells how long programs wait for memory.
    var hasPressureStall = false
    /// The security modules that are on.
    var securityModules: [String] = []
    /// Nanoseconds since 1970, as this machine believes.
    var now: Int64 = 0
    /// Room on the file system of the state folder; `nil` where there is no such folder.
    var disk: FreeSpace?
    /// Bytes of memory, and those that programs can still have.
    var memory: (all: UInt64, available: UInt64) = (0, 0)

    static func == (left: Self, right: Self) -> Bool {
        left.kernelRelease == right.kernelRelease && left.controllers == right.controllers
            && left.hasPressureStall == right.hasPressureStall && left.now == right.now
            && left.securityModules == right.securityModules && left.disk == right.disk
            && left.memory == right.memory
    }

    // Why: each of these files is a few lines.
    private static let fileBytesMax = 65_536

    init() {}

    /// Asks now.
    init(stateDirectory: String, now: Int64) {
        self.now = now
        kernelRelease = Self.text("/proc/sys/kernel/osrelease") ?? ""
        controllers = Self.text("/sys/fs/cgroup/cgroup.controllers").map(Self.words)
        hasPressureStall = Self.text("/proc/pressure/memory") != nil
        securityModules =
            Self.text("/sys/kernel/security/lsm")?.split(separator: ",").map(String.init) ?? []
        disk = try? FreeSpace(stateDirectory)
        let load = MachineLoad()
        memory.all = UInt64(clamping: load.memoryByteCount ?? 0)
        memory.available = UInt64(clamping: load.availableMemoryByteCount ?? 0)
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? FileBytes.read(path, byteCountMax: fileBytesMax) else { return nil }
        var text = String(decoding: bytes, as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").map(String.init)
    }

    /// Major and minor number of the kernel; zero where they cannot be read.
    var kernelVersion: (major: Int, minor: Int) {
        let numbers = kernelRelease.split(separator: ".", maxSplits: 2)
            .map { Int($0.prefix { $0.isNumber }) ?? 0 }
        return (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0)
    }
}

extension MachineFacts {
    // Source: the kernel's history: pidfd_open 5.3, openat2 5.6, landlock 5.13.
    private static let needed = (major: 5, minor: 6)
    private static let forLandlock = (major: 5, minor: 13)
    private static let freeSharePercent: (failure: UInt64, warning: UInt64) = (5, 15)

    /// What the machine's state means for a node.
    var findings: [Finding] {
        [kernel, landlock, cgroups, pressure, clock, diskSpace, memorySpace]
    }

    private var kernel: Finding {
        guard kernelVersion >= Self.needed else {
            return .failure(
                "kernel",
                "\(kernelRelease) has no openat2",
                "install Linux 5.10 or newer"
            )
        }
        return .good("kernel", kernelRelease)
    }

    private var landlock: Finding {
        if securityModules.contains("landlock") { return .good("sandbox", "landlock is on") }
        guard kernelVersion >= Self.forLandlock else {
            return .warning(
                "sandbox",
                "the kernel is older than landlock",
                "install Linux 5.13 or newer; until then folders are kept apart by WASI alone"
            )
        }
        return .warning(
            "sandbox",
            "landlock is not among the security modules",
            "start the kernel with lsm=landlock,… ; until then folders are kept apart by WASI alone"
        )
    }

    private var cgroups: Finding {
        guard let controllers else {
            return .warning(
                "limits",
                "cgroup v2 is not mounted at /sys/fs/cgroup",
                "start the kernel with systemd.unified_cgroup_hierarchy=1; until then swiftlet-run "
                    + "keeps the limits by itself"
            )
        }
        let missing = ["cpu", "memory", "pids"].filter { !controllers.contains($0) }
        guard missing.isEmpty else {
            return .warning(
                "limits",
                "cgroup v2 lacks \(missing.joined(separator: ", "))",
                "start the kernel with cgroup_enable=memory (Raspberry Pi OS leaves it out)"
            )
        }
        return .good("limits", "cgroup v2 with cpu, memory and pids")
    }

    private var pressure: Finding {
        hasPressureStall
            ? .good("pressure", "the kernel tells how long programs wait for memory")
            : .warning("pressure", "no /proc/pressure", "start the kernel with psi=1")
    }

    private var clock: Finding {
        guard now >= Age.believableNanoseconds else {
            return .warning(
                "clock",
                "it stands before 2020",
                "pods run all the same; certificates are judged by the last time that is known"
            )
        }
        return .good("clock", "it stands after 2020")
    }

    private var diskSpace: Finding {
        guard let disk, disk.totalBytes > 0 else {
            return .failure("disk", "there is no state folder", "start swiftletd once, as root")
        }
        let percent = disk.freeBytes / max(disk.totalBytes / 100, 1)
        let text = "\(percent) % free, \(ImageSummary.size(Int64(clamping: disk.freeBytes)))"
        if percent < Self.freeSharePercent.failure {
            return .failure("disk", text, "run `swiftlet image prune`, or make room")
        }
        if percent < Self.freeSharePercent.warning {
            return .warning("disk", text, "run `swiftlet image prune`")
        }
        return .good("disk", text)
    }

    private var memorySpace: Finding {
        let percent = memory.available / max(memory.all / 100, 1)
        let text = "\(percent) % available, \(ImageSummary.size(Int64(clamping: memory.available)))"
        return percent < Self.freeSharePercent.failure
            ? .warning("memory", text, "look with `swiftlet top pods`") : .good("memory", text)
    }
}
