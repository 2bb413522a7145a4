// Loads, stores and globals.

struct LoadOperator {
    var name: String
    /// The type in memory.
    var stored: String
    var result: Kind
    /// Of `v`, the value in memory.
    var expression: String
}

/// The first four are those of bits.
let loads: [LoadOperator] = [
    LoadOperator(name: "load8_u", stored: "UInt8", result: .i64, expression: "UInt64(v)"),
    LoadOperator(name: "load16_u", stored: "UInt16", result: .i64, expression: "UInt64(v)"),
    LoadOperator(name: "load32", stored: "UInt32", result: .i64, expression: "UInt64(v)"),
    LoadOperator(name: "load64", stored: "UInt64", result: .i64, expression: "v"),
    LoadOperator(
        name: "i32_load8_s",
        stored: "Int8",
        result: .i32,
        expression: "UInt32(bitPattern: Int32(v))"
    ),
    LoadOperator(
        name: "i32_load16_s",
        stored: "Int16",
        result: .i32,
        expression: "UInt32(bitPattern: Int32(v))"
    ),
    LoadOperator(
        name: "i64_load32_s",
        stored: "Int32",
        result: .i64,
        expression: "UInt64(bitPattern: Int64(v))"
    ),
    LoadOperator(name: "f32_load", stored: "Float", result: .f32, expression: "v"),
    LoadOperator(name: "f64_load", stored: "Double", result: .f64, expression: "v"),
]

func byteCount(_ type: String) -> Int {
    switch type {
    case "UInt8", "Int8": 1
    case "UInt16", "Int16": 2
    case "UInt32", "Int32", "Float": 4
    default: 8
    }
}

private func bounds(_ code: inout Encoder, _ size: Int) {
    code.lines.append("let e = UInt64(x) &+ UInt64(o)")
    code.lines.append(
        "guard e &+ \(size) <= UInt64(l) else { return unsafe trapOutOfBounds(pc, sp, c) }"
    )
}

private func loadFamily(_ load: LoadOperator) -> Family {
    var handlers: [Handler] = []
    for place in [Place.slot, .accumulator] {
        for toSlot in [false, true] {
            var code = Encoder()
            code.operand("x", .i32, place)
            code.lines.append("let o = unsafe immediate(pc, \(code.take(4)), UInt32.self)")
            bounds(&code, byteCount(load.stored))
            code.lines.append(
                "let v = unsafe m.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: e), "
                    + "as: \(load.stored).self)"
            )
            code.result(load.expression, load.result, toSlot: toSlot)
            let suffix = "\(place.rawValue)_\(toSlot ? "S" : "A")"
            handlers.append(Handler(name: "\(load.name)_\(suffix)", body: code.lines))
        }
    }
    return Family(name: camel(load.name), handlers: handlers, layout: "load")
}

/// Address and value: the forms of an integer store.
private let storeForms: [(Place, Place)] = [
    (.slot, .slot), (.slot, .immediate), (.accumulator, .slot), (.accumulator, .immediate),
    (.slot, .accumulator),
]

private func storeFamily(_ bits: Int) -> Family {
    let kind: Kind = bits == 64 ? .i64 : .i32
    let handlers = storeForms.map { address, value in
        storeHandler("store\(bits)", kind, "UInt\(bits)", address, value)
    }
    return Family(name: "store\(bits)", handlers: handlers, layout: "store: SS SI AS AI SA")
}

private func floatStoreFamily(_ kind: Kind) -> Family {
    let handlers = [Place.slot, .accumulator].map { address in
        storeHandler("\(kind.name)_store", kind, kind.type, address, .accumulator)
    }
    return Family(name: "\(kind.name)Store", handlers: handlers, layout: "store: SA AA")
}

private func storeHandler(
    _ name: String,
    _ kind: Kind,
    _ stored: String,
    _ address: Place,
    _ value: Place
) -> Handler {
    var code = Encoder()
    code.operand("x", .i32, address)
    code.lines.append("let o = unsafe immediate(pc, \(code.take(4)), UInt32.self)")
    code.operand("v", kind, value)
    bounds(&code, byteCount(stored))
    let converted = stored.hasPrefix("UInt") ? "\(stored)(truncatingIfNeeded: v)" : "v"
    code.lines.append(
        "unsafe m.storeBytes(of: \(converted), toByteOffset: Int(truncatingIfNeeded: e), "
            + "as: \(stored).self)"
    )
    code.proceed()
    return Handler(name: "\(name)_\(address.rawValue)\(value.rawValue)", body: code.lines)
}

