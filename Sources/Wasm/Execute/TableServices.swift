// This file is a fence: services on tables and references.
// Safety: operands are the translator's; tables check every index.

extension ServiceCall {
    /// The table that the 32-bit operand at `index` names.
    fileprivate func table(_ index: Int) -> ReferenceTable {
        instance.tables[Int(operand32(index))]
    }
}

extension ReferenceTable {
    fileprivate var is64: Bool { type.limits.is64 }
}

/// Operands: result, index, table (32 bits).
func tableGet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = call.table(2)
    guard let bits = table.get(call.address(1, is64: table.is64)) else {
        return unsafe call.trap(.tableOutOfBounds)
    }
    call.set(0, bits)
    return unsafe call.proceed(4)
}

/// Operands: index, value, table (32 bits).
func tableSet(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = call.table(2)
    let isFine = table.set(call.address(0, is64: table.is64), call.slot(1))
    return unsafe call.proceed(4, if: isFine, else: .tableOutOfBounds)
}

/// Operands: result, table (32 bits).
func tableSize(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    call.set(0, call.table(1).count)
    return unsafe call.proceed(3)
}

/// Operands: result, value, count, table (32 bits).
func tableGrow(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = call.table(3)
    let failed: UInt64 = table.is64 ? .max : 0xFFFF_FFFF
    let count = call.address(2, is64: table.is64)
    call.set(0, table.grow(count, call.slot(1)) ?? failed)
    return unsafe call.proceed(5)
}

/// Operands: start, value, count, table (32 bits).
func tableFill(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = call.table(3)
    let isFine = table.fill(
        call.address(0, is64: table.is64),
        call.slot(1),
        count: call.address(2, is64: table.is64)
    )
    return unsafe call.proceed(5, if: isFine, else: .tableOutOfBounds)
}

/// Operands: destination, source, count, destination table (32 bits), source table (32 bits).
func tableCopy(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let target = call.table(3)
    let origin = call.table(5)
    let isFine = target.copy(
        call.address(0, is64: target.is64),
        from: origin,
        call.address(1, is64: origin.is64),
        count: call.address(2, is64: target.is64 && origin.is64)
    )
    return unsafe call.proceed(7, if: isFine, else: .tableOutOfBounds)
}

/// Operands: destination, source, count, table (32 bits), segment (32 bits).
func tableInit(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let isFine = call.instance.initializeTable(
        segment: call.operand32(5),
        table: call.operand32(3),
        destination: call.address(0, is64: call.table(3).is64),
        source: UInt32(truncatingIfNeeded: call.slot(1)),
        count: UInt32(truncatingIfNeeded: call.slot(2))
    )
    return unsafe call.proceed(7, if: isFine, else: .tableOutOfBounds)
}

/// Operands: segment (32 bits).
func elementDrop(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    call.instance.dropElement(call.operand32(0))
    return unsafe call.proceed(2)
}

/// Operands: result, function (32 bits).
func referenceFunction(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    call.set(0, call.instance.function(call.operand32(1)).bits)
    return unsafe call.proceed(3)
}

/// Operands: value: a null traps.
func trapIfNull(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    return unsafe call.proceed(1, if: call.slot(0) != 0, else: .nullReference)
}

/// Operands: result, index, table (32 bits), type (32 bits): the function that an indirect call would call.
func resolveIndirect(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let table = call.table(2)
    guard let bits = table.get(call.address(1, is64: table.is64)) else {
        return unsafe call.trap(.undefinedElement)
    }
    guard let function = FunctionReference(bits: bits) else {
        return unsafe call.trap(.uninitializedElement)
    }
    let wanted = call.operand32(4)
    guard unsafe function.typeID == wanted || checkSubtype(c, function.typeID, wanted) else {
        return unsafe call.trap(.indirectCallTypeMismatch)
    }
    call.set(0, bits)
    return unsafe call.proceed(6)
}

/// Operands: result, global (32 bits).
func globalGetVector(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let cell = call.instance.globals[Int(call.operand32(1))]
    unsafe (sp + call.operand(0)).storeBytes(of: cell.low, as: UInt64.self)
    unsafe (sp + call.operand(0)).storeBytes(of: cell.high, toByteOffset: 8, as: UInt64.self)
    return unsafe call.proceed(3)
}

/// Operands: value, global (32 bits).
func globalSetVector(_ pc: Code, _ sp: Frame, _ c: Frame) -> Code? {
    let call = unsafe ServiceCall(pc, sp, c)
    let cell = call.instance.globals[Int(call.operand32(1))]
    cell.low = unsafe (sp + call.operand(0)).load(as: UInt64.self)
    cell.high = unsafe (sp + call.operand(0)).load(fromByteOffset: 8, as: UInt64.self)
    return unsafe call.proceed(3)
}
