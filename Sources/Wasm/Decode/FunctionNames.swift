/// The names of functions in a module's name section, for backtraces.
///
/// Nothing is read until a name is asked for, and nothing is kept: a trap asks for a few names once.
/// A section that is damaged gives no names; it cannot make the module invalid.
///
/// Source: WebAssembly 3.0, appendix 7.4.1 (name section).
struct FunctionNames {
    /// Names are cut behind this many bytes: mangled ones reach many thousands.
    static let byteCountMax = 512

    private let bytes: ModuleBytes
    private let section: Range<Int>

    init?(_ module: Module) {
        guard let section = module.nameSection else { return nil }
        self.bytes = module.bytes
        self.section = section
    }

    /// The name of the function `index`, imports first, or `nil`.
    func name(_ index: UInt32) -> String? {
        guard var names = functionNames(), let count = try? names.u32() else { return nil }
        for _ in 0..<count {
            guard let candidate = try? names.u32(), let length = try? names.u32(),
                let range = try? names.skip(length)
            else { return nil }
            if candidate == index { return text(range) }
        }
        return nil
    }

    /// A reader at the list of functions: subsection 1.
    private func functionNames() -> BinaryReader? {
        var reader = BinaryReader(bytes, section)
        while !reader.isAtEnd {
            guard let id = try? reader.byte(), let size = try? reader.u32(),
                let part = try? reader.part(size)
            else { return nil }
            if id == 1 { return part }
        }
        return nil
    }

    /// The name without line ends and other control characters: it goes to a terminal or a log.
    private func text(_ range: Range<Int>) -> String {
        let end = min(range.upperBound, range.lowerBound + Self.byteCountMax)
        let name = bytes.string(range.lowerBound..<end)
        return String(
            String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 32 ? "?" : $0 })
        )
    }
}

extension Module {
    /// The name of the function `index` (imports first) from the module's name section, if it has one.
    public func functionName(_ index: UInt32) -> String? {
        FunctionNames(self)?.name(index)
    }
}
