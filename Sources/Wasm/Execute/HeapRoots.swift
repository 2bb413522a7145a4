// This file is a fence: it looks through the stack of slots.

extension Machine {
    /// Everything that may lead to an object: the stack, globals, tables, segments.
    func visitRoots(_ visit: (UInt64) -> Void) {
        if let stack, let top = unsafe heapTop {
            let used = unsafe min(max(top - stack.base, 0) + frameBytes, stack.byteCount)
            for offset in stride(from: 0, to: used & ~7, by: 8) {
                // Safety: inside the stack's pages.
                visit(unsafe stack.base.load(fromByteOffset: offset, as: UInt64.self))
            }
        }
        for global in hostGlobals { visit(global.low) }
        for table in hostTables { visitTable(table, visit) }
        var next = unsafe state.pointee.lastContext
        while let context = unsafe next {
            if let instance = unsafe InstanceContext.of(context) { visitInstance(instance, visit) }
            unsafe next = header(context).pointee.previous
        }
    }

    /// Bytes of the frame of the function that asked for an object; above it lies what earlier calls
    /// have left.
    private var frameBytes: Int {
        let most = Int(FunctionTranslator.frameBytesMax)
        guard let code = unsafe heapCode,
            let entry = arena.entry(containing: UInt(bitPattern: code))
        else { return most }
        return Int(entry.frameBytes - entry.wideBytes - FunctionTranslator.slackBytes)
    }

    private func visitInstance(_ instance: InstanceContext, _ visit: (UInt64) -> Void) {
        for global in instance.globals where global.type.value.isReference { visit(global.low) }
        for table in instance.tables { visitTable(table, visit) }
        for segment in instance.elements { for bits in segment { visit(bits) } }
    }

    private func visitTable(_ table: ReferenceTable, _ visit: (UInt64) -> Void) {
        for index in 0..<table.count { visit(table.get(index) ?? 0) }
    }
}
