// This file is a fence: functions of the host, dressed as functions of a guest.

/// A function of the host.
///
/// Its code is two operations: a service that runs the closure, and a return. So handlers need not
/// know that there are such functions.
@safe
final class HostFunctionEntity {
    let type: FunctionType
    /// Arguments are in the frame's first slots; results belong there too.
    let body: (HostFrame) throws(Trap) -> Void
    private let block: UnsafeMutablePointer<FunctionEntity>

    init(
        typeID: UInt32,
        type: FunctionType,
        machine: Machine,
        body: @escaping (HostFrame) throws(Trap) -> Void
    ) {
        self.type = type
        self.body = body
        let slots = max(type.parameters.slotCount, type.results.slotCount)
        let linkOffset = UInt32(slots * 8)
        var code = CodeBuffer()
        code.append(Operation.service)
        code.append(ServiceIndex.callHost.rawValue)
        // Safety: freed in `deinit`; the code is never freed, but nobody calls it without us.
        unsafe self.block = .allocate(capacity: 1)
        let ownerPlace = code.count
        code.append64(0)
        code.appendReturn(of: type, linkOffset: UInt16(linkOffset))
        code.write64(
            unsafe UInt64(UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())),
            at: ownerPlace
        )
        let header = unsafe CodeHeader(
            frameBytes: linkOffset + UInt32(MemoryLayout<Link>.stride) + HostFrame.slackBytes,
            linkOffset: linkOffset,
            functionIndex: 0,
            price: 0
        )
        // Without room for its code a function is never ready, and a call of it traps.
        let place =
            unsafe machine.arena.place(code, header: header, context: nil)
            ?? machine.untranslated
        code.free()
        unsafe block.initialize(
            to: FunctionEntity(
                code: place,
                first: startHandler(),
                instance: nil,
                typeID: typeID,
                index: 0
            )
        )
    }

    deinit {
        unsafe block.deallocate()
    }

    /// What slots and tables hold.
    var reference: FunctionReference { unsafe FunctionReference(block) }

    /// Where a nested call of the guest may begin its frame.
    var frameBytes: Int {
        unsafe max(type.parameters.slotCount, type.results.slotCount) * 8
            + MemoryLayout<Link>.stride
    }
}

/// What a function of the host works on while it runs.
@safe
struct HostFrame {
    /// Bytes of stack that a nested call can count on.
    static let slackBytes: UInt32 = 256

    // Safety: the frame was checked by the call; it is valid while the closure runs.
    let sp: UnsafeMutablePointer<UInt64>
    let callerContext: Frame
    let machine: Machine

    /// The instance that called; `nil` when the host did.
    var caller: InstanceContext? { unsafe InstanceContext.of(callerContext) }
}
