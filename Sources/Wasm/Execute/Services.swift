// This file is a fence: what guests let the host do for them, out of line of the handlers.
//
// A service reads its operands behind the operation's code and its own number (so from byte 4 on),
// slots as 16-bit offsets into the frame, and answers with the place to go on at.

/// The numbers of services in code.
enum ServiceIndex: UInt16, CaseIterable {
    case callHost
    case memorySize
    case memoryGrow
    case memoryFill
    case memoryCopy
    case memoryInit
    case dataDrop
    case tableGet
    case tableSet
    case tableSize
    case tableGrow
    case tableFill
    case tableCopy
    case tableInit
    case elementDrop
    case referenceFunction
    case trapIfNull
    case resolveIndirect
    case globalGetVector
    case globalSetVector
    case structNew
    case structNewDefault
    case structGet
    case structSet
    case i31New
    case i31Get
    case referenceTest
    case referenceCast
    case arrayNew
    case arrayNewDefault
    case arrayNewFixed
    case arrayNewData
    case arrayNewElement
    case arrayGet
    case arraySet
    case arrayLength
    case arrayFill
    case arrayCopy
    case arrayInitData
    case arrayInitElement
    case throwException
    case throwReference
    case clearFrame
    case atomic
}

/// The table that handlers find services in; the caller owns it.
func serviceTable() -> UnsafeMutablePointer<Service> {
    let all = ServiceIndex.allCases
    let table = UnsafeMutablePointer<Service>.allocate(capacity: all.count)
    for index in all {
        unsafe (table + Int(index.rawValue)).initialize(to: service(index))
    }
    return unsafe table
}

private func service(_ index: ServiceIndex) -> Service {
    switch index {
    case .callHost: unsafe callHost
    case .memorySize: unsafe memorySize
    case .memoryGrow: unsafe memoryGrow
    case .memoryFill: unsafe memoryFill
    case .memoryCopy: unsafe memoryCopy
    case .memoryInit: unsafe memoryInit
    case .dataDrop: unsafe dataDrop
    case .tableGet: unsafe tableGet
    case .tableSet: unsafe tableSet
    case .tableSize: unsafe tableSize
    case .tableGrow: unsafe tableGrow
    case .tableFill: unsafe tableFill
    case .tableCopy: unsafe tableCopy
    case .tableInit: unsafe tableInit
    case .elementDrop: unsafe elementDrop
    case .referenceFunction: unsafe referenceFunction
    case .trapIfNull: unsafe trapIfNull
    case .resolveIndirect: unsafe resolveIndirect
    case .globalGetVector: unsafe globalGetVector
    case .globalSetVector: unsafe globalSetVector
    case .structNew: unsafe structNew
    case .structNewDefault: unsafe structNewDefault
    case .structGet: unsafe structGet
    case .structSet: unsafe structSet
    case .i31New: unsafe i31New
    case .i31Get: unsafe i31Get
    case .referenceTest: unsafe referenceTest
    case .referenceCast: unsafe referenceCast
    case .arrayNew: unsafe arrayNew
    case .arrayNewDefault: unsafe arrayNewDefault
    case .arrayNewFixed: unsafe arrayNewFixed
    case .arrayNewData: unsafe arrayNewData
    case .arrayNewElement: unsafe arrayNewElement
    case .arrayGet: unsafe arrayGet
    case .arraySet: unsafe arraySet
    case .arrayLength: unsafe arrayLength
    case .arrayFill: unsafe arrayFill
    case .arrayCopy: unsafe arrayCopy
    case .arrayInitData: unsafe arrayInitData
    case .arrayInitElement: unsafe arrayInitElement
    case .throwException: unsafe throwException
    case .throwReference: unsafe throwReference
    case .clearFrame: unsafe clearFrame
    case .atomic: unsafe atomic
    }
}

/// What a service was asked.
@safe
struct ServiceCall {
    // Safety: code and frame of the guest that asks; alive while the service runs.
    let pc: Code
    let sp: Frame
    let context: Frame

    init(_ pc: Code, _ sp: Frame, _ context: Frame) {
        unsafe self.pc = pc
        unsafe self.sp = sp
        unsafe self.context = context
    }

    /// The 16-bit operand number `index`.
    func operand(_ index: Int) -> Int {
        unsafe Int(pc.load(fromByteOffset: 4 + index * 2, as: UInt16.self))
    }

