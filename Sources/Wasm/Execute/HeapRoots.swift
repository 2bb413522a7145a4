// This file is a fence: it looks through the stack of slots.

extension Machine {
    /// Bytes above the frame of the function that runs which it may use: a frame's largest size.
    private static let frameBytesMax = 65_536

    /// Everything that may lead to an object: the stack, globals, tables, segments.
    func visitRoots(_ visit: (UInt64) -> Void) {
        if let stack, let top = unsafe heapTop {
            let used = unsafe min(max(top - stack.base, 0) + Self.frameBytesMax, stack.byteCount)
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

    private func visitInstance(_ instance: InstanceContext, _ visit: (UInt64) -> Void) {
        for global in instance.globals where global.type.value.isReference { visit(global.low) }
        for table in instance.tables { visitTable(table, visit) }
        for segment in instance.elements { for bits in segment { visit(bits) } }
    }

    private func visitTable(_ table: ReferenceTable, _ visit: (UInt64) -> Void) {
        for index in 0..<table.count { visit(table.get(index) ?? 0) }
    }
}
