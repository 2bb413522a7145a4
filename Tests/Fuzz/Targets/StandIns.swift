@testable import Wasm

/// What modules of unknown origin are given for their imports and arguments.
enum StandIns {
    /// Everything that `module` imports, made to its wishes: functions return zeros.
    static func imports(
        for module: Module,
        in store: Store
    ) throws(InstantiationError) -> Imports {
        var imports = Imports()
        for wanted in module.imports {
            guard let value = try value(wanted.type, module, store) else { continue }
            imports.define(wanted.module, wanted.name, value)
        }
        return imports
    }

    private static func value(
        _ wanted: ImportType,
        _ module: Module,
        _ store: Store
    ) throws(InstantiationError) -> ExternalValue? {
        switch wanted {
        case .function(let index):
            guard let type = module.types.function(index) else { return nil }
            let results = type.results.map(zero)
            return .function(store.function(HostFunction(type: type) { $0.returns(results) }))
        case .table(let type): return .table(try store.table(type))
        case .memory(let type): return .memory(try store.memory(type))
        case .global(let type):
            return (try? store.global(type, zero(type.value))).map { .global($0) }
        case .tag: return nil
        }
    }

    /// Zero or null.
    static func zero(_ type: ValueType) -> Value {
        switch type {
        case .i32: .i32(0)
        case .i64: .i64(0)
        case .f32: .f32(bits: 0)
        case .f64: .f64(bits: 0)
        case .v128: .v128(low: 0, high: 0)
        default: .reference(nil)
        }
    }
}
