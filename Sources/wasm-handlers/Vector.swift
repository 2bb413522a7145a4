// Operators on vectors of 128 bits, which lie in two slots each.

/// An operator whose operands and result are vectors, or whose result is an i32.
struct VectorOperator {
    var name: String
    /// Of each operand, `x`, `y` and `z`.
    var types: [String]
    var expression: String
    var isNumber = false
}

private func unary(_ name: String, _ type: String, _ expression: String) -> VectorOperator {
    VectorOperator(name: name, types: [type], expression: expression)
}

private func binary(_ name: String, _ type: String, _ expression: String) -> VectorOperator {
    VectorOperator(name: name, types: [type, type], expression: expression)
}

private func number(_ name: String, _ type: String, _ expression: String) -> VectorOperator {
    VectorOperator(name: name, types: [type], expression: expression, isNumber: true)
}

private func vectorFamily(_ op: VectorOperator) -> Family {
    var code = Encoder()
    for (name, type) in zip(["x", "y", "z"], op.types) {
        code.lines.append("let \(name) = unsafe vector(pc, sp, \(code.take(2)), \(type).self)")
    }
    if op.isNumber {
        code.result(op.expression, .i32, toSlot: true)
    } else {
        finish(&code, op.expression)
    }
    return family(op.name, code, "vector")
}

/// Ends with a vector in the slot of the next operand.
private func finish(_ code: inout Encoder, _ expression: String) {
    code.lines.append("let r = \(expression)")
    code.lines.append("unsafe setVector(pc, sp, \(code.take(2)), r)")
    code.proceed()
}

private func family(_ name: String, _ code: Encoder, _ layout: String) -> Family {
    Family(name: camel(name), handlers: [Handler(name: name, body: code.lines)], layout: layout)
}

private let bitOperators: [VectorOperator] = [
    unary("v128_not", "U64x2", "~x"), binary("v128_and", "U64x2", "x & y"),
    binary("v128_andnot", "U64x2", "x & ~y"), binary("v128_or", "U64x2", "x | y"),
    binary("v128_xor", "U64x2", "x ^ y"),
    VectorOperator(
        name: "v128_bitselect",
        types: ["U64x2", "U64x2", "U64x2"],
        expression: "(x & z) | (y & ~z)"
    ),
    number("v128_any_true", "U64x2", "anyTrue(x)"),
]

/// What all four shapes of integers have.
private func integerOperators(_ shape: String, _ bits: Int) -> [VectorOperator] {
    let i = "I" + shape.dropFirst()
    let u = "U" + shape.dropFirst()
    let comparisons = [("lt", ".<"), ("gt", ".>"), ("le", ".<="), ("ge", ".>=")]
    var list = [
        binary("\(shape)_eq", u, "ones(x .== y)"), binary("\(shape)_ne", u, "ones(x .!= y)"),
    ]
    for (name, test) in comparisons {
        list.append(binary("\(shape)_\(name)_s", i, "ones(x \(test) y)"))
        if bits < 64 { list.append(binary("\(shape)_\(name)_u", u, "ones(x \(test) y)")) }
    }
    list += [
        unary("\(shape)_abs", i, "absolute(x)"), unary("\(shape)_neg", i, "0 &- x"),
        number("\(shape)_all_true", u, "noneTrue(cast(ones(x .== \(u)()), U64x2.self))"),
        number("\(shape)_bitmask", "U64x2", "topBits\(bits)(x)"),
        binary("\(shape)_add", u, "x &+ y"), binary("\(shape)_sub", u, "x &- y"),
    ]
    if bits > 8 { list.append(binary("\(shape)_mul", u, "x &* y")) }
    if bits < 64 {
        for (suffix, type) in [("s", i), ("u", u)] {
            list.append(binary("\(shape)_min_\(suffix)", type, "lesser(x, y)"))
            list.append(binary("\(shape)_max_\(suffix)", type, "greater(x, y)"))
        }
    }
    return list
}

/// What only lanes of 8 and 16 bits have.
private func smallOperators(_ shape: String) -> [VectorOperator] {
    var list: [VectorOperator] = []
    for (suffix, letter) in [("s", "I"), ("u", "U")] {
        let type = letter + shape.dropFirst()
        list.append(binary("\(shape)_add_sat_\(suffix)", type, "addSaturating(x, y)"))
        list.append(binary("\(shape)_sub_sat_\(suffix)", type, "subtractSaturating(x, y)"))
    }
    return list + [binary("\(shape)_avgr_u", "U" + shape.dropFirst(), "average(x, y)")]
}

