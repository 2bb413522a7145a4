extension FunctionGenerator {
    /// Writes something with an effect that leaves the stack as it was.
    mutating func statement(_ depth: Int) {
        left -= 1
        guard depth > 0, left > 0 else { return }
        switch random.below(20) {
        case 0...3: assign(depth)
        case 4...6: store(depth)
        case 7...8: when(depth)
        case 9...10: loop(depth)
        case 11: callAny(depth)
        case 12: bulk(depth)
        case 13: tables(depth)
        case 14...15: heapStatement(depth)
        case 16: catchAll(depth)
        case 17:
            push(random.kind(), depth)
            code.append(0x1A)
        case 18 where random.one(in: 4): throwIf(depth)
        default: scope(depth)
        }
    }

    private mutating func assign(_ depth: Int) {
        let kind = random.kind()
        if random.one(in: 4), let global = module.global(kind) {
            push(kind, depth)
            code += [0x24] + Encode.unsigned(global)
        } else if let local = local(kind) {
            push(kind, depth)
            set(local)
        }
    }

    private mutating func store(_ depth: Int) {
        let chosen = random.pick(Access.stores)
        access(chosen, depth) { writer in
            writer.push(chosen.kind, depth - 1)
            if chosen.kind != .v128 { writer.canonicalize(chosen.kind) }
        }
    }

    /// `if`, with a second arm or without.
    private mutating func when(_ depth: Int) {
        push(.i32, depth - 1)
        code += [0x04, 0x40]
        labels.append([])
        statement(depth - 1)
        if random.one(in: 3) { branch(depth - 1) }
        if random.one(in: 2) {
            code.append(0x05)
            statement(depth - 1)
        }
        labels.removeLast()
        code.append(0x0B)
    }

    /// Counts down in a local of its own, and to the end of the fuel at most.
    private mutating func loop(_ depth: Int) {
        let counter = addLocal(.i32)
        constant(Int32(1 + random.below(9)))
        set(counter)
        code += [0x03, 0x40]
        labels.append([])
        burn()
        statement(depth - 1)
        statement(depth - 1)
        get(counter)
        code += [0x41] + Encode.signed(-1) + [0x6A]
        tee(counter)
        if random.one(in: 3) { code += [0x41, 0, 0x4A] }
        code += [0x0D, 0]
        labels.removeLast()
        code.append(0x0B)
    }

    /// A block that is left early on some ways, with dead code behind a branch.
    private mutating func scope(_ depth: Int) {
        code += [0x02, 0x40]
        labels.append([])
        statement(depth - 1)
        push(.i32, depth - 1)
        code += random.one(in: 3) ? [0x45, 0x0D, 0] : [0x0D, 0]
        statement(depth - 1)
        if random.one(in: 4), branch(depth - 1) {
            // Dead, so operands may come from nowhere.
            code += random.pick([[], [0x6A, 0x1A], [0x1B, 0x1A], [0x00], [0x92, 0xBC, 0x1A]])
            if random.one(in: 2) { statement(depth - 1) }
        }
        labels.removeLast()
        code.append(0x0B)
    }

    /// `memory.fill`, `copy`, `init` and `data.drop`.
    private mutating func bulk(_ depth: Int) {
        let memory = random.below(module.memories.count)
        address(memory, depth)
        switch random.below(4) {
        case 0:
            push(.i32, depth - 1)
            length(module.memories[memory].is64)
            code += [0xFC, 11] + Encode.unsigned(memory)
        case 1:
            constant(Int32(random.below(8)))
            constant(Int32(random.below(9)))
            code += [0xFC, 8, 1] + Encode.unsigned(memory)
        case 2 where random.one(in: 10): code += [0x1A, 0xFC, 9, 1]
        default:
            let source = random.below(module.memories.count)
            address(source, depth)
            length(module.memories[memory].is64 && module.memories[source].is64)
            code += [0xFC, 10] + Encode.unsigned(memory) + Encode.unsigned(source)
        }
    }

    private mutating func length(_ is64: Bool) {
        let count = random.one(in: 20) ? 100_000 : random.below(64)
        code += [is64 ? 0x42 : 0x41] + Encode.signed(Int64(count))
    }

    /// `table.set`, `fill`, `copy`, `init` and `elem.drop`, mostly behind the functions' elements.
    private mutating func tables(_ depth: Int) {
        let start = module.functions.count
        constant(Int32(random.one(in: 8) ? random.below(40) : start + random.below(4)))
        switch random.below(5) {
        case 0, 1:
            push(.funcref, depth - 1)
            code += [0x26, 0]
        case 2:
            push(.funcref, depth - 1)
            constant(Int32(random.below(4)))
            code += [0xFC, 17, 0]
        case 3:
            constant(Int32(random.below(start)))
            constant(Int32(random.below(4)))
            code += [0xFC, 14, 0, 0]
        default:
            constant(Int32(random.below(2)))
            constant(Int32(random.below(3)))
            code += [0xFC, 12, 1, 0]
        }
    }
}
