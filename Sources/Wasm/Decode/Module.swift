/// A decoded module: everything outside the bodies of its functions is validated.
///
/// Immutable, and shared by any number of instances. It keeps no copy of its bytes: bodies, segments
/// and names are read where they lie.
public final class Module: Sendable {
    /// Where the module lies.
    public let bytes: ModuleBytes
    /// What it was allowed to use.
    public let features: WasmFeatures
    /// In the order of the section, which is the order of each index space's first members.
    public let imports: [Import]
    /// In the order of the section.
    public let exports: [Export]

    let types: TypeTable
    /// By index of function, imports first: the (canonical) index of its type.
    let functionTypeIndices: [UInt32]
    let importedFunctionCount: Int
    /// Imports first, as the three below.
    let tables: [TableDeclaration]
    let importedTableCount: Int
    let memories: [MemoryType]
    let importedMemoryCount: Int
    let globals: [GlobalDeclaration]
    let importedGlobalCount: Int
    let tags: [TagType]
    let importedTagCount: Int
    let startFunction: UInt32?
    let elementSegments: [ElementSegment]
    let dataSegments: [DataSegment]
    /// One for each function behind the imported ones.
    let codeBodies: [CodeBody]
    /// From the data count section; without it a body must not name a data segment.
    let dataCount: UInt32?
    /// The functions named outside bodies: those `ref.func` may name.
    let declaredFunctions: IndexSet
    /// Offsets of the contents of the name section, not looked at yet.
    let nameSection: Range<Int>?

    /// Bytes that all of this takes, roughly, and not less than that.
    let declarationBytes: Int

    private let exportIndices: HashIndex

    /// Decodes `bytes` and validates all but the bodies of functions.
    ///
    /// The declarations are refused when they would take more than `declarationBytesMax` bytes.
    ///
    /// - Throws: ``ModuleError`` with the byte where the first mistake was found.
    public init(
        bytes: ModuleBytes,
        features: WasmFeatures = .all,
        declarationBytesMax: Int = .max
    ) throws(ModuleError) {
        var decoder = ModuleDecoder(
            bytes: bytes,
            features: features,
            declarationBytesMax: declarationBytesMax
        )
        try decoder.decode()
        self.bytes = bytes
        self.features = features
        self.imports = decoder.imports
        self.exports = decoder.exports
        self.exportIndices = decoder.exportIndices
        self.types = decoder.types
        self.functionTypeIndices = decoder.functionTypeIndices
        self.importedFunctionCount = decoder.importedFunctionCount
        self.tables = decoder.tables
        self.importedTableCount = decoder.importedTableCount
        self.memories = decoder.memories
        self.importedMemoryCount = decoder.importedMemoryCount
        self.globals = decoder.globals
        self.importedGlobalCount = decoder.importedGlobalCount
        self.tags = decoder.tags
        self.importedTagCount = decoder.importedTagCount
        self.startFunction = decoder.startFunction
        self.elementSegments = decoder.elementSegments
        self.dataSegments = decoder.dataSegments
        self.codeBodies = decoder.codeBodies
        self.dataCount = decoder.dataCount
        self.declaredFunctions = decoder.declaredFunctions
        self.nameSection = decoder.nameSection
        self.declarationBytes = decoder.declarationBytes
    }

    /// The number of functions, imported ones included.
    var functionCount: Int { functionTypeIndices.count }

    /// The type of the function `index`, or `nil` when there is no such function.
    @inline(__always)
    func functionType(_ index: UInt32) -> FunctionType? {
        guard index < functionCount else { return nil }
        return types.function(functionTypeIndices[Int(index)])
    }

    /// The type of an imported function; `nil` for an import that is none.
    public func functionType(of wanted: Import) -> FunctionType? {
        guard case .function(let typeIndex) = wanted.type else { return nil }
        return types.function(typeIndex)
    }

    /// The export called `name`.
    public func export(_ name: String) -> Export? {
        let wanted = ExactName(name)
        return exportIndices.first(wanted.hash) { ExactName(exports[$0].name) == wanted }
            .map { exports[$0] }
    }
}