/// From lanes of half the size.
private func wideningOperators(_ shape: String, _ from: String) -> [VectorOperator] {
    var list: [VectorOperator] = []
    for (suffix, letter) in [("s", "I"), ("u", "U")] {
        let type = letter + from.dropFirst()
        for half in ["low", "high"] {
            let x = "wide(x.\(half)Half)"
            list.append(unary("\(shape)_extend_\(half)_\(from)_\(suffix)", type, x))
            let product = "\(x) &* wide(y.\(half)Half)"
            list.append(binary("\(shape)_extmul_\(half)_\(from)_\(suffix)", type, product))
        }
        guard shape != "i64x2" else { continue }
        let sum = "wide(x.evenHalf) &+ wide(x.oddHalf)"
        list.append(unary("\(shape)_extadd_pairwise_\(from)_\(suffix)", type, sum))
    }
    return list
}

private let otherOperators: [VectorOperator] = [
    unary("i8x16_popcnt", "U8x16", "populationCount(x)"),
    binary("i8x16_narrow_i16x8_s", "I16x8", "narrowSigned(x, y)"),
    binary("i8x16_narrow_i16x8_u", "I16x8", "narrowUnsigned(x, y)"),
    binary("i16x8_narrow_i32x4_s", "I32x4", "narrowSigned(x, y)"),
    binary("i16x8_narrow_i32x4_u", "I32x4", "narrowUnsigned(x, y)"),
    binary("i16x8_q15mulr_sat_s", "I16x8", "multiplyQ15(x, y)"),
    binary("i32x4_dot_i16x8_s", "I16x8", "dot(x, y)"),
    binary("i16x8_relaxed_dot_i8x16_i7x16_s", "I8x16", "dot(x, y)"),
    VectorOperator(
        name: "i32x4_relaxed_dot_i8x16_i7x16_add_s",
        types: ["I8x16", "I8x16", "I32x4"],
        expression: "dot(x, y, z)"
    ),
]

private func shiftFamilies(_ shape: String, _ bits: Int) -> [Family] {
    [("shl", "U", "&<<"), ("shr_s", "I", "&>>"), ("shr_u", "U", "&>>")].map { name, letter, sign in
        let type = letter + shape.dropFirst()
        let scalar = (letter == "U" ? "UInt" : "Int") + "\(bits)"
        var code = Encoder()
        code.lines.append("let x = unsafe vector(pc, sp, \(code.take(2)), \(type).self)")
        code.operand("n", .i32, .slot)
        code.lines.append(
            "let y = \(type)(repeating: \(scalar)(truncatingIfNeeded: n & \(bits - 1)))"
        )
        finish(&code, "x \(sign) y")
        return family("\(shape)_\(name)", code, "vector shift")
    }
}

private func floatOperators(_ shape: String) -> [VectorOperator] {
    let f = "F" + shape.dropFirst()
    let u = "U" + shape.dropFirst()
    let comparisons = [
        ("eq", ".=="), ("ne", ".!="), ("lt", ".<"), ("gt", ".>"), ("le", ".<="), ("ge", ".>="),
    ]
    let arithmetic = [("add", "+"), ("sub", "-"), ("mul", "*"), ("div", "/")]
    let rounding = [
        ("ceil", "roundUp"), ("floor", "roundDown"), ("trunc", "roundToZero"),
        ("nearest", "roundToEven"),
    ]
    let choices = [
        ("min", "minimum"), ("max", "maximum"), ("pmin", "pseudoMinimum"),
        ("pmax", "pseudoMaximum"),
    ]
    let sign = shape == "f32x4" ? "1 << 31" : "1 << 63"
    return comparisons.map { binary("\(shape)_\($0.0)", f, "ones(x \($0.1) y)") }
        + arithmetic.map { binary("\(shape)_\($0.0)", f, "x \($0.1) y") }
        + choices.map { binary("\(shape)_\($0.0)", f, "\($0.1)(x, y)") }
        + rounding.map { unary("\(shape)_\($0.0)", f, "\($0.1)(x)") }
        + [
            unary("\(shape)_abs", u, "x & ~\(u)(repeating: \(sign))"),
            unary("\(shape)_neg", u, "x ^ \(u)(repeating: \(sign))"),
            unary("\(shape)_sqrt", f, "squareRoot(x)"),
            VectorOperator(
                name: "\(shape)_relaxed_madd",
                types: [f, f, f],
                expression: "x * y + z"
            ),
            VectorOperator(
                name: "\(shape)_relaxed_nmadd",
                types: [f, f, f],
                expression: "z - x * y"
            ),
        ]
}

