/// Room for lists that one translation after another uses, so that none allocates.
final class TranslatorScratch {
    let numeric = NumericEntry.table()
    var code = CodeBuffer()
    var stack: [Operand] = []
    var controls: [ControlFrame] = []
    var fixups: [Fixup] = []
    var localTypes: [ValueType] = []
    var localSlots: [UInt32] = []

    /// Lets go of the lists, so that the translation that has taken them is their only owner.
    func release() {
        code = CodeBuffer()
        stack = []
        controls = []
        fixups = []
        localTypes = []
        localSlots = []
    }
}
