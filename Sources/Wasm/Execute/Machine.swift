// This file is a fence: it owns the stack and the state that handlers share.

/// What runs guests: one for each store, used by one thread at a time.
@safe
final class Machine {
    /// Calls of guests inside calls of the host inside calls of guests…: each takes some native
    /// stack, of which a thread may have as little as 512 KiB.
    static let nestingMax = 100
    /// Bytes for each level of calls between instances.
    static let crossStackShare = 8

    let budget: MemoryBudget
    let arena: CodeArena
    /// Whether guests pay for what they do out of ``fuel``; set before any function is translated.
    var isMetered = false
    /// What guests may still do, in instructions.
    var fuel: Int64 {
        get { unsafe state.pointee.fuel }
        set { unsafe state.pointee.fuel = newValue }
    }
    /// Set by the store: what the types that entities name mean.
    var isSubtype: (UInt32, UInt32) -> Bool = { $0 == $1 }
    /// The trap that a function of the host threw, while handlers unwind.
    var hostTrap: Trap?
    /// Why a body did not translate, while handlers unwind.
    var moduleError: ModuleError?
    let scratch = TranslatorScratch()
    /// The objects of all guests.
    let heap: GuestHeap
    /// Globals and tables that the host made: they may lead to objects.
    var hostGlobals: [GlobalCell] = []
    var hostTables: [ReferenceTable] = []
    /// The frame of the function that asked for an object last, and where in its code.
    var heapTop: Frame?
    var heapCode: Code?
    /// Where functions catch exceptions, by the address of their code's header.
    var catches: [UInt: [ExceptionRegion]] = [:]
    /// Functions translated so far, and bytes of wasm they had; one that was evicted counts again.
    var translatedFunctions = 0
    var translatedBytes = 0

    // Safety: all of these live as long as the machine.
    let state: UnsafeMutablePointer<MachineState>
    let noMemory: UnsafeMutablePointer<MemoryEntity>
    let untranslated: Code
    let stackLimit: Frame
    let stack: AddressSpace?
    let crossStack: AddressSpace?
    /// Bytes of both stacks, as the budget has them.
    private let stackBytes: UInt64
    private let stubs: UnsafeMutableRawPointer
    private let entryCode: Code
    private let rootBlock: UnsafeMutableRawPointer
    let rootContext: Frame
    private var contexts: [Unmanaged<InstanceContext>] = unsafe []
    private var nesting = 0
    private var stackTop: Frame

    /// A machine with a value stack of `stackBytes`, or of what the budget has left.
    ///
    /// Without room for any, every call traps.
    init(budget: MemoryBudget, stackBytes: UInt64, codeBytes: UInt64) {
        let bytes = Int(min(max(stackBytes, 64 * 1024), budget.left / 2, 1 << 40))
        let both = UInt64(bytes + bytes / Self.crossStackShare)
        _ = budget.reserve(both, for: .stacks)
        let stack = AddressSpace(byteCount: bytes)
        let cross = AddressSpace(byteCount: bytes / Self.crossStackShare)
        self.stackBytes = both
        self.budget = budget
        self.arena = CodeArena(budget: budget, shareBytes: codeBytes)
        self.heap = GuestHeap(budget: budget)
        self.stack = stack
        self.crossStack = cross
        // Safety: allocated here, freed in `deinit`.
        unsafe self.noMemory = .allocate(capacity: 1)
        unsafe noMemory.initialize(
            to: MemoryEntity(base: Frame(noMemory), byteCount: 0, addressMask: 0)
        )
        unsafe self.stubs = Self.makeStubs()
        unsafe self.untranslated = UnsafeRawPointer(stubs + Stub.untranslated)
        unsafe self.entryCode = UnsafeRawPointer(stubs + Stub.entry)
        let layout = InstanceLayout()
        unsafe self.rootBlock = .allocate(byteCount: layout.byteCount, alignment: 16)
        unsafe self.rootContext = rootBlock + layout.bytesBefore
        unsafe self.state = .allocate(capacity: 1)
        let base = unsafe stack?.base ?? rootBlock
        unsafe self.stackTop = base
        unsafe self.stackLimit = base + (stack?.byteCount ?? 0)
        let crossCount = unsafe (cross?.byteCount ?? 0) / MemoryLayout<CrossLink>.stride
        let crossBase = unsafe (cross?.base ?? rootBlock).assumingMemoryBound(to: CrossLink.self)
        unsafe state.initialize(
            to: MachineState(
                trapReason: 0,
                entry: UnsafeMutablePointer(stubs.assumingMemoryBound(to: FunctionEntity.self)),
                crossTop: crossBase,
                crossLimit: crossBase + crossCount,
                crossReturnCode: UnsafeRawPointer(stubs + Stub.crossReturn),
                resumeCode: entryCode,
                resumeFrame: base,
                resumeContext: rootContext,
                services: serviceTable(),
                prepare: prepareFunction,
                isSubtype: checkSubtype,
                fuel: .max
            )
        )
        unsafe state.pointee.owner = UnsafeRawPointer(
            Unmanaged.passUnretained(self).toOpaque()
        )
        unsafe fillHandlers(rootContext.assumingMemoryBound(to: Handler.self))
        unsafe (rootContext - MemoryLayout<InstanceHeader>.stride).storeBytes(
            of: InstanceHeader(
                machine: state,
                stackLimit: stackLimit,
                memory: noMemory,
                memories: UnsafeMutablePointer(
                    stubs.assumingMemoryBound(to: UnsafeMutablePointer<MemoryEntity>.self)
                ),
                owner: nil
            ),
            as: InstanceHeader.self
        )
        unsafe state.pointee.lastContext = unsafe rootContext
    }

