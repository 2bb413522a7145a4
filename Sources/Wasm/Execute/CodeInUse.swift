// This file is a fence: it looks through both stacks for places in code.

/// Where a call was made: its code and its frame.
@safe
struct CallPlace {
    // Safety: of a guest that waits for its call to be prepared.
    let code: Code
    let frame: Frame

    init(code: Code, frame: Frame) {
        unsafe self.code = unsafe code
        unsafe self.frame = unsafe frame
    }
}

extension Machine {
    /// Evicts cold functions to make room for `wordCount` words of code, on behalf of `caller`; false
    /// when there is none even so.
    func evictCode(wordCount: Int, for caller: CallPlace) -> Bool {
        let used = codeInUse(caller)
        return arena.evict(
            wordCount: wordCount,
            isInUse: { used.contains($0.start) },
            forget: { entry in
                if let regions = catches.removeValue(forKey: entry.start) {
                    budget.release(ExceptionRegion.byteCount(regions))
                }
                guard let context = unsafe Frame(bitPattern: entry.context) else { return }
                unsafe InstanceContext.of(context)?.forgetCode(entry.functionIndex)
            }
        )
    }

    /// The starts of all functions that some frame may return into.
    ///
    /// Slots do not say what they hold: whatever looks like a place in code counts as one. So a
    /// function may be kept that could go, and never the other way round.
    private func codeInUse(_ caller: CallPlace) -> Set<UInt> {
        var used: Set<UInt> = []
        var last: CodeArena.Entry?
        let bounds = arena.bounds
        let note = { [arena] (address: UInt) in
            // Behind a call that ends a function lies the next one: look one byte back.
            let place = address &- 1
            if let last, last.start <= place, place < last.end { return }
            guard bounds.contains(place), let entry = arena.entry(containing: place) else { return }
            last = entry
            used.insert(entry.start)
        }
        let code = unsafe UInt(bitPattern: caller.code)
        note(code + 1)
        if let stack {
            // The caller's own way back lies in its frame; the host's calls have none.
            let frameBytes = Int(arena.entry(containing: code)?.frameBytes ?? 0)
            let depth = unsafe max(caller.frame - stack.base, 0)
            let end = min(depth + frameBytes, stack.byteCount)
            unsafe Self.visit(stack.base, end, note)
        }
        if let crossStack {
            let depth = unsafe Frame(state.pointee.crossTop) - crossStack.base
            unsafe Self.visit(crossStack.base, min(max(depth, 0), crossStack.byteCount), note)
        }
        return used
    }

    private static func visit(_ base: Frame, _ byteCount: Int, _ note: (UInt) -> Void) {
        for offset in stride(from: 0, to: byteCount & ~7, by: 8) {
            // Safety: inside the stack's pages.
            note(unsafe base.load(fromByteOffset: offset, as: UInt.self))
        }
    }
}
