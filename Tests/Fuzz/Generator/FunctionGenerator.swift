/// Writes the body of one function, valid by construction.
///
/// Shape: a value is made by ``push(_:_:)`` as a tree of random instructions; statements between them
/// have effects. Whatever loops or calls burns some of the global ``ModuleGenerator/fuelGlobal``, so
/// every function ends.
struct FunctionGenerator {
    var random: Choice
    let module: ModulePlan
    let signature: Signature
    /// Its own number: most calls go to later functions, so that most end by themselves.
    var index = 0
    /// Parameters first.
    private(set) var locals: [Kind]
    var code: [UInt8] = []
    /// What a branch to each label takes, outermost first.
    var labels: [[Kind]]
    /// Instructions that may still be written, roughly.
    var left: Int

    init(_ module: ModulePlan, _ signature: Signature, _ random: Choice, size: Int) {
        self.module = module
        self.signature = signature
        self.random = random
        self.left = size
        self.locals = signature.parameters
        self.labels = [signature.results]
        for _ in 0..<self.random.below(10) { locals.append(self.random.kind()) }
        for kind in Kind.numbers { locals.append(kind) }
    }

    /// The local declarations and the instructions.
    mutating func body() -> [UInt8] {
        burn()
        for _ in 0..<1 + random.below(5) { statement(3) }
        if random.one(in: 6) { tailCall() }
        for kind in signature.results { push(kind, 4) }
        let own = locals[signature.parameters.count...].map { [1] + $0.encoding }
        return Encode.vector(Array(own)) + code + [0x0B]
    }

    /// Ends the guest when the fuel is burnt.
    mutating func burn() {
        let global = Encode.unsigned(ModulePlan.fuelGlobal)
        code += [0x23] + global + [0x41, 1, 0x6B, 0x24] + global
        code += [0x23] + global + [0x41, 0, 0x48, 0x04, 0x40, 0x00, 0x0B]
    }

    func locals(_ kind: Kind) -> [Int] { locals.indices.filter { locals[$0] == kind } }

    /// A local of this kind that is not a counter of a loop around here; all numbers have one.
    mutating func local(_ kind: Kind) -> Int? {
        let found = locals(kind)
        return found.isEmpty ? nil : found[random.below(found.count)]
    }

    mutating func addLocal(_ kind: Kind) -> Int {
        locals.append(kind)
        return locals.count - 1
    }

    mutating func get(_ local: Int) { code += [0x20] + Encode.unsigned(local) }
    mutating func set(_ local: Int) { code += [0x21] + Encode.unsigned(local) }
    mutating func tee(_ local: Int) { code += [0x22] + Encode.unsigned(local) }
    mutating func constant(_ value: Int32) { code += [0x41] + Encode.signed(Int64(value)) }

    /// A constant of a number, or null.
    mutating func constant(_ kind: Kind) {
        switch kind {
        case .i32: constant(Int32(truncatingIfNeeded: random.integer()))
        case .i64: code += [0x42] + Encode.signed(Int64(bitPattern: random.integer()))
        case .f32: code += [0x43] + Encode.littleEndian(random.float32())
        case .f64: code += [0x44] + Encode.littleEndian(random.float64())
        case .v128:
            code += [0xFD, 12] + Encode.littleEndian(random.integer())
            code += Encode.littleEndian(random.integer())
        case .funcref, .structure, .substructure, .words, .bytes, .anyref:
            code += [0xD0, kind.heapType ?? 0x70]
        }
    }

    /// Makes every NaN on the stack's top the same one: which of them an operator gives is up to the
    /// machine, and its bits are about to be seen.
    mutating func canonicalize(_ kind: Kind, hasSmallLanes: Bool = false) {
        guard kind == .f32 || kind == .f64 || kind == .v128, let local = local(kind) else {
            return
        }
        tee(local)
        switch kind {
        case .f32: code += [0x43, 0, 0, 0xC0, 0x7F]
        case .f64: code += [0x44, 0, 0, 0, 0, 0, 0, 0xF8, 0x7F]
        default:
            let word: [UInt8] =
                hasSmallLanes ? [0, 0, 0xC0, 0x7F] : [0, 0, 0, 0, 0, 0, 0xF8, 0x7F]
            code += [0xFD, 12] + Array(repeating: word, count: 16 / word.count).joined()
        }
        get(local)
        get(local)
        switch kind {
        case .f32: code += [0x5B, 0x1B]
        case .f64: code += [0x61, 0x1B]
        default:
            code += [0xFD] + Encode.unsigned(hasSmallLanes ? 65 : 71) + [0xFD, 82]
            // Of a vector in a local all bits can be seen.
            tee(local)
        }
    }

    /// What a block of these kinds is written as.
    mutating func blockType(_ signature: Signature) -> [UInt8] {
        if signature.parameters.isEmpty, random.below(4) != 0 {
            if signature.results.isEmpty { return [0x40] }
            if signature.results.count == 1 { return signature.results[0].encoding }
        }
        return Encode.unsigned(module.types.index(signature))
    }
}

/// Where the choices come from.
struct Choice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next 64 bits: SplitMix64 (Steele, Lea, Flood 2014).
    mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ count: Int) -> Int {
        count < 2 ? 0 : Int(bits() % UInt64(count))
    }

    mutating func one(in count: Int) -> Bool { below(count) == 0 }

    mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

    mutating func kind() -> Kind { below(6) == 0 ? pick(Kind.allCases) : pick(Kind.numbers) }

    mutating func kinds(_ countMax: Int) -> [Kind] { (0..<below(countMax + 1)).map { _ in kind() } }

    /// Small ones, powers of two and their neighbours, and any.
    mutating func integer() -> UInt64 {
        switch below(5) {
        case 0, 1: UInt64(bitPattern: Int64(below(40) - 8))
        case 2: (1 << UInt64(below(64))) &+ UInt64(bitPattern: Int64(below(3) - 1))
        case 3: UInt64(truncatingIfNeeded: Int32(truncatingIfNeeded: bits()))
        default: bits()
        }
    }

    mutating func float32() -> UInt32 {
        switch below(4) {
        case 0: Float(below(100) - 50).bitPattern
        case 1:
            pick([
                0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0x4F00_0000, 0xCF00_0000,
                0x4EFF_FFFF, 0x5F00_0000, 0x5F80_0000, 1, 0x007F_FFFF, 0x3F00_0000, 0x4B00_0001,
            ])
        case 2: (Float(below(2_000_000) - 1_000_000) / 64).bitPattern
        default: UInt32(truncatingIfNeeded: bits())
        }
    }

    mutating func float64() -> UInt64 {
        switch below(4) {
        case 0: Double(below(100) - 50).bitPattern
        case 1:
            pick([
                0x8000_0000_0000_0000, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000,
                0x7FF8_0000_0000_0000, 0x41E0_0000_0000_0000, 0xC1E0_0000_0020_0000,
                0x41EF_FFFF_FFF0_0000, 0x43E0_0000_0000_0000, 0xC3E0_0000_0000_0000, 1,
                0x3FE0_0000_0000_0000, 0x4330_0000_0000_0001,
            ])
        case 2: (Double(below(2_000_000) - 1_000_000) / 64).bitPattern
        default: bits()
        }
    }
}
