import Host

/// Other programs whose words are wanted.
enum Program {
    // Why: what they say is a line or a log of some thousand; the rest is dropped.
    private static let lineCountMax = 5_000
    // Why: they look at files and answer; one that hangs must not hang us.
    private static let patienceSeconds = 20

    /// Where a program of ours lies: beside this one, else where the package puts it.
    static func path(_ name: String) -> String {
        guard let own = ProcessFacts.ownProgramPath, let slash = own.lastIndex(of: "/") else {
            return "/usr/bin/\(name)"
        }
        return own[..<slash] + "/" + name
    }

    /// What a program says on both streams, and how it ends; `nil` where it cannot be started.
    static func output(
        _ program: String,
        _ arguments: [String]
    ) async -> (text: String, exit: ProcessExit)? {
        let path = program.contains("/") ? program : path(program)
        guard let (handle, lines) = try? start(path, arguments) else { return nil }
        let text = await firstValue(withinSeconds: patienceSeconds) {
            var kept: [String] = []
            for await line in lines {
                kept.append(line)
                if kept.count > lineCountMax { kept.removeFirst() }
            }
            return kept.map { $0 + "\n" }.joined()
        }
        if text == nil { handle.signal(9) }
        return (text ?? "", await handle.exited())
    }

    private static func start(
        _ path: String,
        _ arguments: [String]
    ) throws(HostError) -> (ProcessHandle, AsyncStream<String>) {
        // Why here: our ends for writing are closed with this function, else the lines never end.
        let pipe = try OwnedDescriptor.pipe()
        let handle = try ProcessHandle.spawn(
            path: path,
            arguments: arguments,
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"],
            standardOutput: pipe.writer,
            standardError: try OwnedDescriptor.copy(of: pipe.writer.number)
        )
        return (handle, try PipeLines.read(pipe.reader))
    }
}
