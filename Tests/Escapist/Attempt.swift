import Glibc

/// One way out, by its name.
struct Attempt {
    let name: String
    let words: [String]

    init(_ arguments: [String]) {
        name = arguments.first ?? ""
        words = Array(arguments.dropFirst())
    }

    private typealias Call = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int

    /// Any system call by its number, past libc's own ideas about it.
    private func call(_ number: Int32, _ arguments: Int...) -> Int32 {
        guard let symbol = dlsym(nil, "syscall") else { return 252 }
        let syscall = unsafeBitCast(symbol, to: Call.self)
        let all = arguments + Array(repeating: 0, count: 6 - arguments.count)
        let result = syscall(Int(number), all[0], all[1], all[2], all[3], all[4], all[5])
        return result == -1 ? errno : succeeded
    }

    private func answer(_ result: Int32) -> Int32 { result == -1 ? errno : succeeded }

    private var word: String { words.first ?? "" }

    func run() -> Int32 {
        switch name {
        case "system-call": systemCall()
        case "read": answer(open(word, O_RDONLY))
        case "list": answer(open(word, O_RDONLY | O_DIRECTORY))
        case "write": answer(open(word, O_WRONLY))
        case "create": answer(open(word, O_WRONLY | O_CREAT | O_EXCL, 0o600))
        case "truncate": answer(open(word, O_WRONLY | O_TRUNC))
        case "make-folder": answer(mkdirat(AT_FDCWD, word, 0o700))
        case "remove": answer(unlinkat(AT_FDCWD, word, 0))
        case "symbolic-link": answer(symlinkat("/etc/shadow", AT_FDCWD, word))
        case "hard-link": answer(linkat(AT_FDCWD, word, AT_FDCWD, words.last ?? "", 0))
        case "rename": answer(renameat(AT_FDCWD, word, AT_FDCWD, words.last ?? ""))
        case "make-device": answer(mknod(word, S_IFCHR | 0o600, 0x0103))
        case "make-pipe": answer(mkfifo(word, 0o600))
        case "listen", "connect": network()
        case "resolve": resolve()
        case "open-many": openMany()
        case "code": executableMemory()
        case "descriptors": descriptors()
        default: 253
        }
    }

    private func systemCall() -> Int32 {
        let numbers = words.compactMap { Int($0) }
        guard let first = numbers.first else { return 253 }
        let rest = numbers.dropFirst() + Array(repeating: 0, count: 7 - numbers.count)
        let all = Array(rest)
        return call(Int32(first), all[0], all[1], all[2], all[3], all[4], all[5])
    }

    private func network() -> Int32 {
        guard let port = UInt16(word) else { return 253 }
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { return errno }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                let size = socklen_t(MemoryLayout<sockaddr_in>.size)
                guard name == "listen" else { return answer(connect(number, plain, size)) }
                guard bind(number, plain, size) == 0 else { return errno }
                return answer(listen(number, 1))
            }
        }
    }

    private func resolve() -> Int32 {
        var found: UnsafeMutablePointer<addrinfo>?
        // 0 and "no such name" are both answers.
        return [0, EAI_NONAME, EAI_AGAIN].contains(getaddrinfo(word, nil, nil, &found))
            ? succeeded : EIO
    }

    /// Opens one place until nothing more is given; as many as that must stay below a bound.
    private func openMany() -> Int32 {
        for _ in 0..<10_000 where open(word, O_RDONLY | O_DIRECTORY) < 0 { return errno }
        return succeeded
    }

    private func executableMemory() -> Int32 {
        let protection = PROT_READ | PROT_WRITE | PROT_EXEC
        let place = mmap(nil, 4_096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return place == MAP_FAILED ? errno : succeeded
    }

    /// Descriptors that are open from 3 on: none may have come from the daemon.
    private func descriptors() -> Int32 {
        (3..<1_024).contains { fcntl($0, F_GETFD) != -1 } ? succeeded : EBADF
    }
}
