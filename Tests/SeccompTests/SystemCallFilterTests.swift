import Host
import Seccomp
import TestKit
import Testing

// Goal: a filter lets pass what is in its table and nothing else, on each machine. Method: the program
// that libseccomp makes is run on a machine for such programs, so that ARM's is checked here too.
@Suite("the system-call filter")
struct SystemCallFilterTests {
    // Source: asm/unistd_64.h and asm-generic/unistd.h.
    /// Numbers of some calls.
    private struct Numbers {
        let token: UInt32
        let calls: [String: Int32]
    }

    private static let x86 = Numbers(
        token: 0xC000_003E,
        calls: [
            "read": 0, "write": 1, "open": 2, "mmap": 9, "mprotect": 10, "ioctl": 16,
            "socket": 41, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62,
            "fcntl": 72, "ptrace": 101, "setuid": 105, "prctl": 157, "mount": 165, "reboot": 169,
            "exit_group": 231, "openat": 257, "unshare": 272, "prlimit64": 302,
            "process_vm_readv": 310, "seccomp": 317, "bpf": 321, "execveat": 322,
            "io_uring_setup": 425, "clone3": 435, "openat2": 437, "landlock_restrict_self": 446,
        ]
    )
    private static let arm = Numbers(
        token: 0xC000_00B7,
        calls: [
            "read": 63, "write": 64, "mmap": 222, "mprotect": 226, "ioctl": 29, "socket": 198,
            "clone": 220, "execve": 221, "kill": 129, "fcntl": 25, "ptrace": 117, "setuid": 146,
            "prctl": 167, "mount": 40, "reboot": 142, "exit_group": 94, "openat": 56,
            "unshare": 97, "prlimit64": 261, "process_vm_readv": 270, "seccomp": 277, "bpf": 280,
            "execveat": 281, "io_uring_setup": 425, "clone3": 435, "openat2": 437,
            "landlock_restrict_self": 446,
        ]
    )

    private static func numbers(_ architecture: Architecture) -> Numbers {
        switch architecture {
        case .x86_64: x86
        case .aarch64: arm
        }
    }

    private func answer(
        _ filter: SystemCallFilter,
        _ architecture: Architecture,
        _ name: String,
        _ arguments: [UInt64] = []
    ) throws -> UInt32? {
        let numbers = Self.numbers(architecture)
        guard let number = numbers.calls[name] else { return nil }
        return try Machine(program: filter.program(for: architecture))
            .run(.init(architecture: numbers.token, number: number, arguments: arguments))
    }

    @Test(
        "a runner reads, writes, opens, and ends",
        arguments: Architecture.allCases,
        ["read", "write", "openat", "openat2", "exit_group"]
    )
    func allowed(architecture: Architecture, name: String) throws {
        #expect(try answer(.runner, architecture, name) == Machine.allow)
    }

