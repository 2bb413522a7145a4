// This file is a fence: services on arrays.
// Safety: operands are the translator's; every index is checked against the array's length.

extension ServiceCall {
    /// A new array of the type `type` with `length` elements, all zero.
    fileprivate func makeArray(_ type: UInt32, _ length: UInt64) -> HeapObject? {
        let heap = heap
        guard let bytes = heap.shape(type).byteCount(length: length),
            let count = UInt32(exactly: length)
        else { return nil }
        return heap.make(type, byteCount: bytes, length: count)
    }

    /// The array in the slot that operand `index` names.
    fileprivate func array(_ index: Int) -> HeapObject? { HeapObject(bits: slot(index)) }

    /// The slot that operand `index` names, as an unsigned number of 32 bits.
    fileprivate func number(_ index: Int) -> UInt64 { slot(index) & 0xFFFF_FFFF }
}

extension HeapObject {
    /// Whether `count` elements from `start` exist.
    fileprivate func contains(_ start: UInt64, _ count: UInt64) -> Bool {
        start <= UInt64(length) && count <= UInt64(length) - start
    }

    fileprivate func place(_ index: UInt64, _ kind: FieldKind) -> Int {
        HeapShape.headerBytes + Int(index) * kind.byteCount
    }
}

/// Operands: result, value, count, access, type (32 bits).
func arrayNew(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let count = call.number(2)
    guard let array = call.makeArray(call.operand32(4), count) else {
        return unsafe call.trap(.outOfMemory)
    }
    let kind = call.access(3).kind
    let (low, high) = (call.slot(1), call.highSlot(1, kind))
    if low != 0 || high != 0 {
        for index in 0..<count { array.write(kind, array.place(index, kind), low, high) }
    }
    call.set(0, array.bits)
    return unsafe call.proceed(6)
}

/// Operands: result, count, type (32 bits).
func arrayNewDefault(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let array = call.makeArray(call.operand32(2), call.number(1)) else {
        return unsafe call.trap(.outOfMemory)
    }
    call.set(0, array.bits)
    return unsafe call.proceed(4)
}

/// Operands: result, first element, access, type (32 bits), count (32 bits).
func arrayNewFixed(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let count = UInt64(call.operand32(5))
    guard let array = call.makeArray(call.operand32(3), count) else {
        return unsafe call.trap(.outOfMemory)
    }
    let kind = call.access(2).kind
    let slotBytes = kind == .vector ? 16 : 8
    for index in 0..<count {
        let value = call.value(at: call.operand(1) + Int(index) * slotBytes, kind)
        array.write(kind, array.place(index, kind), value.low, value.high)
    }
    call.set(0, array.bits)
    return unsafe call.proceed(7)
}

/// Operands: result, offset, count, access, type (32 bits), segment (32 bits).
func arrayNewData(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let kind = call.access(3).kind
    let count = call.number(2)
    let range = call.instance.dataBytes(
        call.operand32(6),
        offset: call.number(1),
        count: count * UInt64(kind.byteCount)
    )
    guard let range else { return unsafe call.trap(.memoryOutOfBounds) }
    guard let array = call.makeArray(call.operand32(4), count) else {
        return unsafe call.trap(.outOfMemory)
    }
    call.instance.copyData(range, to: array, HeapShape.headerBytes)
    call.set(0, array.bits)
    return unsafe call.proceed(8)
}

/// Operands: result, offset, count, access, type (32 bits), segment (32 bits).
func arrayNewElement(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let (offset, count) = (call.number(1), call.number(2))
    let elements = call.instance.elements[Int(call.operand32(6))]
    guard offset + count <= UInt64(elements.count) else {
        return unsafe call.trap(.tableOutOfBounds)
    }
    guard let array = call.makeArray(call.operand32(4), count) else {
        return unsafe call.trap(.outOfMemory)
    }
    for index in 0..<count {
        array.store(elements[Int(offset + index)], array.place(index, .doubleWord))
    }
    call.set(0, array.bits)
    return unsafe call.proceed(8)
}

/// Operands: result, array, index, access.
func arrayGet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let array = call.array(1) else { return unsafe call.trap(.nullArrayReference) }
    let index = call.number(2)
    guard index < UInt64(array.length) else { return unsafe call.trap(.arrayOutOfBounds) }
    let access = call.access(3)
    call.set(0, array.read(access.kind, array.place(index, access.kind)), access)
    return unsafe call.proceed(4)
}

