extension FunctionGenerator {
    /// Writes `body` as the inside of a block-like instruction with this label.
    private mutating func inside(_ label: [Kind], _ body: (inout Self) -> Void) {
        labels.append(label)
        body(&self)
        labels.removeLast()
        code.append(0x0B)
    }

    /// A block that gives one value, with parameters or without, and perhaps branches out of it.
    mutating func block(_ kind: Kind, _ depth: Int) {
        let parameters = random.one(in: 3) ? random.kinds(3) : []
        for parameter in parameters { push(parameter, depth - 1) }
        let isLoop = random.one(in: 5)
        code.append(isLoop ? 0x03 : 0x02)
        code += blockType(Signature(parameters: parameters, results: [kind]))
        inside(isLoop ? parameters : [kind]) { writer in
            writer.take(parameters)
            if writer.random.one(in: 2) { writer.statement(depth - 1) }
            if !isLoop, writer.random.one(in: 2) { writer.leaveWith(kind, depth) }
            writer.push(kind, depth - 1)
        }
    }

    /// Does something with the values on the stack's top.
    private mutating func take(_ kinds: [Kind]) {
        for kind in kinds.reversed() {
            if random.below(3) != 0, let local = local(kind) {
                set(local)
            } else {
                code.append(0x1A)
            }
        }
    }

    /// `br_if` out of the innermost block, whose value it leaves there when it is not taken.
    private mutating func leaveWith(_ kind: Kind, _ depth: Int) {
        let below = random.one(in: 4)
        if below { push(.i64, 0) }
        push(kind, depth - 2)
        push(.i32, depth - 2)
        code += [0x0D, 0]
        take([kind])
        if below { code.append(0x1A) }
    }

    mutating func conditional(_ kind: Kind, _ depth: Int) {
        push(.i32, depth - 1)
        code.append(0x04)
        code += blockType(Signature(parameters: [], results: [kind]))
        inside([kind]) { writer in
            writer.push(kind, depth - 1)
            writer.code.append(0x05)
            if writer.random.one(in: 3) { writer.statement(depth - 1) }
            writer.push(kind, depth - 1)
        }
    }

    /// A call whose results begin with `wanted`; the others are taken away.
    mutating func call(_ wanted: [Kind], _ depth: Int) {
        let found = callees { $0.results == wanted }
        guard let kind = wanted.first else { return callAny(depth) }
        guard !found.isEmpty else { return leaf(kind) }
        callFunction(found[random.below(found.count)], depth)
    }

    /// The functions that may be called from here.
    private mutating func callees(_ isWanted: (Signature) -> Bool) -> [Int] {
        let isAny = random.one(in: 8)
        return module.functions.indices.filter {
            (isAny || $0 > index) && isWanted(module.functions[$0])
        }
    }

    /// Calls some function and takes its results away.
    mutating func callAny(_ depth: Int) {
        let found = callees { _ in true }
        guard !found.isEmpty else { return }
        let index = found[random.below(found.count)]
        callFunction(index, depth)
        take(module.functions[index].results)
    }

    private mutating func callFunction(_ index: Int, _ depth: Int) {
        let signature = module.functions[index]
        for parameter in signature.parameters { push(parameter, depth - 1) }
        switch random.below(4) {
        case 0:
            elementIndex(index)
            code += [0x11] + Encode.unsigned(module.types.index(signature)) + [0]
        case 1:
            code += [0xD2] + Encode.unsigned(index)
            code += [0x14] + Encode.unsigned(module.types.index(signature))
        default: code += [0x10] + Encode.unsigned(index)
        }
    }

    /// Where in the table the function most likely is.
    private mutating func elementIndex(_ function: Int) {
        if random.one(in: 12) { push(.i32, 1) } else { constant(Int32(function)) }
    }

    /// Ends the function by a call in its place, under a condition.
    mutating func tailCall() {
        let results = signature.results
        let found = callees { $0.results == results }
        guard !found.isEmpty else { return }
        let index = found[random.below(found.count)]
        push(.i32, 2)
        code += [0x04, 0x40]
        inside([]) { writer in
            let callee = writer.module.functions[index]
            for parameter in callee.parameters { writer.push(parameter, 2) }
            let type = Encode.unsigned(writer.module.types.index(callee))
            switch writer.random.below(3) {
            case 0: writer.code += [0x12] + Encode.unsigned(index)
            case 1:
                writer.elementIndex(index)
                writer.code += [0x13] + type + [0]
            default: writer.code += [0xD2] + Encode.unsigned(index) + [0x15] + type
            }
        }
    }

    /// A value from a block that may throw it, or another one, to its own handler.
    mutating func tryCatch(_ kind: Kind, _ depth: Int) {
        guard let tag = module.tags.firstIndex(of: [kind]) else { return operand(kind, depth) }
        code += [0x02] + kind.encoding
        inside([kind]) { writer in
            writer.code += [0x1F] + kind.encoding + [1, 0, UInt8(tag), 0]
            writer.inside([kind]) { inner in
                if inner.random.below(3) != 0 {
                    inner.throwIf(depth)
                }
                inner.push(kind, depth - 1)
            }
        }
    }

    private mutating func operand(_ kind: Kind, _ depth: Int) {
        push(kind, depth - 1)
    }

    /// Throws with any tag when a condition holds.
    mutating func throwIf(_ depth: Int) {
        let tag = random.below(module.tags.count)
        push(.i32, depth - 1)
        // Mostly not: what throws ends much.
        code += [0x41, 15, 0x71, 0x45, 0x04, 0x40]
        inside([]) { writer in
            for kind in writer.module.tags[tag] { writer.push(kind, depth - 1) }
            writer.code += [0x08, UInt8(tag)]
        }
    }

    /// Catches everything, and perhaps throws it once more.
    mutating func catchAll(_ depth: Int) {
        code += [0x02, 0x40]
        inside([]) { writer in
            writer.code += [0x02, 0x69]
            // `exnref` is no kind of ours, so nothing branches to this label by chance.
            writer.inside([.anyref, .anyref, .anyref]) { caught in
                caught.code += [0x1F, 0x40, 1, 3, 0]
                caught.inside([]) { inner in
                    inner.statement(depth - 1)
                    inner.throwIf(depth - 1)
                }
                caught.code += [0x0C, 1]
            }
            writer.code.append(writer.random.one(in: 4) ? 0x0A : 0x1A)
        }
    }

    /// Branches to some label around, with what it takes; what follows is dead.
    ///
    /// - Returns: `false` when it could not, and nothing is written.
    @discardableResult
    mutating func branch(_ depth: Int) -> Bool {
        let target = random.below(labels.count)
        let kinds = labels[labels.count - 1 - target]
        // A loop's label is a way back, which burns fuel only at its head.
        guard kinds.count < 3 else { return false }
        burn()
        if random.one(in: 3) { push(.f64, 0) }
        for kind in kinds { push(kind, depth - 1) }
        guard random.one(in: 3) else {
            code += [0x0C] + Encode.unsigned(target)
            return true
        }
        push(.i32, 1)
        let same = labels.indices.filter { labels[$0] == kinds }.map { labels.count - 1 - $0 }
        let entries = (0..<random.below(5)).map { _ in same[random.below(same.count)] }
        code += [0x0E] + Encode.vector(entries.map { Encode.unsigned($0) })
        code += Encode.unsigned(target)
        return true
    }
}