    /// The 32-bit operand that begins at 16-bit operand `index`.
    func operand32(_ index: Int) -> UInt32 {
        unsafe pc.loadUnaligned(fromByteOffset: 4 + index * 2, as: UInt32.self)
    }

    /// The slot that operand `index` names.
    func slot(_ index: Int) -> UInt64 {
        unsafe sp.load(fromByteOffset: operand(index), as: UInt64.self)
    }

    /// The slot that operand `index` names, as a number of 32 bits unless `is64`.
    func address(_ index: Int, is64: Bool) -> UInt64 {
        is64 ? slot(index) : slot(index) & 0xFFFF_FFFF
    }

    /// Writes the slot that operand `index` names.
    func set(_ index: Int, _ value: UInt64) {
        unsafe sp.storeBytes(of: value, toByteOffset: operand(index), as: UInt64.self)
    }

    /// Goes on behind `count` 16-bit operands.
    func proceed(_ count: Int) -> Code? {
        unsafe pc + 4 + count * 2
    }

    func trap(_ reason: TrapReason) -> Code? {
        let state = unsafe machine(context)
        unsafe state.pointee.trapReason = reason.rawValue
        unsafe state.pointee.trapCode = pc
        unsafe state.pointee.trapFrame = sp
        unsafe state.pointee.trapContext = context
        return nil
    }

    /// Goes on behind the operands, or traps.
    func proceed(_ count: Int, if isFine: Bool, else reason: TrapReason) -> Code? {
        isFine ? unsafe proceed(count) : unsafe trap(reason)
    }

    /// The instance that asks.
    ///
    /// Every guest has one.
    var instance: InstanceContext {
        guard let instance = unsafe InstanceContext.of(context) else {
            preconditionFailure("a guest's code runs in an instance")
        }
        return instance
    }
}

private func callHost(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let bits = unsafe pc.loadUnaligned(fromByteOffset: 4, as: UInt.self)
    guard
        let opaque = unsafe UnsafeRawPointer(bitPattern: bits),
        let owner = unsafe machine(c).pointee.owner
    else { return nil }
    // Safety: the store keeps both as long as guests may run.
    let function = unsafe Unmanaged<HostFunctionEntity>.fromOpaque(opaque).takeUnretainedValue()
    let machine = unsafe Unmanaged<Machine>.fromOpaque(owner).takeUnretainedValue()
    let frame = unsafe HostFrame(
        sp: sp.assumingMemoryBound(to: UInt64.self),
        callerContext: c,
        machine: machine
    )
    do throws(Trap) {
        try machine.callHost(function, frame)
    } catch {
        machine.hostTrap = error
        return unsafe ServiceCall(pc, sp, c).trap(.hostFailure)
    }
    return unsafe pc + 12
}

/// Makes a function ready: `TrapReason.callStackExhausted` unless it only was not translated.
func prepareFunction(_ pc: Code, _ sp: Frame, _ c: Frame, _ entity: Frame) -> Bool {
    let function = unsafe entity.assumingMemoryBound(to: FunctionEntity.self)
    let call = unsafe ServiceCall(pc, sp, c)
    let code = unsafe function.pointee.code
    guard
        unsafe codeHeader(code).frameBytes == CodeHeader.untranslated,
        let home = unsafe function.pointee.instance,
        let instance = unsafe InstanceContext.of(home)
    else {
        _ = unsafe call.trap(.callStackExhausted)
        return false
    }
    let machine = instance.machine
    if unsafe code != machine.untranslated, unsafe machine.arena.wake(code) { return true }
    let caller = unsafe CallPlace(code: pc, frame: sp)
    do throws(ModuleError) {
        guard try instance.translate(unsafe FunctionReference(function), for: caller) else {
            _ = unsafe call.trap(.outOfMemory)
            return false
        }
        return true
    } catch {
        machine.moduleError = error
        _ = unsafe call.trap(.corruptModule)
        return false
    }
}

/// Whether the type number `type` is below `wanted` in this store.
func checkSubtype(_ c: Frame, _ type: UInt32, _ wanted: UInt32) -> Bool {
    guard let owner = unsafe machine(c).pointee.owner else { return false }
    // Safety: the store keeps the machine as long as guests may run.
    let machine = unsafe Unmanaged<Machine>.fromOpaque(owner).takeUnretainedValue()
    return machine.isSubtype(type, wanted)
}
