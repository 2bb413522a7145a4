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
    var localTypes: [ValueType] = []
    var localSlots: [UInt32] = []

    deinit { free() }

    private func free() {
        code.free()
        stack.free()
        fixups.free()
    }

    /// Takes the lists back.
    func take(_ code: CodeBuffer, _ stack: Pile<Operand>, _ fixups: Pile<Fixup>) {
        free()
        self.code = code
        self.stack = stack
        self.fixups = fixups
        self.code.removeAll()
        self.stack.truncate(to: 0)
        self.fixups.truncate(to: 0)
    }

    /// Lets go of the lists, so that the translation that has taken them is their only owner.
    func release() {
        code = CodeBuffer()
        stack = Pile()
        controls = []
        fixups = Pile()
        localTypes = []
        localSlots = []
    }
}
