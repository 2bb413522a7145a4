// Blocks: block, loop, if, else, end.

extension FunctionTranslator {
    mutating func blockType() throws(ModuleError) -> BlockType {
        switch reader.next {
        case 0x40:
            _ = try reader.byte()
            return .empty
        case let code? where code & 0xC0 == 0x40:
            return .value(try reader.valueType(module.types))
        default:
            let start = reader.position
            let index = try reader.s33()
            guard index >= 0, let type = module.types.function(UInt32(clamping: index)) else {
                throw .invalid("unknown type \(index)", at: start)
            }
            return .function(type)
        }
    }

    /// Opens a block whose parameters are on the stack, checked.
    mutating func open(_ kind: ControlFrame.Kind, _ type: BlockType) {
        let height = stack.count - type.parameterCount
        controls.append(
            ControlFrame(
                kind: kind,
                type: type,
                height: height,
                base: height < stack.count ? stack[height].home : top,
                isEntryReachable: isReachable,
                setLocalCount: setLocals.count
            )
        )
        floor = height
    }

    /// What a block begins with: its parameters, checked and in their slots.
    mutating func popParameters(_ type: BlockType) throws(ModuleError) {
        guard controls.count <= ModuleLimits.nestingMax else {
            throw .limit("more than \(ModuleLimits.nestingMax) nested blocks", at: reader.position)
        }
        let count = type.parameterCount
        try spend(count + type.resultCount)
        guard count > 0 else { return }
        let height = floor
        guard stack.count - height >= count else {
            for place in (0..<count).reversed() { _ = try pop(type.parameter(place)) }
            for place in 0..<count { pushConstant(type.parameter(place), 0) }
            return
        }
        for place in 0..<count {
            let index = stack.count - count + place
            let wanted = type.parameter(place)
            guard stack[index].type == wanted || module.types.matches(stack[index].type, wanted)
            else { throw mismatch() }
            stack[index].type = wanted
        }
        // Labels want their values at home.
        settle(count)
    }

    mutating func block() throws(ModuleError) {
        let type = try blockType()
        try popParameters(type)
        settleAll()
        open(.block, type)
    }

    mutating func loop() throws(ModuleError) {
        let type = try blockType()
        try popParameters(type)
        settleAll()
        open(.loop, type)
        controls[controls.count - 1].start = code.count
        forgetAccumulators()
        if isMetered { openPrice() }
    }

    /// A loop's first round is paid for by an instruction that its code begins with; who comes back pays
    /// what stands there, and goes on behind it (``appendTarget(_:origin:)``).
    private mutating func openPrice() {
        _ = begin(Operation.fuel)
        code.append32(0)
        controls[controls.count - 1].outerPrice = price
        price = 0
    }

    private mutating func closePrice(_ control: ControlFrame) {
        // A loop that cannot be reached may have been cut off already.
        if control.isEntryReachable { code.write32(price, at: control.start + 1) }
        price = control.outerPrice
    }

    mutating func ifOperator() throws(ModuleError) {
        let type = try blockType()
        var condition = try pop(.i32)
        let hasMoves = type.parameterCount > 0 || aliasCount > 0
        // Moves come before the branch, so that both arms find the same; they leave accumulators
        // alone, but a comparison can then be no branch any more.
        if hasMoves { _ = slot(&condition) }
        try popParameters(type)
        if hasMoves { settleAll() }
        let start = emitConditional(condition, if: false)
        open(.then, type)
        if isReachable {
            fixups.append(Fixup(word: code.count, origin: start, next: -1))
            controls[controls.count - 1].elseFixup = fixups.count - 1
        }
        code.append32(0)
    }

    /// The results must be on the stack, and nothing else of the block.
    private mutating func checkEnd() throws(ModuleError) {
        let control = controls[controls.count - 1]
        let count = control.type.resultCount
        if control.isUnreachable, stack.count - control.height < count {
            for place in (0..<count).reversed() { _ = try pop(control.type.result(place)) }
            for place in 0..<count { pushConstant(control.type.result(place), 0) }
        }
        guard stack.count - control.height == count else { throw mismatch() }
        for place in 0..<count {
            let type = stack[control.height + place].type
            let wanted = control.type.result(place)
            guard type == wanted || module.types.matches(type, wanted) else { throw mismatch() }
        }
    }

    mutating func elseOperator() throws(ModuleError) {
        guard controls[controls.count - 1].kind == .then else {
            throw .malformed("else without if", at: offset)
        }
        try checkEnd()
        let index = controls.count - 1
        if isReachable {
            settle(controls[index].type.resultCount)
            let start = begin(Operation.br)
            appendTarget(index, origin: start)
        }
        revive()
        resolve(controls[index].elseFixup)
        controls[index].elseFixup = -1
        controls[index].kind = .otherwise
        controls[index].isUnreachable = false
        if !controls[index].isEntryReachable { deadStart = code.count }
        restack(controls[index], isResults: false)
        forgetLocals(controls[index])
        forgetAccumulators()
    }

    /// Throws unreachable code away; what follows may be reached.
    mutating func revive() {
        guard deadStart >= 0 else { return }
        code.truncate(to: deadStart)
        deadStart = -1
        comparison = nil
    }

    /// The stack is what it was before the block, and its parameters or results, at home.
    private mutating func restack(_ control: ControlFrame, isResults: Bool) {
        let count = isResults ? control.type.resultCount : control.type.parameterCount
        restack(
            control,
            (0..<count).map {
                isResults ? control.type.result($0) : control.type.parameter($0)
            }
        )
    }

    /// The stack is what it was before the block, and values of these types, at home.
    mutating func restack(_ control: ControlFrame, _ types: [ValueType]) {
        while stack.count > control.height {
            let operand = stack.removeLast()
            if operand.isDeferred { aliasCount -= 1 }
        }
        resident = -1
        top = control.base
        for type in types { push(type) }
    }

    private mutating func forgetLocals(_ control: ControlFrame) {
        if setLocals.count > control.setLocalCount { setLocals.truncate(to: control.setLocalCount) }
    }

    mutating func end() throws(ModuleError) {
        try checkEnd()
        var control = controls[controls.count - 1]
        if control.kind == .function { return try endFunction() }
        if control.kind == .loop, isMetered { closePrice(control) }
        if control.kind == .then {
            let type = control.type
            guard type.parameterCount == type.resultCount else { throw mismatch() }
            for place in 0..<type.resultCount {
                guard module.types.matches(type.parameter(place), type.result(place)) else {
                    throw mismatch()
                }
            }
        }
        let falls = isReachable
        if falls { settle(control.type.resultCount) }
        if control.kind == .tryTable {
            try endTry(falls: falls)
            control = controls[controls.count - 1]
        }
        let isTarget = control.fixup >= 0 || control.elseFixup >= 0
        if falls || isTarget { revive() }
        resolve(control.fixup)
        resolve(control.elseFixup)
        controls.removeLast()
        floor = controls[controls.count - 1].height
        restack(control, isResults: true)
        forgetLocals(control)
        if isTarget || !falls { forgetAccumulators() }
        comparison = nil
    }

    private mutating func endFunction() throws(ModuleError) {
        if isReachable { emitReturn() } else { revive() }
        controls.removeLast()
        stack.truncate(to: 0)
        resident = -1
        aliasCount = 0
    }
}
