/// What a program may ask of the kernel, as a table.
///
/// What is not in it ends the whole process at once (SECCOMP_RET_KILL_PROCESS), or fails with
/// ``otherErrno``; what is in ``refused`` fails with a number of its own, because a library of the system
/// tries it and lives well without.
public struct SystemCallFilter: Equatable, Sendable {
    /// A demand on one argument of a call: `argument & mask == value`.
    public struct Condition: Equatable, Sendable {
        /// Which argument, from 0 on.
        public var argument: UInt32
        /// The bits that are looked at.
        public var mask: UInt64
        /// What they must be.
        public var value: UInt64

        /// Declares a demand.
        public init(argument: UInt32, mask: UInt64 = .max, is value: UInt64) {
            self.argument = argument
            self.mask = mask
            self.value = value
        }
    }

    /// A call that passes when all of its conditions hold.
    public struct Rule: Equatable, Sendable {
        /// The call's name; one that an architecture does not have is left out there.
        public var name: String
        /// What its arguments must be.
        public var conditions: [Condition]

        /// Declares a call.
        public init(_ name: String, _ conditions: Condition...) {
            self.name = name
            self.conditions = conditions
        }
    }

    /// Calls that pass.
    public var allowed: [Rule]
    /// Calls that fail with an error number.
    public var refused: [(rule: Rule, errno: UInt16)]
    /// What every other call fails with; nil when it ends the process.
    public var otherErrno: UInt16?

    /// A filter.
    public init(
        allowed: [Rule],
        refused: [(rule: Rule, errno: UInt16)],
        otherErrno: UInt16? = nil
    ) {
        self.allowed = allowed
        self.refused = refused
        self.otherErrno = otherErrno
    }

    /// Compares both lists, and what becomes of the rest.
    public static func == (one: SystemCallFilter, other: SystemCallFilter) -> Bool {
        one.allowed == other.allowed && one.otherErrno == other.otherErrno
            && one.refused.elementsEqual(other.refused) { $0 == $1 }
    }
}

extension SystemCallFilter {
    private static func plain(_ names: String) -> [Rule] {
        names.split(whereSeparator: \.isWhitespace).map { Rule(String($0)) }
    }

    // Source: mmap(2): PROT_EXEC.
    private static let executable: UInt64 = 4
    // Source: socket(2), asm-generic; the same on every architecture that we have.
    private static let internetFamilies: [UInt64] = [2, 10]
    // Source: errno.h: EAFNOSUPPORT.
    private static let noSuchFamily: UInt16 = 97

    /// Memory without code, time, waiting, signals to itself, and its own end.
    private static let living =
        plain(
            """
            brk munmap mremap madvise
            clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday
            restart_syscall sched_yield futex getrandom getpid getppid gettid
            rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack setitimer
            poll ppoll exit exit_group
            """
        )
        + ["mmap", "mprotect"].map {
            Rule($0, Condition(argument: 2, mask: executable, is: 0))
        }
        + [
            // Reading a limit of its own, which libc does to learn the size of its stack.
            Rule("prlimit64", Condition(argument: 0, is: 0), Condition(argument: 2, is: 0))
        ]

    /// Descriptors and what is behind them.
    private static let files =
        plain(
            """
            read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close lseek
            fstat newfstatat statx openat openat2 readlinkat readlink faccessat faccessat2
            getdents64 mkdirat unlinkat renameat renameat2 linkat symlinkat
            ftruncate fallocate fsync fdatasync fadvise64 utimensat
            dup dup2 dup3 pipe2 eventfd2 fstatfs
            """
        )
        + [
            // Source: fcntl(2): duplicating, flags, and the locks of an open file; no leases or owners.
            0, 1, 2, 3, 4, 36, 37, 1_030, 1_034,
        ]
        .map { Rule("fcntl", Condition(argument: 1, is: $0)) }
        + [
            // Source: ioctl(2): FIONREAD, FIONBIO, TCGETS (isatty).
            0x541B, 0x5421, 0x5401,
        ]
        .map { Rule("ioctl", Condition(argument: 1, mask: 0xFFFF_FFFF, is: $0)) }

    /// Internet sockets and nothing else: no local ones, no raw packets, no kernel channels.
    ///
    /// uname(2) is how libc learns the host's name before it resolves others.
    private static let sockets =
        internetFamilies.map { Rule("socket", Condition(argument: 0, is: $0)) }
        + plain(
            """
            bind listen accept accept4 connect shutdown getsockname getpeername
            setsockopt getsockopt sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg
            epoll_create1 epoll_ctl epoll_pwait epoll_wait uname
            """
        )

    /// libc asks local daemons and the kernel about names and addresses, and does without.
    private static let otherFamilies = (0...UInt64(45))
        .filter { !internetFamilies.contains($0) }
        .map {
            (rule: Rule("socket", Condition(argument: 0, is: $0)), errno: noSuchFamily)
        }

    /// What `swiftlet-run` needs once the guest's module is about to be read.
    ///
    /// It starts no thread and no process, makes no memory executable, changes no user, sends no
    /// signal, mounts nothing and watches nobody.
    public static let runner = SystemCallFilter(
        allowed: living + files + sockets,
        refused: otherFamilies
    )

    /// What `swiftlet-pull` needs: as a runner, with the threads of its name resolution, and with
    /// permissions of the files that it unpacks.
    ///
    /// All else fails and does not end it: what a newer libc or OpenSSL tries must not leave a gateway
    /// without updates.
    public static let puller = SystemCallFilter(
        allowed: living + files + sockets + threads
            + plain(
                """
                fchmod fchmodat fchown fchownat umask getcwd chdir fchdir flock statfs
                sync_file_range
                """
            )
            + oldFileCalls,
        refused: otherFamilies + [(rule: Rule("clone3"), errno: noSuchCall)] + code,
        otherErrno: notPermitted
    )

    // libc still calls these where the architecture has them; ARM has not.
    private static let oldFileCalls = plain(
        "open stat lstat access mkdir rmdir unlink rename symlink link chmod"
    )

    // Source: errno.h: EACCES. libc looks for more ways to resolve a name in libraries, and does without.
    private static let code = ["mmap", "mprotect"].map {
        (
            rule: Rule($0, Condition(argument: 2, mask: executable, is: executable)),
            errno: UInt16(13)
        )
    }

    // Source: errno.h: EPERM.
    private static let notPermitted: UInt16 = 1
    // Source: errno.h: ENOSYS. libc falls back to clone(2), whose flags can be looked at.
    private static let noSuchCall: UInt16 = 38
    // Source: clone(2): VM, FS, FILES, SIGHAND, THREAD.
    private static let threadFlags: UInt64 = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000

    private static let threads =
        plain(
            """
            set_robust_list rseq sched_getaffinity getuid geteuid getgid getegid
            sysinfo tgkill socketpair pselect6 select mlock set_tid_address prctl
            """
        )
        + [Rule("clone", Condition(argument: 0, mask: threadFlags, is: threadFlags))]
}
