import Wasm

/// The host module that the suite's modules import from.
enum Spectest {
    static func define(in imports: inout Imports, of store: Store, isShared: Bool) throws {
        let printed: [(String, [ValueType])] = [
            ("print", []), ("print_i32", [.i32]), ("print_i64", [.i64]), ("print_f32", [.f32]),
            ("print_f64", [.f64]), ("print_i32_f32", [.i32, .f32]),
            ("print_f64_f64", [.f64, .f64]),
        ]
        for (name, parameters) in printed {
            let function = HostFunction(type: FunctionType(parameters: parameters)) { _ in }
            imports.define("spectest", name, .function(store.function(function)))
        }
        let globals: [(String, ValueType, Value)] = [
            ("global_i32", .i32, .i32(666)), ("global_i64", .i64, .i64(666)),
            ("global_f32", .f32, .f32(bits: Float(666.6).bitPattern)),
            ("global_f64", .f64, .f64(bits: 666.6.bitPattern)),
        ]
        for (name, type, value) in globals {
            let global = try store.global(GlobalType(value: type, isMutable: false), value)
            imports.define("spectest", name, .global(global))
        }
        for (name, is64) in [("table", false), ("table64", true)] {
            let limits = Limits(minimum: 10, maximum: 20, is64: is64)
            let table = try store.table(TableType(element: .funcref, limits: limits))
            imports.define("spectest", name, .table(table))
        }
        let memory = try store.memory(MemoryType(limits: Limits(minimum: 1, maximum: 2)))
        imports.define("spectest", "memory", .memory(memory))
        if isShared {
            let limits = Limits(minimum: 1, maximum: 2, isShared: true)
            let shared = try store.memory(MemoryType(limits: limits))
            imports.define("spectest", "shared_memory", .memory(shared))
        }
    }
}
