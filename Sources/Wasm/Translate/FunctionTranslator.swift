/// Validates one function's body and, on the way, translates it.
///
/// Shape: one pass over the bytes. The validator's operand stack is the translator's too: each entry
/// has a type and a place (``Operand``), so `local.get` and constants emit nothing, and an operator's
/// result stays in an accumulator as long as the next instruction uses it. When it does not, the
/// instruction just emitted is changed into its form that writes a slot as well: that is why every
/// family has pairs of handlers, the second with a slot as its last operand.
///
/// A frame, in slots of 64 bits: parameters and results (they share slots), two slots for the way
/// back, the other locals, then the operand stack. Each place of the stack has a slot of its own (its
/// *home*); a callee's frame begins at the home of its first argument.
///
/// Code that cannot be reached is validated, translated and then thrown away, at the next `end` or
/// `else`.
///
/// Source: WebAssembly 3.0, §3.4 (instructions) and the appendix's validation algorithm.
struct FunctionTranslator {
    /// The first slot that 16 bits cannot name.
    static let slotLimit: UInt32 = 65_536
    /// Slots above the frame that clearing locals may touch: it works on eight at a time.
    static let slackBytes: UInt32 = 64
    /// Bytes of the way back to the caller: code and frame.
    static let linkBytes: UInt32 = 16
    /// Bytes of near locals and operands that one function may have; more is refused as too large.
    static let frameBytesMax: UInt32 = slotLimit

    let module: Module
    let layout: InstanceLayout
    /// The store's numbers of the module's types; empty when the code is thrown away.
    let typeIDs: [UInt32]
    let type: FunctionType
    let numeric: [NumericEntry]

    var reader: BinaryReader
    /// `try_table`s that are open, the innermost last.
    var tries: [OpenTry] = []
    /// Where exceptions are caught, inner parts before outer ones.
    var regions: [ExceptionRegion] = []
    var code: CodeBuffer
    var stack: Pile<Operand>
    var controls: [ControlFrame]
    var fixups: Pile<Fixup>
    var locals: LocalTable
    /// Empty as long as there are no locals without a first value.
    var setLocals = SetLocals()
    var hasUndefaultableLocals = false
    /// The byte offset of the instruction being read.
    var offset = 0

    /// Where the next operand has its home.
    var top: UInt32 = 0
    /// The highest that `top` was.
    var topMax: UInt32 = 0
    var linkOffset: UInt32 = 0
    /// Bytes of locals that a function has before its frame is moved (``WideFrame``).
    let nearBytesMax: UInt32
    /// How the frame is moved when there are more.
    var wide = WideFrame()
    /// The entry of the stack that is in an accumulator only, which the last instruction made; -1
    /// for none.
    ///
    /// Above it only entries can lie that no instruction has made.
    var resident = -1
    /// The word of the last instruction, when it ends in an accumulator.
    var last = 0
    /// The word behind it, when it was emitted: moves may have been since; `noForm` when none of its family
    /// writes a slot.
    var lastEnd = 0
    static let noForm = -1
    /// The last instruction, when it is a comparison that a branch can take over.
    var comparison: Comparison?
    /// Which slots the accumulators hold the values of, too.
    var held = AccumulatorSlots()
    /// Entries of the stack that are slots of locals, or sums.
    var aliasCount = 0
    /// Whether an operand that only an accumulator holds was taken off the stack, and no instruction
    /// has used it yet: what is emitted now must leave accumulators alone.
    var isInFlight = false
    /// The last instruction, when it computes an address that a load can take over.
    var scaled = Scaled()
    /// The last instruction, when it adds a constant and writes a slot: a counter.
    var counter = Counter()
    /// Whether memory 0 is there and has addresses of 32 bits.
    let isPlainMemory: Bool
    /// Operands below the innermost block, which it must leave alone.
    var floor = 0
    /// The word where unreachable code began, or -1.
    var deadStart = -1
    /// Words that the function's code may have.
    ///
    /// A branch of two bytes may have to move a thousand values: whoever writes many of them shall not make
    /// gigabytes of it. Compilers' functions have 2 to 5 bytes of code for each of theirs.
    let codeCountMax: Int
    /// Bytes of code that any function may have, and more of them for each byte of its body.
    static let codeBytesLeast = 256 * 1024
    private static let codeBytesPerByte = 16
    /// Values that instructions may still name by a type that has many: parameters, results, fields.
    ///
    /// Three bytes open a block of a thousand results: who does little else shall not take hours.
    var valuesLeft: Int
    /// Whether the guest pays for what it does.
    let isMetered: Bool
    /// Instructions so far of the innermost loop, without the loops in it, or of the function.
    var price: UInt32 = 0

    /// The last instruction, when it was a comparison.
    struct Comparison {
        var type: ValueType
        /// As in the generator's table of conditions.
        var condition: UInt16
        /// Operands: SS SI AS AI.
        var form: UInt16
    }

    /// `x << shift` or `(x << shift) + y`, just computed into the accumulator.
    struct Scaled {
        /// First word, and the one behind; no instruction when they are equal.
        var start = 0
        var end = 0
        /// Whether `y` is there.
        var isSum = false
        /// Of `Operation.i32ShlAdd`: SS SI AS AI; of a shift alone S A, as 0 and 2.
        var form: UInt16 = 0
        var x: UInt32 = 0
        var shift: UInt16 = 0
        /// A slot or a constant.
        var y: UInt32 = 0
    }

