extension InstanceContext {
    /// Validates and translates a function of this instance; false when the budget has no room for
    /// its code.
    func translate(
        _ function: FunctionReference,
        for caller: CallPlace
    ) throws(ModuleError) -> Bool {
        let bodyIndex = Int(function.index) - layout.importedFunctionCount
        // What is evicted may make room for a usual function when nothing is left.
        let bytesMax = max(machine.budget.left, UInt64(FunctionTranslator.codeBytesLeast))
        var translator = FunctionTranslator(
            module: module,
            layout: layout,
            typeIDs: typeIDs,
            bodyIndex: bodyIndex,
            isMetered: machine.isMetered,
            codeBytesMax: bytesMax,
            scratch: machine.scratch
        )
        defer { translator.finish(machine.scratch) }
        do {
            try translator.translate()
        } catch {
            // What does not even fit while it is made would not fit afterwards.
            guard UInt64(translator.code.count * 2) <= bytesMax else { return false }
            throw error
        }
        let header = translator.header(functionIndex: function.index)
        machine.translatedFunctions += 1
        machine.translatedBytes += module.codeBodies[bodyIndex].range.count
        let regionBytes = ExceptionRegion.byteCount(translator.regions)
        guard machine.budget.reserve(regionBytes) else { return false }
        guard install(translator.code, header, translator.wide, function, for: caller) else {
            machine.budget.release(regionBytes)
            return false
        }
        if !translator.regions.isEmpty {
            // Safety: the entity lives as long as its instance, which is `self`.
            let code = unsafe UInt(bitPattern: function.entity.pointee.code)
            let start = code - UInt(MemoryLayout<CodeHeader>.stride)
            machine.catches[start] = translator.regions
        }
        return true
    }
}

extension Module {
    /// Validates the bodies of all functions.
    ///
    /// What is translated on the way is thrown away; no function's takes more than `codeBytesMax` bytes.
    public func validateAllBodies(codeBytesMax: UInt64 = .max) throws(ModuleError) {
        let scratch = TranslatorScratch()
        scratch.valuesLeft = Self.valuesLeast + bytes.count * Self.valuesPerByte
        let layout = InstanceLayout(self)
        for index in codeBodies.indices {
            var translator = FunctionTranslator(
                module: self,
                layout: layout,
                typeIDs: [],
                bodyIndex: index,
                codeBytesMax: codeBytesMax,
                scratch: scratch
            )
            defer { translator.finish(scratch) }
            try translator.translate()
        }
    }

    /// Values that instructions may name many at once, in all, and more of them for each byte of the module.
    private static let valuesLeast = 1_000_000
    private static let valuesPerByte = 64
}