    @Test(
        "a runner that asks for anything of another process, program or machine is killed",
        arguments: Architecture.allCases,
        [
            "open", "clone", "clone3", "fork", "vfork", "execve", "execveat", "kill", "ptrace",
            "setuid", "prctl", "mount", "reboot", "unshare", "process_vm_readv", "seccomp", "bpf",
            "io_uring_setup", "landlock_restrict_self",
        ]
    )
    func killed(architecture: Architecture, name: String) throws {
        let answer = try answer(.runner, architecture, name)
        // An architecture that does not have the call has no number to try.
        if answer == nil { #expect(architecture == .aarch64) }
        #expect(answer ?? Machine.killProcess == Machine.killProcess)
    }

    @Test(
        "arguments decide where a call is half right",
        arguments: Architecture.allCases,
        [
            ("mmap", [0, 4_096, 3], true), ("mmap", [0, 4_096, 7], false),
            ("mmap", [0, 4_096, 4], false), ("mprotect", [0, 4_096, 1], true),
            ("mprotect", [0, 4_096, 5], false), ("ioctl", [0, 0x541B], true),
            ("ioctl", [0, 0xFFFF_FFFF_0000_541B], true), ("ioctl", [0, 0x5412], false),
            ("fcntl", [3, 3], true), ("fcntl", [3, 8], false), ("fcntl", [3, 1_033], false),
            ("prlimit64", [0, 7, 0], true), ("prlimit64", [0, 7, 1], false),
            ("prlimit64", [1, 7, 0], false),
        ] as [(String, [UInt64], Bool)]
    )
    func conditions(architecture: Architecture, item: (String, [UInt64], Bool)) throws {
        let wanted = item.2 ? Machine.allow : Machine.killProcess
        #expect(try answer(.runner, architecture, item.0, item.1) == wanted)
    }

    @Test(
        "sockets of the internet are made, all others do not exist",
        arguments: Architecture.allCases,
        [(1, false), (2, true), (10, true), (16, false), (17, false), (40, false)]
            as [(UInt64, Bool)]
    )
    func families(architecture: Architecture, item: (UInt64, Bool)) throws {
        let answer = try answer(.runner, architecture, "socket", [item.0])
        // EAFNOSUPPORT, as from a kernel without them.
        #expect(answer == (item.1 ? Machine.allow : 0x0005_0000 | 97))
    }

    @Test("a family that nobody knows ends the process", arguments: Architecture.allCases)
    func unknownFamily(architecture: Architecture) throws {
        #expect(try answer(.runner, architecture, "socket", [1 << 20]) == Machine.killProcess)
    }

    @Test(
        "a puller may start threads, and no process",
        arguments: Architecture.allCases,
        [(0x3D_0F00, true), (0x11, false), (0x4111, false), (0x1_0F00, true)] as [(UInt64, Bool)]
    )
    func threads(architecture: Architecture, item: (UInt64, Bool)) throws {
        let answer = try answer(.puller, architecture, "clone", [item.0])
        // EPERM: it goes on without.
        let refused: UInt32 = 0x0005_0000 | 1
        #expect(answer == (item.1 ? Machine.allow : refused))
        // ENOSYS: libc then takes clone(2), whose flags can be looked at.
        #expect(try self.answer(.puller, architecture, "clone3") == 0x0005_0000 | 38)
        for name in ["execve", "ptrace", "mount", "setuid", "kill", "bpf", "io_uring_setup"] {
            #expect(try self.answer(.puller, architecture, name) == refused, "\(name)")
        }
        // EACCES: no memory becomes code.
        #expect(
            try self.answer(.puller, architecture, "mprotect", [0, 4_096, 5]) == 0x0005_0000 | 13
        )
    }

    @Test("a call in another machine's form ends the process", arguments: Architecture.allCases)
    func foreign(architecture: Architecture) throws {
        let machine = Machine(program: try SystemCallFilter.runner.program(for: architecture))
        for other in Architecture.allCases where other != architecture {
            let numbers = Self.numbers(other)
            let number = try #require(numbers.calls["read"])
            let answer = try machine.run(.init(architecture: numbers.token, number: number))
            #expect(answer == Machine.killProcess)
        }
        // 32-bit Intel (int 0x80), and the x32 numbers of 64-bit Intel.
        let calls = [
            Machine.Call(architecture: 0x4000_0003, number: 3),
            Machine.Call(architecture: 0xC000_003E, number: 0x4000_0000),
        ]
        for call in calls { #expect(try machine.run(call) == Machine.killProcess) }
    }

    @Test("every number that is not in the table ends the process")
    func everyNumber() throws {
        let filter = SystemCallFilter.runner
        let architecture = try #require(Architecture.own)
        let machine = Machine(program: try filter.program(for: architecture))
        let token = Self.numbers(architecture).token
        let passing = try (0..<1_000)
            .filter { number in
                try machine.run(.init(architecture: token, number: Int32(number)))
                    == Machine.allow
            }
        let names = Set(filter.allowed.map(\.name))
        #expect(passing.count <= names.count)
        #expect(passing.count > names.count / 2)
    }

    @Test("the file that is handed over is sealed, and the same for all who read it")
    func sealed() throws {
        let architecture = try #require(Architecture.own)
        let file = try SystemCallFilter.runner.sealed(for: architecture)
        #expect(file.isSealed)
        let name = "/proc/self/fd/\(file.number)"
        let bytes = try readBytes(name)
        #expect(bytes == (try SystemCallFilter.runner.program(for: architecture)))
        #expect(!bytes.isEmpty && bytes.count.isMultiple(of: 8))
        #expect(throws: TestKitError.self) { try writeFile(name, [1, 2, 3]) }
        #expect(try readBytes(name) == bytes)
        withExtendedLifetime(file) {}
    }

    @Test("a rule that the library cannot make is an error that names it")
    func badRule() {
        let filter = SystemCallFilter(
            allowed: [.init("read", .init(argument: 9, is: 0))],
            refused: []
        )
        let error = #expect(throws: SeccompError.self) { try filter.program(for: .x86_64) }
        #expect(error?.description.contains("read") == true)
    }
}
