import Testing

@testable import Wasm

/// Modules written by hand and the store they run in.
struct Guest {
    let store: Store
    var imports = Imports()

    init(memoryBytes: UInt64 = 64 << 20) {
        store = Store(limits: ResourceLimits(memoryBytes: memoryBytes))
    }

    func instantiate(_ sections: [Wire.Section]) throws -> Instance {
        let module = try Module(bytes: ModuleBytes(copying: Wire.module(sections)))
        try module.validateAllBodies()
        return try store.instantiate(module, imports: imports)
    }

    /// Defines `env.name` as a function of the host's.
    mutating func host(
        _ name: String,
        _ parameters: [ValueType],
        _ results: [ValueType],
        _ body: @escaping (HostCall) throws(Trap) -> Void
    ) {
        let type = FunctionType(parameters: parameters, results: results)
        let function = store.function(HostFunction(type: type, body: body))
        imports.define("env", name, .function(function))
    }

    /// Functions, each with a type of its own, exported as `f0`, `f1`, …; imports come before.
    static func functions(
        _ list: [(parameters: [UInt8], results: [UInt8], code: [UInt8])],
        imports: [[UInt8]] = [],
        importedFunctionCount: Int = 0,
        more: [Wire.Section] = []
    ) -> [Wire.Section] {
        let types = Wire.types(list.map { Wire.functionType($0.parameters, $0.results) })
        let exports = Wire.exports(
            list.indices.map { ("f\($0)", 0, $0 + importedFunctionCount) }
        )
        let sections =
            [
                types, Wire.imports(imports), Wire.functions(Array(list.indices)), exports,
                Wire.code(list.map { Wire.body($0.code) }),
            ] + more
        let order: [UInt8] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11]
        return sections.sorted {
            (order.firstIndex(of: $0.id) ?? 0) < (order.firstIndex(of: $1.id) ?? 0)
        }
    }
}

/// The error that `body` throws.
func linkError(_ body: () throws -> Instance) -> InstantiationError? {
    do {
        _ = try body()
        return nil
    } catch let error as InstantiationError {
        return error
    } catch {
        Issue.record("\(error)")
        return nil
    }
}