    deinit {
        budget.release(stackBytes, for: .stacks)
        for regions in catches.values { budget.release(ExceptionRegion.byteCount(regions)) }
        unsafe state.pointee.services.deallocate()
        unsafe state.deallocate()
        unsafe stubs.deallocate()
        unsafe noMemory.deallocate()
        unsafe rootBlock.deallocate()
    }

    /// Offsets of the few operations that no function contains.
    private enum Stub {
        static let entry = 16
        static let exit = 20
        static let crossReturn = 32
        static let resume = 40
        static let untranslated = 64
        static let byteCount = 80
    }

    private static func makeStubs() -> UnsafeMutableRawPointer {
        let place = UnsafeMutableRawPointer.allocate(byteCount: Stub.byteCount, alignment: 16)
        unsafe place.initializeMemory(as: UInt8.self, repeating: 0, count: Stub.byteCount)
        unsafe place.storeBytes(of: Operation.callEntry, toByteOffset: Stub.entry, as: UInt16.self)
        unsafe place.storeBytes(of: Operation.exit, toByteOffset: Stub.exit, as: UInt16.self)
        unsafe place.storeBytes(of: Operation.resume, toByteOffset: Stub.resume, as: UInt16.self)
        unsafe place.storeBytes(
            of: Operation.crossReturn,
            toByteOffset: Stub.crossReturn,
            as: UInt16.self
        )
        unsafe place.storeBytes(
            of: CodeHeader(
                frameBytes: CodeHeader.untranslated,
                linkOffset: 0,
                functionIndex: 0,
                price: 0
            ),
            toByteOffset: Stub.untranslated - MemoryLayout<CodeHeader>.stride,
            as: CodeHeader.self
        )
        unsafe place.storeBytes(
            of: Operation.unreachable,
            toByteOffset: Stub.untranslated,
            as: UInt16.self
        )
        return unsafe place
    }

    /// Remembers an instance for ``interrupt(_:)``.
    func register(_ context: Frame) {
        unsafe header(context).pointee.previous = unsafe state.pointee.lastContext
        unsafe state.pointee.lastContext = unsafe context
        // A stop that came while the instance was made, or before, is meant for it too.
        if isInterrupted { interrupt(true) }
    }

    /// Whether ``interrupt(_:)`` has come and no guest has ended by it yet: the root's table, which is
    /// there before any instance, tells.
    private var isInterrupted: Bool {
        let table = unsafe rootContext.assumingMemoryBound(to: Handler.self)
        let stop = unsafe unsafeBitCast(table[Int(Operation.interrupted)], to: UInt.self)
        return unsafe unsafeBitCast(table[Int(Operation.callEntry)], to: UInt.self) == stop
    }

