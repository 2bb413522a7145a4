// Exceptions: throw, throw_ref, try_table.

/// A `try_table` that is open.
struct OpenTry {
    /// The word where its body begins.
    var start: Int
    var clauses: [Clause]

    /// What it catches.
    struct Clause {
        /// `nil` catches everything.
        var tag: UInt32?
        var hasReference: Bool
        /// The block that it goes to, as an index of `controls`.
        var label: Int
        /// Those of the tag.
        var parameters: [ValueType]

        /// What it carries.
        ///
        /// Why made anew each time: a list for each of many clauses would be one of a thousand types for
        /// three bytes; the tag's is shared.
        var types: [ValueType] {
            hasReference ? parameters + [.reference(to: .exception)] : parameters
        }
    }
}

extension FunctionTranslator {
    private mutating func tagIndex() throws(ModuleError) -> (UInt32, FunctionType) {
        let start = reader.position
        let index = try reader.u32()
        guard index < module.tags.count,
            let type = module.types.function(module.tags[Int(index)].typeIndex)
        else { throw .invalid("unknown tag \(index)", at: start) }
        return (index, type)
    }

    mutating func throwOperator() throws(ModuleError) {
        let (index, type) = try tagIndex()
        let base = try popArguments(type)
        _ = beginService(.throwException)
        appendSlot(base)
        code.append(UInt16(truncatingIfNeeded: type.parameters.slotCount))
        code.append32(index)
        code.append32(storeID(module.tags[Int(index)].typeIndex))
        becomeUnreachable()
    }

    mutating func throwReferenceOperator() throws(ModuleError) {
        try heapService(
            .throwReference,
            [.reference(to: .exception, isNullable: true)],
            result: nil
        )
        becomeUnreachable()
    }

    mutating func tryTable() throws(ModuleError) {
        let most = ModuleLimits.tryCountMax
        guard tries.count + regions.count < most else {
            throw .limit("more than \(most) try_tables in a function", at: offset)
        }
        let type = try blockType()
        try popParameters(type)
        var clauses: [OpenTry.Clause] = []
        for _ in 0..<(try reader.u32()) { clauses.append(try catchClause()) }
        settleAll()
        open(.tryTable, type)
        tries.append(OpenTry(start: code.count, clauses: clauses))
    }

    private mutating func catchClause() throws(ModuleError) -> OpenTry.Clause {
        let start = reader.position
        let kind = try reader.byte()
        guard kind < 4 else { throw .malformed("malformed catch clause", at: start) }
        var tag: UInt32?
        var parameters: [ValueType] = []
        if kind < 2 {
            let (index, type) = try tagIndex()
            tag = index
            parameters = type.parameters
        }
        let label = try label()
        let clause = OpenTry.Clause(
            tag: tag,
            hasReference: kind & 1 != 0,
            label: label,
            parameters: parameters
        )
        try spend(parameters.count + controls[label].labelCount)
        let wanted = (0..<controls[label].labelCount).map { controls[label].labelType($0) }
        guard module.types.matches(clause.types, wanted) else { throw mismatch() }
        return clause
    }

    /// The end of a `try_table`, whose results are settled: behind its body lie the ways out, one for
    /// each clause, which only exceptions take.
    mutating func endTry(falls: Bool) throws(ModuleError) {
        guard let open = tries.popLast() else { return }
        let index = controls.count - 1
        let control = controls[index]
        guard control.isEntryReachable else { return }
        revive()
        let end = code.count
        if falls {
            let jump = begin(Operation.br)
            appendTarget(index, origin: jump)
        }
        var clauses: [CatchClause] = []
        for clause in open.clauses {
            restack(control, clause.types)
            forgetAccumulators()
            clauses.append(
                CatchClause(
                    tag: clause.tag,
                    hasReference: clause.hasReference,
                    target: code.count * 2
                )
            )
            emitBranch(clause.label)
            guard code.count <= codeCountMax else { throw tooLarge() }
        }
        regions.append(
            ExceptionRegion(
                range: open.start * 2..<end * 2,
                clauses: clauses,
                base: Int(control.base)
            )
        )
        if !falls, controls[index].fixup < 0 { deadStart = code.count }
    }

    /// `ref.eq`: references are the same when their bits are.
    mutating func referenceEqual() throws(ModuleError) {
        let wanted = ValueType.reference(to: .equatable, isNullable: true)
        let height = controls[controls.count - 1].height
        if stack.count - height >= 2 {
            for index in stack.count - 2..<stack.count {
                guard module.types.matches(stack[index].type, wanted) else { throw mismatch() }
                stack[index].type = .i64
            }
        } else {
            _ = try pop(wanted)
            _ = try pop(wanted)
            pushConstant(.i64, 0)
            pushConstant(.i64, 0)
        }
        try numericOperator(0x51)
    }
}