private let conversionOperators: [VectorOperator] = [
    unary("f32x4_demote_f64x2_zero", "F64x2", "F32x4(Float(x[0]), Float(x[1]), 0, 0)"),
    unary("f64x2_promote_low_f32x4", "F32x4", "F64x2(Double(x[0]), Double(x[1]))"),
    unary("i32x4_trunc_sat_f64x2_s_zero", "F64x2", "truncateSigned(x)"),
    unary("i32x4_trunc_sat_f64x2_u_zero", "F64x2", "truncateUnsigned(x)"),
    unary("f32x4_convert_i32x4_s", "I32x4", "F32x4(x)"),
    unary("f32x4_convert_i32x4_u", "U32x4", "F32x4(x)"),
    unary("f64x2_convert_low_i32x4_s", "I32x4", "F64x2(Double(x[0]), Double(x[1]))"),
    unary("f64x2_convert_low_i32x4_u", "U32x4", "F64x2(Double(x[0]), Double(x[1]))"),
]

/// All four lanes at once need more registers than a handler has on x86-64.
private func truncationFamilies() -> [Family] {
    [("s", "Signed"), ("u", "Unsigned")].map { suffix, name in
        var code = Encoder()
        code.lines.append("unsafe truncateLanes\(name)(pc, sp, m, l, c, a, f, d)")
        return family("i32x4_trunc_sat_f32x4_\(suffix)", code, "vector")
    }
}

/// A shape, how a lane lies in memory, and the kind of a lane on its own.
private let shapes: [(shape: String, lane: String, kind: Kind)] = [
    ("i8x16", "UInt8", .i32), ("i16x8", "UInt16", .i32), ("i32x4", "UInt32", .i32),
    ("i64x2", "UInt64", .i64), ("f32x4", "Float", .f32), ("f64x2", "Double", .f64),
]

private func laneFamilies(_ shape: String, _ lane: String, _ kind: Kind) -> [Family] {
    let type = shape.prefix(1).uppercased() + shape.dropFirst()
    let vectorType = type.hasPrefix("I") ? "U" + type.dropFirst() : type
    var splat = Encoder()
    splat.lines.append("let x = unsafe slot(pc, sp, \(splat.take(2)), \(lane).self)")
    finish(&splat, "\(vectorType)(repeating: x)")
    var replace = Encoder()
    replace.lines.append("let x = unsafe vector(pc, sp, \(replace.take(2)), U64x2.self)")
    replace.lines.append("let y = unsafe slot(pc, sp, \(replace.take(2)), \(lane).self)")
    let index = replace.take(2)
    let target = replace.take(2)
    replace.lines.append("unsafe setVector(pc, sp, \(target), x)")
    replace.lines.append("unsafe setLane(pc, sp, \(target), \(index), y)")
    replace.proceed()
    return [
        family("\(shape)_splat", splat, "vector splat"),
        family("\(shape)_replace_lane", replace, "vector replace"),
    ] + extractFamilies(shape, lane, kind)
}

private func extractFamilies(_ shape: String, _ lane: String, _ kind: Kind) -> [Family] {
    func extract(_ name: String, _ lane: String, _ expression: String) -> Family {
        var code = Encoder()
        let x = code.take(2)
        code.lines.append("let x = unsafe lane(pc, sp, \(x), \(code.take(2)), \(lane).self)")
        code.result(expression, kind, toSlot: true)
        return family("\(shape)_\(name)", code, "vector extract")
    }
    guard shape == "i8x16" || shape == "i16x8" else {
        return [extract("extract_lane", lane, "x")]
    }
    return [
        extract("extract_lane_s", String(lane.dropFirst()), "UInt32(bitPattern: Int32(x))"),
        extract("extract_lane_u", lane, "UInt32(x)"),
    ]
}

private func shuffleFamilies() -> [Family] {
    var shuffle = Encoder()
    shuffle.lines.append("unsafe shuffle(pc, sp, m, l, c, a, f, d)")
    var swizzle = Encoder()
    swizzle.lines.append("unsafe swizzle(pc, sp, m, l, c, a, f, d)")
    var constant = Encoder()
    constant.lines.append("let x = unsafe immediate(pc, \(constant.take(16)), U64x2.self)")
    finish(&constant, "x")
    return [
        family("i8x16_shuffle", shuffle, "vector shuffle"),
        family("i8x16_swizzle", swizzle, "vector"), family("v128_const", constant, "vector const"),
    ]
}

