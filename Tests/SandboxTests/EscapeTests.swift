import Glibc
import Host
import Seccomp
import Supervisor
import TestKit
import Testing

// Goal: whoever takes a runner over gets nothing but what its pod has. Method: a program that confines
// itself as a runner does, and then tries every way out; each way in a process of its own, with a way
// that must work beside each that must not, so that the tests can fail.
@Suite(
    "a taken-over runner",
    .enabled(
        if: Requirement.programs.isMet && Requirement.landlock.isMet,
        "\(Requirement.programs.comment); \(Requirement.landlock.comment)"
    )
)
struct EscapeTests {
    private static let succeeded = ProcessExit.exited(code: 200)
    private static let killed = ProcessExit.signalled(number: SIGSYS)

    private func attempt(
        _ words: [String],
        _ change: (inout Captive) -> Void = { _ in }
    ) async throws -> ProcessExit {
        try await Fixture.with { fixture in
            var captive = try Captive(fixture.directory)
            change(&captive)
            return try await captive.attempt(words)
        }
    }

    @Test(
        "reaches what its pod has",
        arguments: [
            ["read", "ROOT/file"], ["write", "ROOT/file"], ["truncate", "ROOT/file"],
            ["create", "ROOT/new"], ["make-folder", "ROOT/folder"], ["list", "ROOT"],
            ["remove", "ROOT/file"], ["create", "OWN/new"], ["rename", "ROOT/file", "OWN/file"],
            ["hard-link", "ROOT/file", "OWN/file"], ["symbolic-link", "OWN/link"],
            ["read", "READABLE/file"], ["create", "LOG/0.log"], ["create", "ENDS/1.exit"],
            ["read", "/etc/hosts"],
        ]
    )
    func within(words: [String]) async throws {
        #expect(try await attempt(words) == Self.succeeded)
    }

    @Test(
        "reaches nothing else",
        arguments: [
            ["read", "STATE/state.db"], ["write", "STATE/state.db"], ["list", "STATE"],
            ["list", "RUN"], ["read", "THEIRS/file"], ["write", "THEIRS/file"],
            ["create", "THEIRS/new"], ["list", "THEIRS"], ["remove", "THEIRS/file"],
            ["read", "ROOT/../../../../../state.db"], ["read", "/etc/shadow"],
            ["read", "/etc/passwd"], ["read", "/proc/1/environ"], ["read", "/proc/self/mem"],
            ["list", "/proc"], ["list", "/"], ["list", "/dev"], ["read", "/dev/zero"],
            ["read", "/dev/kmsg"], ["write", "/dev/null"], ["create", "/tmp/escaped"],
            ["write", "READABLE/file"], ["truncate", "READABLE/file"], ["create", "READABLE/new"],
            ["rename", "READABLE/file", "OWN/file"], ["hard-link", "READABLE/file", "OWN/file"],
            ["hard-link", "THEIRS/file", "OWN/file"], ["rename", "THEIRS/file", "OWN/file"],
            ["make-folder", "LOG/folder"], ["symbolic-link", "LOG/0.log"],
            ["symbolic-link", "ENDS/1.exit"], ["list", "ROOT/../ends/../../../../../../run"],
        ]
    )
    func outside(words: [String]) async throws {
        let exit = try await attempt(words)
        // What is beyond Landlock's rules is EACCES; what stays in place across them is EXDEV.
        #expect([.exited(code: EACCES), .exited(code: EXDEV)].contains(exit), "\(exit)")
    }

    @Test("devices and pipes are not made, not even in its own folders")
    func nodes() async throws {
        // mknod(2) is not among the calls of a runner at all.
        #expect(try await attempt(["make-device", "OWN/device"]) == Self.killed)
        #expect(try await attempt(["make-pipe", "OWN/pipe"]) == Self.killed)
    }

    #if arch(x86_64)
    // Source: asm/unistd_64.h.
    private static let forbidden = [
        "clone 56 17", "clone-thread 56 331776", "fork 57", "vfork 58", "execve 59", "kill 62 1 9",
        "ptrace 101", "setuid 105", "setgid 106", "setgroups 116", "personality 135", "chroot 161",
        "mount 165", "umount 166", "swapon 167", "reboot 169", "sethostname 170", "init_module 175",
        "keyctl 250", "unshare 272", "perf_event_open 298", "open_by_handle_at 304", "setns 308",
        "process_vm_readv 310", "process_vm_writev 311", "kcmp 312", "finit_module 313",
        "seccomp 317", "memfd_create 319", "bpf 321", "execveat 322", "userfaultfd 323",
        "pidfd_send_signal 424", "io_uring_setup 425", "move_mount 429", "fsopen 430",
        "pidfd_open 434", "clone3 435", "pidfd_getfd 438", "landlock_restrict_self 446",
        "prctl 157 4 1", "setrlimit 160", "prlimit64 302 0 7 1", "tgkill 234 1 1 9", "chmod 90",
        "chown 92", "fchownat 260", "mknodat 259", "iopl 172", "modify_ldt 154", "settimeofday 164",
        "syslog 103", "no-such-call 999", "x32 1073741824",
    ]
    #else
    // Source: asm-generic/unistd.h.
    private static let forbidden = [
        "clone 220 17", "execve 221", "kill 129 1 9", "ptrace 117", "setuid 146", "mount 40",
        "unshare 97", "seccomp 277", "bpf 280", "execveat 281", "clone3 435", "prctl 167 4 1",
        "io_uring_setup 425", "pidfd_getfd 438", "memfd_create 279", "fchownat 54", "reboot 142",
    ]
    #endif

