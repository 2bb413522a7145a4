/// Room for lists that one translation after another uses, so that hardly any allocates.
final class TranslatorScratch {
    let numeric = NumericEntry.table
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
