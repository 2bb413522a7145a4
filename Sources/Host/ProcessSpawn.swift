internal import CLinux
internal import Glibc

// This file is a fence: posix_spawn(3) and the C strings it wants.

/// Starts programs with nothing inherited but what is named.
enum ProcessSpawn {
    /// What a new process gets.
    struct Request {
        var path: String
        var arguments: [String]
        var environment: [String]
        // Its descriptors 0, 1, 2, …; `nil` stands for `/dev/null`. All others are closed.
        var descriptors: [OwnedDescriptor?]
        var newSession: Bool
    }

    // Copies of the descriptors to hand over stand from here on, above every target number.
    private static let copiesFrom: Int32 = 512
    /// Descriptors that can be handed over at most.
    static let descriptorsMax = 64

    static func start(_ request: Request) throws(HostError) -> Int32 {
        guard request.descriptors.count <= descriptorsMax else {
            throw .tooMuch(
                what: "descriptors for \(request.path)",
                count: request.descriptors.count,
                countMax: descriptorsMax
            )
        }
        // Opened here, where nobody waits for it: we stand still from the fork until the child's exec.
        let isSilent = request.descriptors.contains { $0 == nil }
        let nothing = isSilent ? try SystemCall.open("/dev/null", O_RDWR) : nil
        // Why: without copies, giving 3 to the child as 4 and 4 as 3 would lose one of them.
        var copies: [OwnedDescriptor] = []
        for source in request.descriptors {
            guard let source = source ?? nothing else { continue }
            copies.append(try source.copy(from: copiesFrom))
        }
        return try unsafe withCStrings([request.path] + request.arguments) {
            arguments throws(HostError) in
            try unsafe withCStrings(request.environment) { environment throws(HostError) in
                try unsafe spawn(request, copies, arguments, environment)
            }
        }
    }

    /// Becomes another program, under the same process id, with the same environment; returns only
    /// when that failed.
    static func replace(_ path: String, _ arguments: [String]) throws(HostError) -> Never {
        let number = try unsafe withCStrings(arguments) {
            arguments throws(HostError) -> Int32 in
            // Safety: the strings and their array outlive the call, which ends with a null pointer.
            unsafe execv(path, arguments)
            return errno
        }
        throw .system(call: "execv", path: path, errno: number)
    }

    @unsafe private static func spawn(
        _ request: Request,
        _ copies: [OwnedDescriptor],
        _ arguments: [UnsafeMutablePointer<CChar>?],
        _ environment: [UnsafeMutablePointer<CChar>?]
    ) throws(HostError) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        // Safety: both locals are initialised here and destroyed at the end; the kernel and libc
        // copy what they are given.
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        for (target, copy) in copies.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, copy.number, Int32(target))
        }
        unsafe swiftlet_spawn_close_from(&actions, Int32(copies.count))
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if request.newSession { flags |= 0x80 /* POSIX_SPAWN_SETSID */ }
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var processID: pid_t = 0
        let result = unsafe posix_spawn(
            &processID,
            request.path,
            &actions,
            &attributes,
            arguments,
            environment
        )
        guard result == 0 else {
            throw .system(call: "posix_spawn", path: request.path, errno: result)
        }
        return processID
    }

    /// The texts as C strings with a null at the end, freed afterwards.
    @unsafe private static func withCStrings<R>(
        _ texts: [String],
        _ body: ([UnsafeMutablePointer<CChar>?]) throws(HostError) -> R
    ) throws(HostError) -> R {
        var strings: [UnsafeMutablePointer<CChar>?] = unsafe []
        // Safety: each string is ours from strdup until free, and nobody keeps it.
        defer { unsafe strings.forEach { unsafe free($0) } }
        for text in texts { unsafe strings.append(strdup(text)) }
        return try unsafe body(strings + [nil])
    }
}
