/// Where things lie around an instance's context, in bytes from it.
///
/// Shape, upwards: the instance's own functions, its own globals, pointers to the imported functions,
/// to tables, to the imported globals, then the header, and at 0 the table of handlers. So handlers
/// reach everything by one constant in their operands.
struct InstanceLayout {
    let ownFunctionCount: Int
    let ownGlobalCount: Int
    let importedFunctionCount: Int
    let tableCount: Int
    let importedGlobalCount: Int

    init(_ module: Module) {
        self.ownFunctionCount = module.functionCount - module.importedFunctionCount
        self.ownGlobalCount = module.globals.count - module.importedGlobalCount
        self.importedFunctionCount = module.importedFunctionCount
        self.tableCount = module.tables.count
        self.importedGlobalCount = module.importedGlobalCount
    }

    /// Without a module: what the host calls its own functions in.
    init() {
        self.ownFunctionCount = 0
        self.ownGlobalCount = 0
        self.importedFunctionCount = 0
        self.tableCount = 0
        self.importedGlobalCount = 0
    }

    private static let pointerBytes = 8
    // Safety: only the sizes of these are asked for.
    private static let functionBytes = unsafe MemoryLayout<FunctionEntity>.stride
    private static let headerBytes = unsafe MemoryLayout<InstanceHeader>.stride

    private var importedGlobals: Int {
        -Self.headerBytes - importedGlobalCount * Self.pointerBytes
    }
    private var tables: Int { importedGlobals - tableCount * Self.pointerBytes }
    private var importedFunctions: Int { tables - importedFunctionCount * Self.pointerBytes }
    private var ownGlobals: Int { (importedFunctions - ownGlobalCount * GlobalCell.bytes) & ~15 }
    private var ownFunctions: Int { ownGlobals - ownFunctionCount * Self.functionBytes }

    /// Bytes before the context, a multiple of 16.
    var bytesBefore: Int { (-ownFunctions + 15) & ~15 }

    /// Bytes of the whole block.
    var byteCount: Int { bytesBefore + Operation.count * Self.pointerBytes }

    /// The entity of a function that is not imported, by its place among those.
    func ownFunction(_ index: Int) -> Int { ownFunctions + index * Self.functionBytes }

    /// The cell of a global that is not imported, by its place among those.
    func ownGlobal(_ index: Int) -> Int { ownGlobals + index * GlobalCell.bytes }

    /// The pointer to an imported function's entity.
    func importedFunction(_ index: Int) -> Int { importedFunctions + index * Self.pointerBytes }

    /// The pointer to a table's entity.
    func table(_ index: Int) -> Int { tables + index * Self.pointerBytes }

    /// The pointer to an imported global's cell.
    func importedGlobal(_ index: Int) -> Int { importedGlobals + index * Self.pointerBytes }
}
