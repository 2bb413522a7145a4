/// Reads a module section by section, and validates what it reads.
///
/// Source: WebAssembly 3.0, §5.5 (modules, binary format) and §3.5 (modules, validation).
struct ModuleDecoder {
    let bytes: ModuleBytes
    let features: WasmFeatures
    /// Of the section that is being read.
    var reader: BinaryReader

    var types: TypeTable
    var imports: [Import] = []
    var functionTypeIndices: [UInt32] = []
    var importedFunctionCount = 0
    var tables: [TableDeclaration] = []
    var importedTableCount = 0
    var memories: [MemoryType] = []
    var importedMemoryCount = 0
    var globals: [GlobalDeclaration] = []
    var importedGlobalCount = 0
    var tags: [TagType] = []
    var importedTagCount = 0
    var exports: [Export] = []
    var exportIndices = HashIndex()
    var startFunction: UInt32?
    var elementSegments: [ElementSegment] = []
    var dataSegments: [DataSegment] = []
    var codeBodies: [CodeBody] = []
    var dataCount: UInt32?
    var declaredFunctions = IndexSet()
    var nameSection: Range<Int>?

    /// Bytes that the declarations decoded so far take, as ``DeclarationBytes`` has them.
    private(set) var declarationBytes = 0
    private let declarationBytesMax: Int

    init(bytes: ModuleBytes, features: WasmFeatures, declarationBytesMax: Int) {
        self.declarationBytesMax = declarationBytesMax
        self.bytes = bytes
        self.features = features
        self.types = TypeTable(features: features)
        self.reader = BinaryReader(bytes, 0..<bytes.count)
    }

    /// - Throws: ``ModuleError``; the decoder is of no use afterwards.
    mutating func decode() throws(ModuleError) {
        guard bytes.count <= ModuleLimits.byteCountMax else {
            throw .limit("\(bytes.count) bytes, at most \(ModuleLimits.byteCountMax)", at: 0)
        }
        var module = BinaryReader(bytes, 0..<bytes.count)
        try Self.preamble(&module)
        var last: Section?
        while !module.isAtEnd {
            let start = module.position
            let id = try module.byte()
            guard let section = Section(id: id), isOn(section) else {
                throw .malformed("malformed section id", at: start)
            }
            if section != .custom {
                guard last.map({ $0.rank < section.rank }) ?? true else {
                    throw .malformed("unexpected content after last section", at: start)
                }
                last = section
            }
            reader = try module.part(try module.u32())
            try decode(section)
            guard reader.isAtEnd else {
                throw .malformed("section size mismatch", at: reader.position)
            }
        }
        try checkCounts(at: module.position)
        types.seal()
    }

    private static func preamble(_ module: inout BinaryReader) throws(ModuleError) {
        guard module.remaining >= 4, try module.fixed32() == 0x6D73_6100 else {
            throw .malformed("magic header not detected", at: 0)
        }
        guard module.remaining >= 4, try module.fixed32() == 1 else {
            throw .malformed("unknown binary version", at: 4)
        }
    }

    private func isOn(_ section: Section) -> Bool {
        section != .tag || features.contains(.exceptions)
    }

    private mutating func decode(_ section: Section) throws(ModuleError) {
        switch section {
        case .custom: try customSection()
        case .type: try typeSection()
        case .import: try importSection()
        case .function: try functionSection()
        case .table: try tableSection()
        case .memory: try memorySection()
        case .tag: try tagSection()
        case .global: try globalSection()
        case .export: try exportSection()
        case .start: try startSection()
        case .element: try elementSection()
        case .dataCount: dataCount = try reader.u32()
        case .code: try codeSection()
        case .data: try dataSection()
        }
    }

    /// Custom sections are left where they are; of all of them only the names are of use to us.
    private mutating func customSection() throws(ModuleError) {
        let name = bytes.string(try reader.name())
        let contents = try reader.skip(UInt32(reader.remaining))
        if name == "name" { nameSection = contents }
    }

    private func checkCounts(at end: Int) throws(ModuleError) {
        guard codeBodies.count == functionTypeIndices.count - importedFunctionCount else {
            throw .malformed("function and code section have inconsistent lengths", at: end)
        }
        guard dataCount == nil || dataCount == UInt32(dataSegments.count) else {
            throw .malformed("data count and data section have inconsistent lengths", at: end)
        }
    }

    /// The number of entries of a list, each of which has at least one byte, and takes `bytesEach` bytes
    /// when it is decoded.
    mutating func count(
        max: Int,
        _ what: String,
        bytesEach: Int = 0
    ) throws(ModuleError) -> Int {
        let start = reader.position
        let count = Int(try reader.u32())
        // Why not "at most what remains": the specification's tests want an end found by reading.
        guard count <= max else {
            guard count <= reader.remaining else { throw reader.unexpectedEnd }
            throw .limit("\(count) \(what), at most \(max)", at: start)
        }
        // Of a list that is cut short no more is decoded than is there.
        let bytes = min(count, reader.remaining) * bytesEach
        guard bytes <= declarationBytesMax - declarationBytes else {
            throw .limit("\(count) \(what) need \(bytes) bytes of the memory limit", at: start)
        }
        declarationBytes += bytes
        return count
    }
}

/// The sections, by the order they must come in.
private enum Section {
    case custom, type, `import`, function, table, memory, tag, global, export, start, element
    case dataCount, code, data

    init?(id: UInt8) {
        let byID: [Self] = [
            .custom, .type, .import, .function, .table, .memory, .global, .export, .start,
            .element, .code, .data, .dataCount, .tag,
        ]
        guard id < byID.count else { return nil }
        self = byID[Int(id)]
    }

    /// The place in the order; custom sections may stand anywhere.
    var rank: Int {
        switch self {
        case .custom: 0
        case .type: 1
        case .import: 2
        case .function: 3
        case .table: 4
        case .memory: 5
        case .tag: 6
        case .global: 7
        case .export: 8
        case .start: 9
        case .element: 10
        case .dataCount: 11
        case .code: 12
        case .data: 13
        }
    }
}