    /// `target = source + addend`.
    struct Counter {
        var start = 0
        var end = 0
        var source: UInt32 = 0
        var addend: UInt32 = 0
        var target: UInt32 = 0
    }

    init(
        module: Module,
        layout: InstanceLayout,
        typeIDs: [UInt32],
        bodyIndex: Int,
        isMetered: Bool = false,
        codeBytesMax: UInt64 = .max,
        scratch: TranslatorScratch
    ) {
        let index = UInt32(module.importedFunctionCount + bodyIndex)
        self.module = module
        self.layout = layout
        self.typeIDs = typeIDs
        self.type = module.functionType(index) ?? FunctionType()
        self.isMetered = isMetered
        self.numeric = scratch.numeric
        self.nearBytesMax = scratch.nearBytesMax
        self.valuesLeft = scratch.valuesLeft
        self.reader = BinaryReader(module.bytes, module.codeBodies[bodyIndex].range)
        self.code = scratch.code
        self.stack = scratch.stack
        self.controls = scratch.controls
        self.fixups = scratch.fixups
        self.locals = scratch.locals
        let usual = Self.codeBytesLeast + reader.remaining * Self.codeBytesPerByte
        self.codeCountMax = min(usual, Int(clamping: codeBytesMax)) / 2
        self.isPlainMemory = module.memories.first.map { !$0.limits.is64 } ?? false
        scratch.release()
    }

    /// Gives the room for lists back, for the next function.
    mutating func finish(_ scratch: TranslatorScratch) {
        controls.removeAll(keepingCapacity: true)
        locals.removeAll()
        scratch.valuesLeft = valuesLeft
        scratch.take(code, stack, fixups)
        scratch.controls = controls
        scratch.locals = locals
    }

    /// The whole body.
    mutating func translate() throws(ModuleError) {
        try declareLocals()
        let block = BlockType.function(type)
        controls.append(
            ControlFrame(
                kind: .function,
                type: block,
                height: 0,
                base: top,
                isEntryReachable: true,
                setLocalCount: 0
            )
        )
        while !controls.isEmpty {
            guard !reader.isAtEnd else { throw .malformed("unexpected end", at: reader.position) }
            offset = reader.position
            price &+= 1
            try instruction(try reader.byte())
            guard topMax < Self.frameBytesMax else { throw tooLarge() }
        }
        guard reader.isAtEnd else {
            throw .malformed("operators remaining after end of function", at: reader.position)
        }
    }

    /// The instruction names `count` values at once.
    @inline(__always)
    mutating func spend(_ count: Int) throws(ModuleError) {
        valuesLeft -= count
        guard valuesLeft >= 0 else { throw tooManyValues() }
    }

    @inline(never)
    private func tooManyValues() -> ModuleError {
        .limit("types of many parameters, results or fields named so often", at: offset)
    }

    /// Why no function goes on that has grown so.
    @inline(never)
    func tooLarge() -> ModuleError {
        topMax < Self.frameBytesMax
            ? .limit("a function's code of \(code.count * 2) bytes", at: offset)
            : .limit("operands of \(topMax) bytes in a function's frame", at: offset)
    }

    /// What a call must know.
    func header(functionIndex: UInt32) -> CodeHeader {
        CodeHeader(
            frameBytes: wide.bytes + topMax + Self.slackBytes,
            linkOffset: linkOffset,
            functionIndex: functionIndex,
            price: isMetered ? price : 0
        )
    }

    private mutating func declareLocals() throws(ModuleError) {
        linkOffset = UInt32(max(type.parameters.slotCount, type.results.slotCount) * 8)
        top = linkOffset + Self.linkBytes
        let declarations = reader
        let bytes = try localBytes()
        if top + bytes > nearBytesMax { return try layOutWide(declarations) }
        appendParameters()
        let first = top
        try forEachLocalGroup(declarations) { (translator: inout Self, count, type) in
            translator.locals.append(count, .init(type: type, slot: translator.top))
            translator.top += UInt32(count * type.slotCount * 8)
        }
        topMax = top
        emitZeros(from: first, to: top)
    }

    /// Gives the parameters their slots, which are the frame's first.
    mutating func appendParameters() {
        var slot = wide.slot(0)
        for parameter in type.parameters {
            locals.append(.init(type: parameter, slot: slot))
            slot &+= UInt32(parameter.slotCount * 8)
        }
    }

    /// Reads what the body declares, and checks it: the bytes of all locals.
    private mutating func localBytes() throws(ModuleError) -> UInt32 {
        var bytes: UInt32 = 0
        var total = type.parameters.count
        for _ in 0..<(try reader.u32()) {
            let start = reader.position
            let count = Int(try reader.u32())
            total += count
            guard total <= ModuleLimits.localCountMax else {
                throw .malformed("too many locals", at: start)
            }
            let type = try reader.valueType(module.types)
            if !type.isDefaultable { hasUndefaultableLocals = true }
            // Fifty thousand vectors at the most.
            bytes += UInt32(count * type.slotCount * 8)
        }
        return bytes
    }

    /// Does something with each group of locals of one type, once they were checked.
    @inline(__always)
    mutating func forEachLocalGroup(
        _ declarations: BinaryReader,
        _ body: (inout Self, Int, ValueType) -> Void
    ) throws(ModuleError) {
        var reader = declarations
        for _ in 0..<(try reader.u32()) {
            let count = Int(try reader.u32())
            body(&self, count, try reader.valueType(module.types))
        }
    }

    var isReachable: Bool { deadStart < 0 }

    func mismatch() -> ModuleError { .invalid("type mismatch", at: offset) }
}