/// The same for a memory that is not the first, or has 64-bit addresses.
///
/// The memory's index and a 64-bit offset are operands, the address and the value are in slots. Bits are
/// bits: signs and floats are the business of what follows.
private func farFamilies() -> [Family] {
    let access =
        "guard let p = unsafe farAddress(pc, sp, c, SIZE) else "
        + "{ return unsafe trapOutOfBounds(pc, sp, c) }"
    let farLoads = loads.prefix(4).map { load -> Family in
        var code = Encoder()
        code.size = 14
        code.lines.append(
            access.replacing("SIZE", with: "\(byteCount(load.stored))")
        )
        code.lines.append("let v = unsafe p.loadUnaligned(as: \(load.stored).self)")
        code.lines.append("unsafe set(pc, sp, \(code.take(2)), \(load.expression))")
        code.lines.append(farEnd(code.size))
        let name = "far_\(load.name)"
        return Family(
            name: camel(name),
            handlers: [Handler(name: name, body: code.lines)],
            layout: "far load"
        )
    }
    let farStores = [8, 16, 32, 64].map { bits -> Family in
        var code = Encoder()
        code.size = 14
        code.lines.append(access.replacing("SIZE", with: "\(bits / 8)"))
        code.operand("v", bits == 64 ? .i64 : .i32, .slot)
        code.lines.append(
            "unsafe p.storeBytes(of: UInt\(bits)(truncatingIfNeeded: v), as: UInt\(bits).self)"
        )
        code.lines.append(farEnd(code.size))
        let name = "far_store\(bits)"
        return Family(
            name: camel(name),
            handlers: [Handler(name: name, body: code.lines)],
            layout: "far store"
        )
    }
    return farLoads + farStores
}

/// Far accesses leave nothing in accumulators, so that their handlers have a register more.
private func farEnd(_ size: Int) -> String { "unsafe next(pc + \(size), sp, m, l, c, 0, 0, 0)" }

private func globalFamilies() -> [Family] {
    func getter(_ name: String, _ kind: Kind, _ toSlot: Bool, _ isOwn: Bool) -> Handler {
        var code = Encoder()
        let cell = isOwn ? "ownGlobal" : "importedGlobal"
        code.lines.append("let g = unsafe \(cell)(pc, c, \(code.take(4)))")
        code.result("unsafe g.load(as: \(kind.type).self)", kind, toSlot: toSlot)
        return Handler(name: name, body: code.lines)
    }
    func setter(_ name: String, _ kind: Kind, _ place: Place, _ isOwn: Bool) -> Handler {
        var code = Encoder()
        let cell = isOwn ? "ownGlobal" : "importedGlobal"
        code.lines.append("let g = unsafe \(cell)(pc, c, \(code.take(4)))")
        code.operand("v", kind, place)
        code.lines.append("unsafe g.storeBytes(of: v, as: \(kind.type).self)")
        code.proceed()
        return Handler(name: name, body: code.lines)
    }
    return [true, false].flatMap { isOwn in
        let name = isOwn ? "global" : "imported_global"
        return [
            Family(
                name: camel("\(name)_get"),
                handlers: [
                    getter("\(name)_get_A", .i64, false, isOwn),
                    getter("\(name)_get_S", .i64, true, isOwn),
                ],
                layout: "A S"
            ),
            Family(
                name: camel("\(name)_set"),
                handlers: [
                    setter("\(name)_set_S", .i64, .slot, isOwn),
                    setter("\(name)_set_A", .i64, .accumulator, isOwn),
                    setter("\(name)_set_I", .i64, .immediate, isOwn),
                    setter("\(name)_set_F", .f32, .accumulator, isOwn),
                    setter("\(name)_set_D", .f64, .accumulator, isOwn),
                ],
                layout: "S A I F D"
            ),
        ]
    }
}

func memoryGroups() -> [Group] {
    [
        Group(name: "Loads", families: loads.map(loadFamily)),
        Group(
            name: "Stores",
            families: [8, 16, 32, 64].map(storeFamily)
                + [floatStoreFamily(.f32), floatStoreFamily(.f64)]
        ),
        Group(name: "FarMemory", families: farFamilies()),
        Group(name: "Globals", families: globalFamilies()),
    ]
}
