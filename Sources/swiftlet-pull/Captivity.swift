import Host

/// The rights that this process gives up before it reads a byte that a stranger wrote.
enum Captivity {
    // Why: a store, an archive and some files; each entry is a path at most.
    private static let byteCountMax = 64 * 1024

    /// Gives up what `--confine-fd` says; with no such flag nothing.
    ///
    /// To be called before anything starts a thread: name resolution does.
    static func enter(_ parsed: ParsedFlags) throws(HostError) {
        guard let text = parsed.value("--confine-fd") else { return }
        guard let number = Int32(text), (3...1_024).contains(number) else {
            throw .malformed(path: "--confine-fd", reason: "\(text) is no number from 3 on")
        }
        let bytes = try FileBytes.read(
            OwnedDescriptor(number),
            path: "--confine-fd",
            byteCountMax: byteCountMax
        )
        try Confinement(encoded: bytes).apply()
    }
}