    @Test("is killed by the call that would start, watch, change or leave", arguments: forbidden)
    func calls(text: String) async throws {
        let numbers = text.split(separator: " ").dropFirst().map(String.init)
        let exit = try await attempt(["system-call"] + numbers)
        #expect(exit == Self.killed, "\(text)")
    }

    @Test("the calls that a runner lives on are not what kills it")
    func living() async throws {
        // getpid(2).
        #if arch(x86_64)
        let number = "39"
        #else
        let number = "172"
        #endif
        #expect(try await attempt(["system-call", number]) == Self.succeeded)
    }

    @Test("makes no memory executable")
    func code() async throws {
        #expect(try await attempt(["code"]) == Self.killed)
    }

    @Test("has no descriptor of the daemon's")
    func descriptors() async throws {
        #expect(try await attempt(["descriptors"]) == .exited(code: EBADF))
    }

    @Test("opens as many files as it may, and the machine keeps the rest")
    func openFiles() async throws {
        #expect(try await attempt(["open-many", "ROOT"]) == .exited(code: EMFILE))
    }

    @Test("listens on the ports of its pod and on no other")
    func listening() async throws {
        let port = try freePort()
        let words = ["listen", "\(port)"]
        #expect(
            try await attempt(words) { $0.confinement.listeningPorts = [port] } == Self.succeeded
        )
        #expect(try await attempt(words) == .exited(code: EACCES))
        #expect(try await attempt(words) { $0.confinement.listeningPorts = nil } == Self.succeeded)
    }

    @Test("resolves names", arguments: ["localhost", "127.0.0.1", "no-such-name.invalid"])
    func names(name: String) async throws {
        #expect(try await attempt(["resolve", name]) == Self.succeeded)
    }

    @Test("connects where it may")
    func connecting() async throws {
        let port = try freePort()
        let words = ["connect", "\(port)"]
        // Nobody is there: the call came through.
        #expect(try await attempt(words) == .exited(code: ECONNREFUSED))
        #expect(
            try await attempt(words) { $0.confinement.connectingPorts = [port ^ 1] }
                == .exited(code: EACCES)
        )
    }

    @Test("what it is held in holds too when it is another user")
    func otherUser() async throws {
        guard getuid() == 0 else { return }
        let user = Confinement.User(id: 1_000, group: 1_001, supplementaryGroups: [1_002])
        func tried(_ words: [String]) async throws -> ProcessExit {
            try await attempt(words) { $0.confinement.user = user }
        }
        #expect(try await tried(["read", "STATE/state.db"]) == .exited(code: EACCES))
        #expect(try await tried(["code"]) == Self.killed)
        #expect(try await tried(["read", "/etc/hosts"]) == Self.succeeded)
    }

    @Test(
        "a confinement that cannot be had ends the runner before anything else",
        arguments: ["group", "score"]
    )
    func impossible(what: String) async throws {
        let exit = try await attempt(["read", "/etc/shadow"]) { captive in
            switch what {
            case "group": captive.confinement.controlGroup = "/no/such/group"
            default: captive.confinement.outOfMemoryScore = 5_000
            }
        }
        #expect(exit == .exited(code: 251))
    }

    @Test("a place that is not there lets no runner start, and is named")
    func noPlace() async throws {
        let error = await #expect(throws: HostError.self) {
            _ = try await attempt(["read", "/etc/shadow"]) {
                $0.confinement.places?.append(.init("/no/such/place", .read))
            }
        }
        #expect(error.map { "\($0)" }?.contains("/no/such/place") == true)
    }

    @Test(
        "rules and filters that are none end the runner before anything else",
        arguments: ["rules", "filter"]
    )
    func impostors(what: String) async throws {
        let impostor = try OwnedDescriptor.holding([1, 2, 3], name: "impostor")
        let exit = try await Fixture.with { fixture in
            let captive = try Captive(fixture.directory)
            return try await captive.attempt(["read", "/etc/shadow"], impostor) { confinement in
                if what == "rules" {
                    confinement.rulesDescriptor = 4
                } else {
                    confinement.filterDescriptor = 4
                }
            }
        }
        #expect(exit == .exited(code: 251))
    }
}
