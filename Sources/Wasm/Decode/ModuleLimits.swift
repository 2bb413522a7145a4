/// The largest modules we take.
///
/// Most of what a module declares costs us a few bytes for each of its own, so its size bounds
/// memory; the numbers here bound what would cost more, or be slow. They are those of the browsers
/// ("WebAssembly JavaScript Interface", implementation-defined limits) unless a reason is given.
enum ModuleLimits {
    /// Bytes: offsets inside a module are kept in 32 bits.
    static let byteCountMax = 1 << 30
    /// Types; heap types have 23 bits for an index.
    static let typeCountMax = 1_000_000
    /// Functions, imported ones included.
    static let functionCountMax = 1_000_000
    /// Tables, memories, globals, tags: each index space.
    static let entityCountMax = 1_000_000
    /// Memories: each costs an entity with pages of its own.
    static let memoryCountMax = 100
    /// Imports, exports, segments: each list.
    static let listCountMax = 1_000_000
    /// Parameters, and results, of a function.
    static let parameterCountMax = 1_000
    /// Fields of a structure.
    static let fieldCountMax = 10_000
    /// Locals of a function, its parameters included.
    static let localCountMax = 50_000
    /// Declared supertypes above a type.
    static let subtypeDepthMax = 63
    /// Blocks inside one another: each costs the translator some hundred bytes.
    ///
    /// Compilers make a nest of a `switch`, one block for each case.
    static let nestingMax = 10_000
    /// Targets of one `br_table`, as V8 has it.
    static let branchTableCountMax = 65_520
    /// `try_table`s in one function: each takes some hundred bytes as long as the function has code.
    static let tryCountMax = 16_384
    /// Operands of a constant expression that wait for their operator.
    static let constantDepthMax = 10_000
}
