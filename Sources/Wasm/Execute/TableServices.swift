// This file is a fence: services on tables and references. Operands: see each.

extension ServiceCall {
    /// The table that the 32-bit operand at `index` names.
    fileprivate func table(_ index: Int) -> ReferenceTable {
        unsafe instance.tables[Int(operand32(index))]
    }
}

extension ReferenceTable {
    fileprivate var is64: Bool { type.limits.is64 }
}

/// result, index, table (32 bits)
func tableGet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = unsafe call.table(2)
    guard let bits = unsafe table.get(call.address(1, is64: table.is64)) else {
        return unsafe call.trap(.tableOutOfBounds)
    }
    unsafe call.set(0, bits)
    return unsafe call.proceed(4)
}

/// index, value, table (32 bits)
func tableSet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = unsafe call.table(2)
    let isFine = unsafe table.set(call.address(0, is64: table.is64), call.slot(1))
    return unsafe call.proceed(4, if: isFine, else: .tableOutOfBounds)
}

/// result, table (32 bits)
func tableSize(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    unsafe call.set(0, call.table(1).count)
    return unsafe call.proceed(3)
}

/// result, value, count, table (32 bits)
func tableGrow(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = unsafe call.table(3)
    let failed: UInt64 = table.is64 ? .max : 0xFFFF_FFFF
    let count = unsafe call.address(2, is64: table.is64)
    unsafe call.set(0, table.grow(count, call.slot(1)) ?? failed)
    return unsafe call.proceed(5)
}

/// start, value, count, table (32 bits)
func tableFill(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = unsafe call.table(3)
    let isFine = unsafe table.fill(
        call.address(0, is64: table.is64),
        call.slot(1),
        count: call.address(2, is64: table.is64)
    )
    return unsafe call.proceed(5, if: isFine, else: .tableOutOfBounds)
}

/// destination, source, count, destination table (32 bits), source table (32 bits)
func tableCopy(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let target = unsafe call.table(3)
    let origin = unsafe call.table(5)
    let isFine = unsafe target.copy(
        call.address(0, is64: target.is64),
        from: origin,
        call.address(1, is64: origin.is64),
        count: call.address(2, is64: target.is64 && origin.is64)
    )
    return unsafe call.proceed(7, if: isFine, else: .tableOutOfBounds)
}

/// destination, source, count, table (32 bits), segment (32 bits)
func tableInit(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let isFine = unsafe call.instance.initializeTable(
        segment: Int(call.operand32(5)),
        table: Int(call.operand32(3)),
        destination: call.address(0, is64: call.table(3).is64),
        source: call.address(1, is64: false),
        count: call.address(2, is64: false)
    )
    return unsafe call.proceed(7, if: isFine, else: .tableOutOfBounds)
}

/// segment (32 bits)
func elementDrop(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    unsafe call.instance.dropElement(Int(call.operand32(0)))
    return unsafe call.proceed(2)
}

/// result, function (32 bits)
func referenceFunction(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    unsafe call.set(0, call.instance.function(call.operand32(1)).bits)
    return unsafe call.proceed(3)
}

/// value: a null traps
func trapIfNull(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    return unsafe call.proceed(1, if: call.slot(0) != 0, else: .nullReference)
}

/// result, index, table (32 bits), type (32 bits): the function that an indirect call would call
func resolveIndirect(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = unsafe call.table(2)
    guard let bits = unsafe table.get(call.address(1, is64: table.is64)) else {
        return unsafe call.trap(.undefinedElement)
    }
    guard let function = FunctionReference(bits: bits) else {
        return unsafe call.trap(.uninitializedElement)
    }
    let wanted = unsafe call.operand32(4)
    guard function.typeID == wanted || unsafe checkSubtype(c, function.typeID, wanted) else {
        return unsafe call.trap(.indirectCallTypeMismatch)
    }
    unsafe call.set(0, bits)
    return unsafe call.proceed(6)
}