/// An access to memory 0 with 32-bit addresses; others are made of what there is for numbers.
///
/// `rest` writes what follows the address, with `p` as the place in memory.
private func access(
    _ name: String,
    _ size: Int,
    _ layout: String,
    _ rest: (inout Encoder) -> Void
) -> Family {
    var code = Encoder()
    code.operand("x", .i32, .slot)
    code.lines.append("let o = unsafe immediate(pc, \(code.take(4)), UInt32.self)")
    code.lines.append("let e = UInt64(x) &+ UInt64(o)")
    code.lines.append(
        "guard e &+ \(size) <= UInt64(l) else { return unsafe trapOutOfBounds(pc, sp, c) }"
    )
    code.lines.append("let p = unsafe m + Int(truncatingIfNeeded: e)")
    rest(&code)
    return family(name, code, layout)
}

private func loadFamilies() -> [Family] {
    var list: [(name: String, type: String, size: Int, expression: String)] = [
        ("v128_load", "U64x2", 16, "v"), ("v128_load32_zero", "UInt32", 4, "U32x4(v, 0, 0, 0)"),
        ("v128_load64_zero", "UInt64", 8, "U64x2(v, 0)"),
    ]
    for (bits, shape) in [(8, "U8x16"), (16, "U16x8"), (32, "U32x4"), (64, "U64x2")] {
        let text = "\(shape)(repeating: v)"
        list.append(("v128_load\(bits)_splat", "UInt\(bits)", bits / 8, text))
    }
    for (bits, count) in [(8, 8), (16, 4), (32, 2)] {
        for (suffix, type) in [("s", "Int"), ("u", "UInt")] {
            let name = "v128_load\(bits)x\(count)_\(suffix)"
            list.append((name, "SIMD\(count)<\(type)\(bits)>", 8, "wide(v)"))
        }
    }
    return list.map { name, type, size, expression in
        access(name, size, "vector load") { code in
            code.lines.append("let v = unsafe p.loadUnaligned(as: \(type).self)")
            finish(&code, expression)
        }
    }
}

private func laneLoadFamilies() -> [Family] {
    [8, 16, 32, 64].map { bits in
        access("v128_load\(bits)_lane", bits / 8, "vector load lane") { code in
            code.lines.append("let v = unsafe p.loadUnaligned(as: UInt\(bits).self)")
            code.lines.append("let y = unsafe vector(pc, sp, \(code.take(2)), U64x2.self)")
            let index = code.take(2)
            let target = code.take(2)
            code.lines.append("unsafe setVector(pc, sp, \(target), y)")
            code.lines.append("unsafe setLane(pc, sp, \(target), \(index), v)")
            code.proceed()
        }
    }
}

private func storeFamilies() -> [Family] {
    let whole = access("v128_store", 16, "vector store") { code in
        code.lines.append("let v = unsafe vector(pc, sp, \(code.take(2)), U64x2.self)")
        code.lines.append("unsafe p.storeBytes(of: v, as: U64x2.self)")
        code.proceed()
    }
    return [whole]
        + [8, 16, 32, 64].map { bits in
            access("v128_store\(bits)_lane", bits / 8, "vector store lane") { code in
                let value = code.take(2)
                code.lines.append(
                    "let v = unsafe lane(pc, sp, \(value), \(code.take(2)), UInt\(bits).self)"
                )
                code.lines.append("unsafe p.storeBytes(of: v, as: UInt\(bits).self)")
                code.proceed()
            }
        }
}

func vectorGroups() -> [Group] {
    let integers = [("i8x16", 8), ("i16x8", 16), ("i32x4", 32), ("i64x2", 64)]
    let widening = [("i16x8", "i8x16"), ("i32x4", "i16x8"), ("i64x2", "i32x4")]
    return [
        Group(
            name: "VectorMemory",
            families: loadFamilies() + laneLoadFamilies() + storeFamilies()
        ),
        Group(
            name: "VectorLanes",
            families: shuffleFamilies()
                + shapes.flatMap { laneFamilies($0.shape, $0.lane, $0.kind) }
        ),
        Group(
            name: "VectorIntegers",
            families: (bitOperators + integers.flatMap { integerOperators($0.0, $0.1) }
                + integers.prefix(2).flatMap { smallOperators($0.0) } + otherOperators)
                .map(vectorFamily) + integers.flatMap { shiftFamilies($0.0, $0.1) }
        ),
        Group(
            name: "VectorWidening",
            families: widening.flatMap { wideningOperators($0.0, $0.1) }.map(vectorFamily)
        ),
        Group(
            name: "VectorFloats",
            families: (floatOperators("f32x4") + floatOperators("f64x2") + conversionOperators)
                .map(vectorFamily) + truncationFamilies()
        ),
    ]
}
