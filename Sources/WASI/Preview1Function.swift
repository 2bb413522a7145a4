internal import Wasm

/// One function of preview 1: its name, its type, and what it does.
struct Preview1Function: Sendable {
    typealias Body =
        @Sendable (Preview1) -> (HostCall, GuestBuffers) throws(ErrorNumber) -> Void

    let name: String
    private let parameters: String
    private let body: Body

    /// Made when it is asked for: a module imports a few functions of many.
    var type: FunctionType {
        FunctionType(
            parameters: parameters.utf8.map { $0 == UInt8(ascii: "I") ? .i64 : .i32 },
            results: name == Self.exitName ? [] : [.i32]
        )
    }

    /// Declares a function.
    ///
    /// `parameters` has one letter for each: `i` for 32 bits, `I` for 64. The result is always an
    /// error number.
    init(_ name: String, _ parameters: String, _ body: @escaping Body) {
        self.name = name
        self.parameters = parameters
        self.body = body
    }

    /// The same by another name.
    func named(_ name: String) -> Preview1Function { Preview1Function(name, parameters, body) }

    /// What a module gets that imports `name`: the function of that type, or else any of that name,
    /// so that the type is what the module is told about.
    static func function(_ name: String, _ type: FunctionType?) -> Preview1Function? {
        var first: Preview1Function?
        func found(in family: [Preview1Function]) -> Preview1Function? {
            for candidate in family where candidate.name == name {
                if candidate.type == type { return candidate }
                first = first ?? candidate
            }
            return nil
        }
        let isSocket = name.hasPrefix("sock_") || name.hasPrefix("epoll_")
        // One after another, so that the ones behind the right one need not be made.
        return found(in: process) ?? found(in: descriptors) ?? found(in: transfers)
            ?? found(in: directories) ?? found(in: paths) ?? found(in: sockets)
            ?? (isSocket ? found(in: wasmEdge) : nil) ?? first
    }

    func run(_ preview: Preview1, _ call: HostCall) throws(Trap) {
        if name == Self.exitName { throw .exit(Int32(bitPattern: call.i32(0))) }
        do {
            try body(preview)(call, GuestBuffers(memory: call.memory))
            call.returns(i32: UInt32(ErrorNumber.success.rawValue))
        } catch {
            call.returns(i32: UInt32(error.rawValue))
        }
        guard preview.interruption?.isFinal == true else { return }
        var trap = Trap.host("the guest was told to end")
        trap.reason = .interrupted
        throw trap
    }

    // The only one that does not return.
    private static let exitName = "proc_exit"

    /// All 46, in the order of their families.
    static let all: [Preview1Function] =
        process + descriptors + transfers + directories + paths + sockets

    /// What this version has no answer for but `nosys`.
    ///
    /// `proc_raise`: a guest has no signals to raise.
    static let missing: Set<String> = ["proc_raise"]

    private static let process: [Preview1Function] = [
        .init("args_get", "ii", Preview1.argumentWords),
        .init("args_sizes_get", "ii", Preview1.argumentSizes),
        .init("environ_get", "ii", Preview1.environmentWords),
        .init("environ_sizes_get", "ii", Preview1.environmentSizes),
        .init("clock_res_get", "ii", Preview1.clockResolution),
        .init("clock_time_get", "iIi", Preview1.clockTime),
        .init("random_get", "ii", Preview1.random),
        .init("sched_yield", "", Preview1.yield),
        .init("proc_exit", "i", Preview1.exit),
        .init("proc_raise", "i", Preview1.raise),
        .init("poll_oneoff", "iiii", Preview1.poll),
    ]

    private static let descriptors: [Preview1Function] = [
        .init("fd_advise", "iIIi", Preview1.advise),
        .init("fd_allocate", "iII", Preview1.allocate),
        .init("fd_close", "i", Preview1.close),
        .init("fd_datasync", "i", Preview1.syncData),
        .init("fd_sync", "i", Preview1.sync),
        .init("fd_fdstat_get", "ii", Preview1.status),
        .init("fd_fdstat_set_flags", "ii", Preview1.setFlags),
        .init("fd_fdstat_set_rights", "iII", Preview1.setRights),
        .init("fd_filestat_get", "ii", Preview1.facts),
        .init("fd_filestat_set_size", "iI", Preview1.setSize),
        .init("fd_filestat_set_times", "iIIi", Preview1.setTimes),
        .init("fd_renumber", "ii", Preview1.renumber),
    ]

    private static let transfers: [Preview1Function] = [
        .init("fd_read", "iiii", Preview1.read),
        .init("fd_pread", "iiiIi", Preview1.readAt),
        .init("fd_write", "iiii", Preview1.write),
        .init("fd_pwrite", "iiiIi", Preview1.writeAt),
        .init("fd_seek", "iIii", Preview1.seek),
        .init("fd_tell", "ii", Preview1.tell),
    ]

    private static let directories: [Preview1Function] = [
        .init("fd_prestat_get", "ii", Preview1.folderFacts),
        .init("fd_prestat_dir_name", "iii", Preview1.folderName),
        .init("fd_readdir", "iiiIi", Preview1.readDirectory),
    ]

    private static let paths: [Preview1Function] = [
        .init("path_create_directory", "iii", Preview1.createDirectory),
        .init("path_filestat_get", "iiiii", Preview1.pathFacts),
        .init("path_filestat_set_times", "iiiiIIi", Preview1.setPathTimes),
        .init("path_link", "iiiiiii", Preview1.link),
        .init("path_open", "iiiiiIIii", Preview1.open),
        .init("path_readlink", "iiiiii", Preview1.readLink),
        .init("path_remove_directory", "iii", Preview1.removeDirectory),
        .init("path_rename", "iiiiii", Preview1.rename),
        .init("path_symlink", "iiiii", Preview1.makeSymbolicLink),
        .init("path_unlink_file", "iii", Preview1.unlink),
    ]

    private static let sockets: [Preview1Function] = [
        .init("sock_accept", "iii", Preview1.acceptSocketWithFlags),
        .init("sock_recv", "iiiiii", Preview1.receive),
        .init("sock_send", "iiiii", Preview1.send),
        .init("sock_shutdown", "ii", Preview1.shutDownSocket),
    ]
}