    /// Calls `function` and gives back the first `resultSlots` slots of its results.
    ///
    /// `arguments` are as the function's type wants them; a vector is two slots, low half first.
    func invoke(
        _ function: FunctionReference,
        arguments: [UInt64],
        resultSlots: Int
    ) throws(Trap) -> [UInt64] {
        let base = unsafe stackTop
        let slots = max(arguments.count, resultSlots)
        guard nesting < Self.nestingMax, unsafe base + slots * 8 + 64 <= stackLimit else {
            throw Trap(.callStackExhausted)
        }
        for (index, argument) in arguments.enumerated() {
            unsafe base.storeBytes(of: argument, toByteOffset: index * 8, as: UInt64.self)
        }
        nesting += 1
        let cross = unsafe state.pointee.crossTop
        unsafe state.pointee.trapReason = 0
        unsafe state.pointee.entry = function.entity
        let context = unsafe function.entity.pointee.instance ?? rootContext
        let memory = unsafe header(context).pointee.memory.pointee
        unsafe next(entryCode, base, memory.base, memory.byteCount, context, 0, 0, 0)
        nesting -= 1
        unsafe stackTop = base
        unsafe state.pointee.crossTop = cross
        if unsafe state.pointee.trapReason != 0 { throw takeTrap() }
        return (0..<resultSlots).map { index in
            unsafe base.load(fromByteOffset: index * 8, as: UInt64.self)
        }
    }

    /// The operation that goes on where the state says.
    var resumeStub: Code { unsafe UnsafeRawPointer(stubs + Stub.resume) }

    /// Whether a call that returns to `code` was the host's.
    func isExit(_ code: Code) -> Bool { unsafe code == UnsafeRawPointer(stubs + Stub.exit) }

    /// Runs a function of the host whose frame is `frame`.
    func callHost(_ function: HostFunctionEntity, _ frame: HostFrame) throws(Trap) {
        let before = unsafe stackTop
        unsafe stackTop = Frame(frame.sp) + function.frameBytes
        defer { unsafe stackTop = before }
        try function.body(frame)
    }

    /// Ends the guest at its next operation, or lets it go on again.
    ///
    /// Any thread and any signal handler may call this: it writes whole words to memory that lives as
    /// long as the machine, and nothing else. Handlers look their successor up in their instance's
    /// table, so a table full of the handler that traps ends the guest, and costs nothing before.
    func interrupt(_ isOn: Bool) {
        var next = unsafe state.pointee.lastContext
        while let context = unsafe next {
            let table = unsafe context.assumingMemoryBound(to: Handler.self)
            if isOn {
                let stop = unsafe table[Int(Operation.interrupted)]
                for index in 0..<Operation.count where index != Int(Operation.exit) {
                    unsafe table[index] = stop
                }
            } else {
                unsafe fillHandlers(table)
            }
            unsafe next = header(context).pointee.previous
        }
    }

    private func takeTrap() -> Trap {
        let reason = unsafe TrapReason(rawValue: state.pointee.trapReason) ?? .hostFailure
        var trap = Trap(reason)
        if reason == .interrupted { interrupt(false) }
        if reason == .hostFailure, let own = hostTrap { trap = own }
        if reason == .corruptModule { trap.message = moduleError?.description }
        hostTrap = nil
        moduleError = nil
        if trap.backtrace.isEmpty { trap.backtrace = backtrace() }
        return trap
    }

    /// The functions that were running when the chain of handlers ended.
    private func backtrace() -> [TrapFrame] {
        guard var pc = unsafe state.pointee.trapCode, var sp = unsafe state.pointee.trapFrame else {
            return []
        }
        var frames: [TrapFrame] = []
        while frames.count < Trap.backtraceCountMax {
            if unsafe pc == state.pointee.crossReturnCode {
                let cross = unsafe sp.assumingMemoryBound(to: CrossLink.self).pointee
                unsafe pc = cross.pc
                unsafe sp = cross.sp
            }
            // Behind a call that ends a function lies the next one: look one byte back.
            guard let entry = arena.entry(containing: UInt(bitPattern: pc) - 1) else { break }
            frames.append(frame(entry))
            guard let code = unsafe UnsafeRawPointer(bitPattern: entry.start) else { break }
            // The first operation moves the frame, if it is to be moved.
            let isFirst = unsafe pc == code + MemoryLayout<CodeHeader>.stride
            let base = unsafe sp - (isFirst ? 0 : Int(entry.wideBytes))
            let place = unsafe base + Int(code.load(as: CodeHeader.self).linkOffset)
            unsafe pc = place.load(as: Code.self)
            unsafe sp = place.load(fromByteOffset: 8, as: Frame.self)
        }
        return frames
    }

    private func frame(_ entry: CodeArena.Entry) -> TrapFrame {
        var frame = TrapFrame(functionIndex: entry.functionIndex)
        if let context = unsafe Frame(bitPattern: entry.context) {
            let module = unsafe InstanceContext.of(context)?.module
            frame.functionName = module?.functionName(entry.functionIndex)
        }
        return frame
    }
}
