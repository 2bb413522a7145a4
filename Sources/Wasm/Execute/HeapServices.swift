// This file is a fence: services on structures, i31s and the types of references.
// Safety: operands are the translator's; the types of objects were validated.

extension ServiceCall {
    /// The heap, which may collect: from this frame down all is in use.
    var heap: GuestHeap {
        let machine = instance.machine
        unsafe machine.heapTop = sp
        unsafe machine.heapCode = pc
        return machine.heap
    }

    /// The second slot of the vector that operand `index` names; without a vector, 0.
    func highSlot(_ index: Int, _ kind: FieldKind) -> UInt64 {
        guard kind == .vector else { return 0 }
        return unsafe sp.load(fromByteOffset: operand(index) + 8, as: UInt64.self)
    }

    /// The slots `place` bytes into the frame.
    func value(at place: Int, _ kind: FieldKind) -> (low: UInt64, high: UInt64) {
        let low = unsafe sp.load(fromByteOffset: place, as: UInt64.self)
        guard kind == .vector else { return (low, 0) }
        return (low, unsafe sp.load(fromByteOffset: place + 8, as: UInt64.self))
    }

    /// Writes a field's value into the slots that operand `index` names.
    func set(_ index: Int, _ value: (low: UInt64, high: UInt64), _ access: FieldAccess) {
        let low: UInt64
        switch (access.kind, access.isSigned) {
        case (.i8, true):
            let wide = Int32(Int8(truncatingIfNeeded: value.low))
            low = UInt64(UInt32(bitPattern: wide))
        case (.i16, true):
            let wide = Int32(Int16(truncatingIfNeeded: value.low))
            low = UInt64(UInt32(bitPattern: wide))
        case (.i8, false), (.i16, false), (.word, _), (.doubleWord, _), (.vector, _):
            low = value.low
        }
        set(index, low)
        guard access.kind == .vector else { return }
        unsafe (sp + operand(index)).storeBytes(of: value.high, toByteOffset: 8, as: UInt64.self)
    }

    /// The operand `index`: a field's kind, and whether it is read with its sign.
    func access(_ index: Int) -> FieldAccess { FieldAccess(code: UInt16(operand(index))) }
}

/// How a field is read or written, in one operand.
struct FieldAccess {
    var kind: FieldKind
    var isSigned: Bool

    init(_ kind: FieldKind, isSigned: Bool) {
        self.kind = kind
        self.isSigned = isSigned
    }

    init(code: UInt16) {
        kind = FieldKind(rawValue: code & 7) ?? .doubleWord
        isSigned = code & 8 != 0
    }

    var code: UInt16 { kind.rawValue | (isSigned ? 8 : 0) }
}

/// Operands: result, first field, type (32 bits).
func structNew(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let shape = call.heap.shape(call.operand32(2))
    let object = call.heap.make(call.operand32(2), byteCount: shape.byteCount, length: 0)
    guard let object else { return unsafe call.trap(.outOfMemory) }
    var place = call.operand(1)
    for field in shape.fields {
        let value = call.value(at: place, field.kind)
        object.write(field.kind, field.offset, value.low, value.high)
        place += field.kind == .vector ? 16 : 8
    }
    call.set(0, object.bits)
    return unsafe call.proceed(4)
}

/// Operands: result, type (32 bits).
func structNewDefault(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let type = call.operand32(1)
    let object = call.heap.make(type, byteCount: call.heap.shape(type).byteCount, length: 0)
    guard let object else { return unsafe call.trap(.outOfMemory) }
    call.set(0, object.bits)
    return unsafe call.proceed(3)
}

/// Operands: result, structure, access, offset (32 bits).
func structGet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let object = HeapObject(bits: call.slot(1)) else {
        return unsafe call.trap(.nullStructureReference)
    }
    let access = call.access(2)
    call.set(0, object.read(access.kind, Int(call.operand32(3))), access)
    return unsafe call.proceed(5)
}

/// Operands: structure, value, access, offset (32 bits).
func structSet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let object = HeapObject(bits: call.slot(0)) else {
        return unsafe call.trap(.nullStructureReference)
    }
    let kind = call.access(2).kind
    object.write(kind, Int(call.operand32(3)), call.slot(1), call.highSlot(1, kind))
    return unsafe call.proceed(5)
}

/// Operands: result, number.
func i31New(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    call.set(0, ReferenceBits.i31(UInt32(truncatingIfNeeded: call.slot(1))))
    return unsafe call.proceed(2)
}

/// Operands: result, reference, whether the number has a sign.
func i31Get(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard call.slot(1) != 0 else { return unsafe call.trap(.nullI31Reference) }
    let number = UInt32(truncatingIfNeeded: call.slot(1) >> 2)
    let signed = UInt32(bitPattern: Int32(bitPattern: number << 1) >> 1)
    call.set(0, UInt64(call.operand(2) == 0 ? number & 0x7FFF_FFFF : signed))
    return unsafe call.proceed(3)
}

/// Operands: result, reference, result when it is of the type, type (32 bits).
func referenceTest(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let isOfType = call.instance.machine.isReference(call.slot(1), call.operand32(3))
    call.set(0, isOfType == (call.operand(2) != 0) ? 1 : 0)
    return unsafe call.proceed(5)
}

/// Operands: reference, type (32 bits).
func referenceCast(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let isOfType = call.instance.machine.isReference(call.slot(0), call.operand32(1))
    return unsafe call.proceed(3, if: isOfType, else: .castFailure)
}

extension Machine {
    /// Whether a reference is of the type with these bits (``ValueType``), whose index is the
    /// store's.
    func isReference(_ bits: UInt64, _ raw: UInt32) -> Bool {
        let type = ValueType(raw: raw)
        guard bits != 0 else { return type.isNullable }
        guard let wanted = type.heapType else { return false }
        if let index = wanted.typeIndex { return isObject(bits, below: index) }
        switch wanted {
        case .any, .external, .function, .exception: return true
        case .equatable: return bits & 3 != 2
        case .i31: return bits & 3 == 1
        case .structure, .array:
            guard let object = HeapObject(bits: bits) else { return false }
            return (heap.shape(object.type).element != nil) == (wanted == .array)
        default: return false
        }
    }

    private func isObject(_ bits: UInt64, below wanted: UInt32) -> Bool {
        guard bits & 3 == 0 else { return false }
        let isFunction = heap.types?.function(wanted) != nil
        let type = isFunction ? FunctionReference(bits: bits)?.typeID : HeapObject(bits: bits)?.type
        return type.map { isSubtype($0, wanted) } ?? false
    }
}
