/// Room for lists that one translation after another uses, so that hardly any allocates.
final class TranslatorScratch {
    let numeric = NumericEntry.table
    /// Bytes of locals that short operands reach.
    ///
    /// Half of what they could: the other half is for the operand stack. A variable so that tests need no
    /// functions of thousands of locals.
    var nearBytesMax: UInt32 = 32_768
    var code = CodeBuffer()
    var stack = Pile<Operand>()
    var controls: [ControlFrame] = []
    var fixups = Pile<Fixup>()
    var locals = LocalTable()
    /// Bytes that a list keeps from one function to the next: an unusual one's are given back.
    private static let keptBytesMax = 64 * 1024

    /// Values that may still be named many at once (``FunctionTranslator/spend(_:)``): without a bound where
    /// a module was validated before.
    var valuesLeft = Int.max

    deinit { free() }

    private func free() {
        code.free()
        stack.free()
        fixups.free()
    }

    /// Takes the lists back.
    func take(_ code: CodeBuffer, _ stack: Pile<Operand>, _ fixups: Pile<Fixup>) {
        free()
        var (code, stack, fixups) = (code, stack, fixups)
        code.removeAll(keeping: Self.keptBytesMax)
        stack.removeAll(keeping: Self.keptBytesMax)
        fixups.removeAll(keeping: Self.keptBytesMax)
        self.code = code
        self.stack = stack
        self.fixups = fixups
    }

    /// Lets go of the lists, so that the translation that has taken them is their only owner.
    func release() {
        code = CodeBuffer()
        stack = Pile()
        controls = []
        fixups = Pile()
        locals = LocalTable()
    }
}
