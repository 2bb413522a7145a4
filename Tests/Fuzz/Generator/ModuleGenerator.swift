/// What the functions of a generated module know of each other.
struct ModulePlan {
    struct Memory {
        var is64: Bool
    }

    /// The global that everything burns: the first.
    static let fuelGlobal = 0
    /// What a call from outside may burn: deep recursion stays above every engine's stack's end.
    static let fuel = 1_000

    let functions: [Signature]
    let memories: [Memory]
    /// The kinds of the mutable globals behind the fuel.
    let globals: [Kind]
    let tags: [[Kind]]
    let types = TypeList()

    func global(_ kind: Kind) -> Int? { globals.firstIndex(of: kind).map { $0 + 1 } }
}

/// The types of functions and blocks, in the order they are first used.
final class TypeList {
    private var indices: [Signature: Int] = [:]
    private var encodings: [[UInt8]] = HeapTypes.encodings

    func index(_ signature: Signature) -> Int {
        if let index = indices[signature] { return index }
        encodings.append(
            [0x60] + Encode.vector(signature.parameters.map(\.encoding))
                + Encode.vector(signature.results.map(\.encoding))
        )
        indices[signature] = encodings.count - 1
        return encodings.count - 1
    }

    var section: [UInt8] { Encode.vector(encodings) }
}

/// A valid module, the same for the same seed.
///
/// Shape: functions of random bodies that no export names; for each of them exports `r0_0`, `r0_1`,
/// …, without parameters, that call it and give what it gives as integers; `state` gives the globals
/// and sizes likewise; the memories are `m0`, `m1`, ….
public struct GeneratedModule {
    /// What it was made from.
    public let seed: UInt64
    /// The module in binary.
    public private(set) var bytes: [UInt8]
    /// The exports to call, in this order.
    public let calls: [String]
    /// Memories `m0`, `m1`, ….
    public let memoryCount: Int

    /// The module of this seed.
    public init(seed: UInt64) {
        var writer = ModuleWriter(seed: seed)
        self.seed = seed
        bytes = writer.write()
        calls = writer.calls
        memoryCount = writer.plan.memories.count
    }

    /// The same with other bytes, which need not be valid.
    public func with(bytes: [UInt8]) -> GeneratedModule {
        var changed = self
        changed.bytes = bytes
        return changed
    }
}

/// Puts a module together.
private struct ModuleWriter {
    let plan: ModulePlan
    private(set) var calls: [String] = []
    private var random: Choice
    private var bodies: [[UInt8]] = []
    private var types: [Int] = []

    /// Sets of arguments that each function is called with.
    private static let callsEach = 2

    init(seed: UInt64) {
        var random = Choice(seed: seed)
        let functions = (0..<1 + random.below(5)).map { _ in
            Signature(parameters: random.kinds(4), results: random.kinds(3))
        }
        var memories = [ModulePlan.Memory(is64: random.one(in: 6))]
        if random.one(in: 3) { memories.append(.init(is64: random.one(in: 3))) }
        plan = ModulePlan(
            functions: functions,
            memories: memories,
            globals: Kind.numbers + random.kinds(3),
            tags: [[.i32], [.i64, .f64], [], [.f32]]
        )
        self.random = random
    }

    mutating func write() -> [UInt8] {
        for (index, signature) in plan.functions.enumerated() {
            let size = random.pick([20, 60, 150, 400])
            var function = FunctionGenerator(
                plan,
                signature,
                Choice(seed: random.bits()),
                size: size
            )
            function.index = index
            types.append(plan.types.index(signature))
            bodies.append(function.body())
        }
        for index in plan.functions.indices {
            for number in 0..<Self.callsEach { addCaller(index, number) }
        }
        addState()
        for tag in plan.tags { _ = plan.types.index(Signature(parameters: tag, results: [])) }
        return [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0] + sections
    }

    /// A function without parameters that calls the function `index`.
    private mutating func addCaller(_ index: Int, _ number: Int) {
        let callee = plan.functions[index]
        var writer = FunctionGenerator(
            plan,
            Signature(parameters: [], results: []),
            Choice(seed: random.bits()),
            size: 0
        )
        writer.constant(Int32(ModulePlan.fuel))
        writer.code += [0x24] + Encode.unsigned(ModulePlan.fuelGlobal)
        for parameter in callee.parameters { writer.constant(parameter) }
        writer.code += [0x10] + Encode.unsigned(index)
        let kept = callee.results.map { ($0, writer.addLocal($0)) }
        for (_, local) in kept.reversed() { writer.set(local) }
        add("r\(index)_\(number)", &writer) { writer in
            kept.flatMap { kind, local in writer.show(kind) { $0.get(local) } }
        }
    }

