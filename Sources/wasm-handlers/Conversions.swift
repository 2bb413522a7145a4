// Operators from one type to another.

/// The float right below the range of the integer type, and the one right above: what lies between
/// converts.
///
/// Written as the Swift library writes them, so that its own check folds into ours.
private func range(_ from: Kind, _ to: Kind, isSigned: Bool) -> (low: String, high: String) {
    let high =
        switch (to, isSigned) {
        case (.i32, true): "2147483648"
        case (.i32, false): "4294967296"
        case (_, true): "9223372036854775808"
        case (_, false): "18446744073709551616"
        }
    guard isSigned else { return ("-1", high) }
    switch (from, to) {
    case (.f64, .i32): return ("-2147483649", high)
    case (_, .i32): return ("-2147483904", high)
    default: return ("-9223372036854777856", high)
    }
}

private func trapping(_ from: Kind, _ to: Kind, isSigned: Bool) -> Family {
    let (low, high) = range(from, to, isSigned: isSigned)
    let signedType = to == .i32 ? "Int32" : "Int64"
    return heldFamily(
        "\(to.name)_trunc_\(from.name)_\(isSigned ? "s" : "u")",
        from: from,
        to: to,
        isSigned ? "\(to.type)(bitPattern: \(signedType)(x))" : "\(to.type)(x)",
        checks: [
            "guard x > \(low), x < \(high) else { return unsafe trapConversion(pc, sp, c, x != x) }"
        ]
    )
}

private func saturating(_ from: Kind, _ to: Kind, isSigned: Bool) -> Family {
    let target = isSigned ? (to == .i32 ? "Int32" : "Int64") : to.type
    let (low, high) = range(from, to, isSigned: isSigned)
    let value = "(x > \(low) ? (x < \(high) ? \(target)(x) : .max) : (x == x ? .min : 0))"
    return heldFamily(
        "\(to.name)_trunc_sat_\(from.name)_\(isSigned ? "s" : "u")",
        from: from,
        to: to,
        isSigned ? "\(to.type)(bitPattern: \(value))" : value
    )
}

private func converting(_ from: Kind, _ to: Kind, isSigned: Bool) -> Family {
    let signedType = from == .i32 ? "Int32" : "Int64"
    let value = isSigned ? "\(to.type)(\(signedType)(bitPattern: x))" : "\(to.type)(x)"
    return unaryFamily(
        "\(to.name)_convert_\(from.name)_\(isSigned ? "s" : "u")",
        from: from,
        to: to,
        value
    )
}

/// The value of `bits` of `x`, sign-extended to `kind`.
private func extending(_ kind: Kind, _ bits: Int) -> Family {
    let wide = kind == .i32 ? "Int32" : "Int64"
    return unaryFamily(
        "\(kind.name)_extend\(bits)_s",
        from: kind,
        to: kind,
        "\(kind.type)(bitPattern: \(wide)(Int\(bits)(truncatingIfNeeded: x)))"
    )
}

/// The bits of an accumulator in one of another type; those of a slot are there already.
private func reinterpreting(
    _ name: String,
    _ from: Kind,
    _ to: Kind,
    _ expression: String
) -> Family {
    unaryFamily(name, from: from, to: to, expression, places: [.accumulator])
}

func conversionGroups() -> [Group] {
    var truncations: [Family] = []
    var saturations: [Family] = []
    var conversions: [Family] = []
    for integer in [Kind.i32, .i64] {
        for float in [Kind.f32, .f64] {
            for isSigned in [true, false] {
                // An f32 becomes an i64 by way of the f64 that it is.
                if integer == .i32 || float == .f64 {
                    truncations.append(trapping(float, integer, isSigned: isSigned))
                    saturations.append(saturating(float, integer, isSigned: isSigned))
                }
                conversions.append(converting(integer, float, isSigned: isSigned))
            }
        }
    }
    let others = [
        unaryFamily("i64_extend_i32_u", from: .i32, to: .i64, "UInt64(x)"),
        unaryFamily(
            "i64_extend_i32_s",
            from: .i32,
            to: .i64,
            "UInt64(bitPattern: Int64(Int32(bitPattern: x)))"
        ),
        extending(.i32, 8), extending(.i32, 16), extending(.i64, 8), extending(.i64, 16),
        unaryFamily("f32_demote_f64", from: .f64, to: .f32, "Float(x)"),
        unaryFamily("f64_promote_f32", from: .f32, to: .f64, "Double(x)"),
        reinterpreting("i32_reinterpret_f32", .f32, .i32, "x.bitPattern"),
        reinterpreting("i64_reinterpret_f64", .f64, .i64, "x.bitPattern"),
        reinterpreting("f32_reinterpret_i32", .i32, .f32, "Float(bitPattern: x)"),
        reinterpreting("f64_reinterpret_i64", .i64, .f64, "Double(bitPattern: x)"),
    ]
    return [
        Group(name: "Truncation", families: truncations + saturations),
        Group(name: "Conversion", families: conversions + others),
    ]
}
