import TestKit
import Testing
import Wasm

@testable import WASI

/// A guest without a program: its memory is the test's to fill, and each function is called by name.
///
/// The module is made here: it imports the functions, and exports each in a wrapper of the same type.
final class GuestCalls {
    let preview: Preview1
    let instance: Instance
    let memory: GuestMemory
    private let store: Store

    /// Bytes of the guest's memory: two pages.
    static let memoryBytes: UInt32 = 2 << 16

    /// A guest that can call `functions`, of which no two may have one name.
    init(
        _ configuration: WASIConfiguration,
        functions: [Preview1Function] = Preview1Function.all
    ) throws {
        preview = try Preview1(configuration)
        store = Store(limits: ResourceLimits(memoryBytes: 64 << 20))
        let bytes = ModuleBytes(copying: Self.module(functions))
        let module = try Module(bytes: bytes)
        var imports = Imports()
        preview.define(in: &imports, of: store, for: module)
        instance = try store.instantiate(module, imports: imports)
        memory = instance.memory
    }

    /// Calls a function; 32-bit parameters take the low bits of what is given.
    func call(_ name: String, _ arguments: [UInt64]) throws -> ErrorNumber {
        let type = try #require(instance.functionType(name))
        let values = zip(type.parameters, arguments).map { type, bits -> Value in
            type == .i64 ? .i64(bits) : .i32(UInt32(truncatingIfNeeded: bits))
        }
        let results = try instance.invoke(name, values)
        guard case .i32(let number) = results.first else {
            throw TestKitError(message: "\(name) returns \(results)")
        }
        return try #require(ErrorNumber(rawValue: UInt16(truncatingIfNeeded: number)))
    }

    /// Puts bytes into the guest's memory.
    func put(_ bytes: [UInt8], at address: UInt32) {
        for (index, byte) in bytes.enumerated() {
            precondition(memory.store(byte, at: UInt64(address) + UInt64(index)))
        }
    }

    /// A number from the guest's memory.
    func number(at address: UInt32) -> UInt32 {
        memory.load(UInt32.self, at: UInt64(address)) ?? .max
    }

    /// Bytes from the guest's memory.
    func bytes(at address: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { memory.load(UInt8.self, at: UInt64(address) + UInt64($0)) ?? 0 }
    }

    private static func module(_ functions: [Preview1Function]) -> [UInt8] {
        var types: [[UInt8]] = []
        var imports: [[UInt8]] = []
        var exports = [name("memory") + [2, 0]]
        var codes: [[UInt8]] = []
        for (index, function) in functions.enumerated() {
            let parameters = function.type.parameters
            let result: [UInt8] = function.type.results.isEmpty ? [0] : [1, 0x7F]
            types.append(
                [0x60] + number(parameters.count) + parameters.map { $0 == .i64 ? 0x7E : 0x7F }
                    + result
            )
            imports.append(
                name(Preview1.moduleName) + name(function.name) + [0] + number(index)
            )
            exports.append(name(function.name) + [0] + number(functions.count + index))
            let body =
                [0] + parameters.indices.flatMap { [0x20] + number($0) } + [0x10] + number(index)
                + [0x0B]
            codes.append(number(body.count) + body)
        }
        return [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0] + list(1, types) + list(2, imports)
            + list(3, functions.indices.map { number($0) }) + list(5, [[1, 2, 2]])
            + list(7, exports) + list(10, codes)
    }

    private static func list(_ section: UInt8, _ items: [[UInt8]]) -> [UInt8] {
        let content = number(items.count) + items.flatMap(\.self)
        return [section] + number(content.count) + content
    }

    private static func name(_ text: String) -> [UInt8] {
        number(text.utf8.count) + Array(text.utf8)
    }

    private static func number(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + number(value >> 7)
    }
}