    private mutating func addState() {
        var writer = FunctionGenerator(
            plan,
            Signature(parameters: [], results: []),
            Choice(seed: random.bits()),
            size: 0
        )
        let plan = plan
        add("state", &writer) { writer in
            var shown: [Kind] = []
            for (index, kind) in plan.globals.enumerated() {
                shown += writer.show(kind) { $0.code += [0x23] + Encode.unsigned(index + 1) }
            }
            for (index, memory) in plan.memories.enumerated() {
                writer.code += [0x3F] + Encode.unsigned(index)
                shown.append(memory.is64 ? .i64 : .i32)
            }
            writer.code += [0xFC, 16, 0]
            return shown + [.i32]
        }
    }

    private mutating func add(
        _ name: String,
        _ writer: inout FunctionGenerator,
        _ results: (inout FunctionGenerator) -> [Kind]
    ) {
        let shown = results(&writer)
        let own = writer.locals.map { [1] + $0.encoding }
        types.append(plan.types.index(Signature(parameters: [], results: shown)))
        bodies.append(Encode.vector(own) + writer.code + [0x0B])
        calls.append(name)
    }

    private func section(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] {
        [id] + Encode.unsigned(contents.count) + contents
    }

    private var sections: [UInt8] {
        var random = self.random
        let functions = plan.functions.indices.map { Encode.unsigned($0) }
        let tags = plan.tags.map {
            [0] + Encode.unsigned(plan.types.index(Signature(parameters: $0, results: [])))
        }
        let initial = (0..<200).map { _ in UInt8(truncatingIfNeeded: random.bits()) }
        let memories = plan.memories.map { [$0.is64 ? 5 : 1, 1, 3] as [UInt8] }
        let start: [UInt8] = [plan.memories[0].is64 ? 0x42 : 0x41, 16, 0x0B]
        let names =
            calls.enumerated()
            .map { index, name in
                export(name, 0, plan.functions.count + index)
            }
            + plan.memories.indices.map { export("m\($0)", 2, $0) }
        let elements: [[UInt8]] = [
            [0, 0x41, 0, 0x0B] + Encode.vector(functions),
            [1, 0] + Encode.vector([functions[0], functions[functions.count - 1]]),
            [3, 0] + Encode.vector(functions),
        ]
        let codes = bodies.map { Encode.unsigned($0.count) + $0 }
        return section(1, plan.types.section)
            + section(3, Encode.vector(types.map { Encode.unsigned($0) }))
            + section(4, [1, 0x70, 1, UInt8(plan.functions.count + 4), 30])
            + section(5, Encode.vector(memories)) + section(13, Encode.vector(tags))
            + section(6, Encode.vector([[0x7F, 1, 0x41, 0, 0x0B]] + globals(&random)))
            + section(7, Encode.vector(names)) + section(9, Encode.vector(elements))
            + section(12, [2]) + section(10, Encode.vector(codes))
            + section(
                11,
                Encode.vector([
                    [0] + start + Encode.unsigned(initial.count) + initial,
                    [1, 12, 1, 2, 3, 4, 5, 6, 7, 8, 250, 251, 252, 253],
                ])
            )
    }

    private func globals(_ random: inout Choice) -> [[UInt8]] {
        plan.globals.map { kind in
            var writer = FunctionGenerator(
                plan,
                Signature(parameters: [], results: []),
                Choice(seed: random.bits()),
                size: 0
            )
            writer.constant(kind)
            return kind.encoding + [1] + writer.code + [0x0B]
        }
    }

    private func export(_ name: String, _ kind: UInt8, _ index: Int) -> [UInt8] {
        Encode.unsigned(name.utf8.count) + Array(name.utf8) + [kind] + Encode.unsigned(index)
    }
}

extension FunctionGenerator {
    /// Pushes what `push` pushes as integers that every engine agrees on, and says which.
    mutating func show(_ kind: Kind, _ push: (inout Self) -> Void) -> [Kind] {
        push(&self)
        switch kind {
        case .i32, .i64: return [kind]
        case .f32:
            canonicalize(.f32)
            code.append(0xBC)
            return [.i32]
        case .f64:
            canonicalize(.f64)
            code.append(0xBD)
            return [.i64]
        case .v128:
            code += [0xFD, 29, 0]
            push(&self)
            code += [0xFD, 29, 1]
            return [.i64, .i64]
        case .funcref, .structure, .substructure, .words, .bytes, .anyref:
            code.append(0xD1)
            return [.i32]
        }
    }
}
