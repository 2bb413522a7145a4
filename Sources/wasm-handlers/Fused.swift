// Operations that stand for two or three of the guest's, found by what compilers emit most: an
// address made of a local and a constant, or of a base and a scaled index; a counter that is
// increased, compared and branched on.

/// `x << k + y`, 32 bits.
private func shiftAdd() -> Family {
    var handlers: [Handler] = []
    for (x, y) in scaledForms {
        for toSlot in [false, true] {
            var code = Encoder()
            scaled(&code, x, y)
            code.result("e", .i32, toSlot: toSlot)
            let suffix = "\(x.rawValue)\(y.rawValue)_\(toSlot ? "S" : "A")"
            handlers.append(Handler(name: "i32_shl_add_\(suffix)", body: code.lines))
        }
    }
    return Family(name: "i32ShlAdd", handlers: handlers, layout: "SS SI AS AI; shift.2 between")
}

private let scaledForms: [(Place, Place)] = [
    (.slot, .slot), (.slot, .immediate), (.accumulator, .slot), (.accumulator, .immediate),
]

/// Declares `e`, the sum.
private func scaled(_ code: inout Encoder, _ x: Place, _ y: Place) {
    code.operand("x", .i32, x)
    code.lines.append("let k = unsafe UInt32(immediate(pc, \(code.take(2)), UInt16.self))")
    code.operand("y", .i32, y)
    code.lines.append("let e = (x &<< k) &+ y")
}

/// The loads that arrays are read with.
private let indexedLoads = ["load8_u", "load16_u", "load32", "load64", "f32_load", "f64_load"]

/// A load from `x << k + y`, and an offset.
private func indexedLoad(_ load: LoadOperator) -> Family {
    var handlers: [Handler] = []
    for (x, y) in scaledForms {
        for toSlot in [false, true] {
            var code = Encoder()
            scaled(&code, x, y)
            code.lines.append("let o = unsafe immediate(pc, \(code.take(4)), UInt32.self)")
            code.lines.append("let g = UInt64(e) &+ UInt64(o)")
            code.lines += access("g", load)
            code.result(load.expression, load.result, toSlot: toSlot)
            let suffix = "\(x.rawValue)\(y.rawValue)_\(toSlot ? "S" : "A")"
            handlers.append(Handler(name: "indexed_\(load.name)_\(suffix)", body: code.lines))
        }
    }
    return Family(
        name: camel("indexed_\(load.name)"),
        handlers: handlers,
        layout: "SS SI AS AI; shift.2 between, offset.4 behind"
    )
}

private func access(_ address: String, _ load: LoadOperator) -> [String] {
    [
        "guard \(address) &+ \(byteCount(load.stored)) <= UInt64(l) else "
            + "{ return unsafe trapOutOfBounds(pc, sp, c) }",
        "let v = unsafe m.loadUnaligned(fromByteOffset: Int(truncatingIfNeeded: \(address)), "
            + "as: \(load.stored).self)",
    ]
}

/// A load from a slot and a constant, added as the guest adds: modulo 2^32.
private func summedLoad(_ load: LoadOperator) -> Family {
    let handlers = [false, true].map { toSlot in
        var code = Encoder()
        code.operand("x", .i32, .slot)
        code.operand("y", .i32, .immediate)
        code.lines.append("let e = UInt64(x &+ y)")
        code.lines += access("e", load)
        code.result(load.expression, load.result, toSlot: toSlot)
        return Handler(name: "summed_\(load.name)_\(toSlot ? "S" : "A")", body: code.lines)
    }
    return Family(name: camel("summed_\(load.name)"), handlers: handlers, layout: "A S")
}

private func summedStore(
    _ name: String,
    _ kind: Kind,
    _ stored: String,
    _ places: [Place]
) -> Family {
    let handlers = places.map { place in
        var code = Encoder()
        code.operand("x", .i32, .slot)
        code.operand("y", .i32, .immediate)
        code.operand("v", kind, place)
        code.lines.append("let e = UInt64(x &+ y)")
        code.lines.append(
            "guard e &+ \(byteCount(stored)) <= UInt64(l) else "
                + "{ return unsafe trapOutOfBounds(pc, sp, c) }"
        )
        let converted = stored.hasPrefix("UInt") ? "\(stored)(truncatingIfNeeded: v)" : "v"
        code.lines.append(
            "unsafe m.storeBytes(of: \(converted), toByteOffset: Int(truncatingIfNeeded: e), "
                + "as: \(stored).self)"
        )
        code.proceed()
        return Handler(name: "summed_\(name)_\(place.rawValue)", body: code.lines)
    }
    return Family(name: camel("summed_\(name)"), handlers: handlers, layout: "S I A")
}

/// A slot and a constant into a slot; the accumulators stay.
private func sum() -> Family {
    var code = Encoder()
    code.operand("x", .i32, .slot)
    code.operand("y", .i32, .immediate)
    code.lines.append("unsafe set(pc, sp, \(code.take(2)), UInt64(x &+ y))")
    code.proceed()
    return Family(name: "sum", handlers: [Handler(name: "sum", body: code.lines)], layout: "")
}

/// The conditions that compilers make of counters: all but the first and the last.
private let countingConditions = 1..<9

/// Adds a constant to a slot, compares the sum and branches.
private func countingBranches(_ toll: Toll) -> [Family] {
    countingConditions.map { index in
        let name = "\(toll.prefix)br_count_\(integerConditions[index].name)"
        let handlers = [Place.slot, .immediate].map { place in
            var code = Encoder()
            code.operand("w", .i32, .slot)
            code.operand("z", .i32, .immediate)
            code.lines.append("let x = w &+ z")
            code.lines.append("let r = UInt64(x)")
            code.lines.append("unsafe set(pc, sp, \(code.take(2)), r)")
            code.operand("y", .i32, place)
            let target = code.take(4)
            code.lines.append(
                "if \(integerCondition(index, .i32)) "
                    + "{ return unsafe \(toll.jump)(pc, sp, m, l, c, r, f, d, \(target)) }"
            )
            code.lines.append("unsafe next(pc + \(code.size), sp, m, l, c, r, f, d)")
            return Handler(name: "\(name)_\(place.rawValue)", body: code.lines)
        }
        return Family(name: camel(name), handlers: handlers, layout: "S I")
    }
}

func fusedGroups() -> [Group] {
    [
        Group(
            name: "Addresses",
            families: [sum(), shiftAdd()] + loads.map(summedLoad)
                + [8, 16, 32, 64].map {
                    summedStore(
                        "store\($0)",
                        $0 == 64 ? .i64 : .i32,
                        "UInt\($0)",
                        [.slot, .immediate, .accumulator]
                    )
                }
                + [
                    summedStore("f32_store", .f32, "Float", [.accumulator]),
                    summedStore("f64_store", .f64, "Double", [.accumulator]),
                ]
        ),
        Group(
            name: "Indexed",
            families: loads.filter { indexedLoads.contains($0.name) }.map(indexedLoad)
        ),
        Group(name: "Counting", families: countingBranches(.none) + countingBranches(.paid)),
    ]
}
