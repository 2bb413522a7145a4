/// What a file is to who wants to run it, by its first bytes.
public enum ProgramKind: Equatable, Sendable {
    /// A WebAssembly module, or what begins like one of a version that we do not know.
    case module
    /// A WebAssembly component: the same magic, and 1 for its layer.
    case component
    /// A program of the machine's own, or a script.
    case native
    /// Anything else.
    case other

    /// What the file begins as.
    ///
    /// Source: WebAssembly core 5.5.16 "Modules"; component model, Binary.md, "preamble"; elf(5).
    public init(file: String) throws(ImageError) {
        self.init(beginning: try OpenFile(file, 0).read(8))
    }

    init(beginning bytes: [UInt8]) {
        if bytes.starts(with: Array("\0asm".utf8)) {
            // After the magic stand a version and, where modules of the core have zero, a layer.
            self = bytes.count >= 7 && bytes[6] == 1 ? .component : .module
        } else if bytes.starts(with: [0x7F] + Array("ELF".utf8))
            || bytes.starts(with: Array("#!".utf8))
        {
            self = .native
        } else {
            self = .other
        }
    }
}