/// Operands: array, index, value, access.
func arraySet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let array = call.array(0) else { return unsafe call.trap(.nullArrayReference) }
    let index = call.number(1)
    guard index < UInt64(array.length) else { return unsafe call.trap(.arrayOutOfBounds) }
    let kind = call.access(3).kind
    array.write(kind, array.place(index, kind), call.slot(2), call.highSlot(2, kind))
    return unsafe call.proceed(4)
}

/// Operands: result, array.
func arrayLength(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let array = call.array(1) else { return unsafe call.trap(.nullArrayReference) }
    call.set(0, UInt64(array.length))
    return unsafe call.proceed(2)
}

/// Operands: array, index, value, count, access.
func arrayFill(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let array = call.array(0) else { return unsafe call.trap(.nullArrayReference) }
    let (start, count) = (call.number(1), call.number(3))
    guard array.contains(start, count) else { return unsafe call.trap(.arrayOutOfBounds) }
    let kind = call.access(4).kind
    let (low, high) = (call.slot(2), call.highSlot(2, kind))
    for index in start..<start + count {
        array.write(kind, array.place(index, kind), low, high)
    }
    return unsafe call.proceed(5)
}

/// Operands: array, index, other array, index there, count, access.
func arrayCopy(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let target = call.array(0), let source = call.array(2) else {
        return unsafe call.trap(.nullArrayReference)
    }
    let count = call.number(4)
    guard target.contains(call.number(1), count), source.contains(call.number(3), count) else {
        return unsafe call.trap(.arrayOutOfBounds)
    }
    let kind = call.access(5).kind
    // Safety: both ends were checked; the two may overlap.
    unsafe (target.base + target.place(call.number(1), kind)).copyMemory(
        from: source.base + source.place(call.number(3), kind),
        byteCount: Int(count) * kind.byteCount
    )
    return unsafe call.proceed(6)
}

/// Operands: array, index, offset, count, access, segment (32 bits).
func arrayInitData(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let array = call.array(0) else { return unsafe call.trap(.nullArrayReference) }
    let count = call.number(3)
    guard array.contains(call.number(1), count) else { return unsafe call.trap(.arrayOutOfBounds) }
    let kind = call.access(4).kind
    let range = call.instance.dataBytes(
        call.operand32(5),
        offset: call.number(2),
        count: count * UInt64(kind.byteCount)
    )
    guard let range else { return unsafe call.trap(.memoryOutOfBounds) }
    call.instance.copyData(range, to: array, array.place(call.number(1), kind))
    return unsafe call.proceed(7)
}

/// Operands: array, index, offset, count, segment (32 bits).
func arrayInitElement(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    guard let array = call.array(0) else { return unsafe call.trap(.nullArrayReference) }
    let (start, offset, count) = (call.number(1), call.number(2), call.number(3))
    guard array.contains(start, count) else { return unsafe call.trap(.arrayOutOfBounds) }
    let elements = call.instance.elements[Int(call.operand32(4))]
    guard offset + count <= UInt64(elements.count) else {
        return unsafe call.trap(.tableOutOfBounds)
    }
    for index in 0..<count {
        array.store(elements[Int(offset + index)], array.place(start + index, .doubleWord))
    }
    return unsafe call.proceed(6)
}

extension InstanceContext {
    /// Where bytes of a data segment lie in the module; `nil` when not all of them exist.
    func dataBytes(_ segment: UInt32, offset: UInt64, count: UInt64) -> Range<Int>? {
        let whole = module.dataSegments[Int(segment)].range
        let all = isDataDropped[Int(segment)] ? 0 : UInt64(whole.count)
        guard offset <= all, count <= all - offset else { return nil }
        let start = whole.lowerBound + Int(offset)
        return start..<start + Int(count)
    }

    /// Copies bytes of the module to `offset` in an object that has room for them.
    func copyData(_ range: Range<Int>, to object: HeapObject, _ offset: Int) {
        // Safety: the range is a data segment's, and the caller has checked the object.
        unsafe (object.base + offset).copyMemory(
            from: module.bytes.base + range.lowerBound,
            byteCount: range.count
        )
    }
}
