extension FunctionGenerator {
    /// Pushes a value of this kind, made by at most `depth` levels of instructions.
    mutating func push(_ kind: Kind, _ depth: Int) {
        left -= 1
        guard depth > 0, left > 0 else { return leaf(kind) }
        if kind.isReference, random.below(3) != 0 { return reference(kind, depth) }
        switch random.below(24) {
        case 0...3: leaf(kind)
        case 4: block(kind, depth)
        case 5: conditional(kind, depth)
        case 6: select(kind, depth)
        case 7: call([kind], depth)
        case 8: tryCatch(kind, depth)
        case 9: teeOrGlobal(kind, depth)
        case 10: sized(kind, depth)
        case 11...13: load(kind, depth)
        default:
            if kind.isReference {
                reference(kind, depth)
            } else {
                operation(kind, depth)
            }
        }
    }

    /// A constant, a local or a global.
    mutating func leaf(_ kind: Kind) {
        let global = module.global(kind)
        if kind.isReference, kind != .funcref, random.below(5) != 0 { return object(kind) }
        switch random.below(5) {
        case 0: constant(kind)
        case 1 where global != nil: code += [0x23] + Encode.unsigned(global ?? 0)
        case 1 where kind == .funcref:
            code += [0xD2] + Encode.unsigned(random.below(module.functions.count))
        default:
            guard let local = local(kind) else { return constant(kind) }
            get(local)
        }
    }

    private mutating func operation(_ kind: Kind, _ depth: Int) {
        guard let choices = Operators.byResult[kind] else { return leaf(kind) }
        let chosen = random.pick(choices)
        for operand in chosen.operands {
            push(operand, depth - 1)
            if chosen.showsNaN { canonicalize(operand) }
        }
        if chosen.divides, !random.one(in: 20) { oneOrMore(kind) }
        code += chosen.code
        if chosen.laneCount > 0 { code.append(UInt8(random.below(chosen.laneCount))) }
        if chosen.makesNaN { canonicalize(.v128, hasSmallLanes: chosen.hasSmallLanes) }
    }

    /// Most divisors should divide: an odd, positive number of what is on the stack.
    private mutating func oneOrMore(_ kind: Kind) {
        if kind == .i64 {
            code += [0x42] + Encode.signed(0xFFFF_FFFF) + [0x83, 0x42, 1, 0x84]
        } else {
            code += [0x41] + Encode.signed(0xFFFF) + [0x71, 0x41, 1, 0x72]
        }
    }

    private mutating func load(_ kind: Kind, _ depth: Int) {
        if kind == .v128, random.one(in: 3) { return shuffleOrLane(depth) }
        guard let choices = Access.loads[kind] else { return reference(kind, depth) }
        access(random.pick(choices), depth)
    }

    private mutating func shuffleOrLane(_ depth: Int) {
        guard random.one(in: 2) else {
            push(.v128, depth - 1)
            push(.v128, depth - 1)
            code += [0xFD, 13] + (0..<16).map { _ in UInt8(random.below(32)) }
            return
        }
        access(random.pick(Access.laneLoads), depth) { writer in writer.push(.v128, depth - 1) }
    }

    /// The address, what `value` pushes, and the instruction with its immediates.
    mutating func access(
        _ access: Access,
        _ depth: Int,
        value: (inout Self) -> Void = { _ in }
    ) {
        let memory = random.below(module.memories.count)
        address(memory, depth)
        value(&self)
        let alignment = random.below(access.alignment + 1)
        code += access.code + Encode.unsigned(memory == 0 ? alignment : alignment | 64)
        if memory > 0 { code += Encode.unsigned(memory) }
        let offset: Int =
            switch random.below(80) {
            case 0: 0xFFFF_FFFF - random.below(70_000)
            case 1: 65_536 - random.below(32)
            case 2...39: 0
            default: random.below(300)
            }
        code += Encode.unsigned(offset)
        if access.laneCount > 0 { code.append(UInt8(random.below(access.laneCount))) }
    }

    /// Mostly inside the memory.
    mutating func address(_ memory: Int, _ depth: Int) {
        let kind: Kind = module.memories[memory].is64 ? .i64 : .i32
        push(kind, depth - 1)
        guard !random.one(in: 80) else { return }
        if kind == .i64 {
            code += [0x42] + Encode.signed(0xFFF) + [0x83]
        } else {
            code += [0x41] + Encode.signed(0xFFF) + [0x71]
        }
        guard random.one(in: 3) else { return }
        // What compilers write for arrays.
        if kind == .i64 {
            code += [0x42, 2, 0x86, 0x42] + Encode.signed(Int64(random.below(4_096))) + [0x7C]
        } else {
            code += [0x41, 2, 0x74, 0x41] + Encode.signed(Int64(random.below(4_096))) + [0x6A]
        }
    }

    private mutating func select(_ kind: Kind, _ depth: Int) {
        push(kind, depth - 1)
        push(kind, depth - 1)
        push(.i32, depth - 1)
        if kind.isReference || random.one(in: 4) {
            code += [0x1C, 1] + kind.encoding
        } else {
            code.append(0x1B)
        }
    }

    private mutating func teeOrGlobal(_ kind: Kind, _ depth: Int) {
        push(kind, depth - 1)
        if random.one(in: 4), let global = module.global(kind) {
            code += [0x24] + Encode.unsigned(global)
            code += [0x23] + Encode.unsigned(global)
        } else if let local = local(kind) {
            tee(local)
        }
    }

    /// Sizes and growth of memories and tables.
    private mutating func sized(_ kind: Kind, _ depth: Int) {
        let memory = random.below(module.memories.count)
        guard kind == (module.memories[memory].is64 ? .i64 : .i32) else {
            return kind.isReference ? reference(kind, depth) : operation(kind, depth)
        }
        switch random.below(4) {
        case 0: code += [0x3F] + Encode.unsigned(memory)
        case 1:
            if kind == .i64 {
                code += [0x42, UInt8(random.below(2))]
            } else {
                code += [0x41, UInt8(random.below(2))]
            }
            code += [0x40] + Encode.unsigned(memory)
        case 2 where kind == .i32: code += [0xFC, 16, 0]
        case 3 where kind == .i32:
            push(.funcref, depth - 1)
            code += [0x41, UInt8(random.below(3)), 0xFC, 15, 0]
        default: leaf(kind)
        }
    }
}
