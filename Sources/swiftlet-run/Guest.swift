import Host
import WASI
import Wasm

/// One module with what it was given, ready to run.
struct Guest {
    private let instance: Instance
    private let entry: String
    private let arguments: [String]
    private let type: FunctionType
    let store: Store

    // Why: 4 GiB is the most that a 32-bit memory can have; the rest is for stack and code. Nothing
    // of it is used before the guest asks for it.
    private static let memoryBytesUsual: UInt64 = 6 << 30

    /// What the guest lives in; made first, so that a signal can end its start function too.
    static func store(_ command: RunnerCommand, codeLimitBytes: UInt64?) -> Store {
        let limit = command.memoryLimitBytes ?? memoryBytesUsual
        let store = Store(
            limits: ResourceLimits(
                memoryBytes: limit,
                codeBytes: codeLimitBytes,
                fuel: command.fuel
            )
        )
        // A word is a string and its place in a list.
        let words = command.arguments + command.environment
        _ = store.reserveForHost(words.reduce(0) { $0 + UInt64($1.utf8.count) + 32 })
        return store
    }

    init(
        _ command: RunnerCommand,
        _ bytes: ModuleBytes,
        _ preview: Preview1,
        _ store: Store,
        features: WasmFeatures
    ) throws(RunError) {
        self.store = store
        // Why so typed: a cast of an error makes the runtime search all conformances.
        let module: Module
        do throws(ModuleError) {
            module = try Module(
                bytes: bytes,
                features: features,
                declarationBytesMax: Int(clamping: store.memoryBytesLeft)
            )
            if !command.isAdmitted {
                try module.validateAllBodies(codeBytesMax: store.memoryBytesLeft)
            }
        } catch {
            throw .module(path: command.modulePath, error)
        }
        var imports = Imports()
        preview.define(in: &imports, of: store, for: module)
        do throws(InstantiationError) {
            instance = try store.instantiate(module, imports: imports)
        } catch {
            throw .instantiation(error)
        }
        entry = command.invoke ?? "_start"
        arguments = Array(command.arguments.dropFirst())
        guard let type = instance.functionType(entry) else { throw .noEntry(entry) }
        self.type = type
        guard values.count == type.parameters.count else {
            throw .arguments(entry: entry, type)
        }
    }

    /// Runs the guest to its end; the results of an invoked function are told on standard output.
    func run() throws(Trap) {
        if entry != "_start", instance.functionType("_initialize") != nil {
            _ = try instance.invoke("_initialize", [])
        }
        let results = try instance.invoke(entry, values)
        if !results.isEmpty {
            StandardStream.output(results.map(Self.text).joined(separator: " ") + "\n")
        }
    }

    /// The words of the command line as the function's arguments, when it takes any.
    private var values: [Value] {
        zip(type.parameters, arguments)
            .compactMap { type, word -> Value? in
                switch type {
                case .i32:
                    UInt32(word).map { .i32($0) }
                        ?? Int32(word).map { .i32(UInt32(bitPattern: $0)) }
                case .i64:
                    UInt64(word).map { .i64($0) }
                        ?? Int64(word).map { .i64(UInt64(bitPattern: $0)) }
                case .f32: Float(word).map { .f32(bits: $0.bitPattern) }
                case .f64: Double(word).map { .f64(bits: $0.bitPattern) }
                default: nil
                }
            }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .i32(let bits): "\(Int32(bitPattern: bits))"
        case .i64(let bits): "\(Int64(bitPattern: bits))"
        case .f32(let bits): "\(Float(bitPattern: bits))"
        case .f64(let bits): "\(Double(bitPattern: bits))"
        case .v128, .reference: "\(value)"
        }
    }
}
