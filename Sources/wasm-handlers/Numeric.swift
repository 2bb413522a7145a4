// Operators that compute a value from one or two.

/// A binary operator as the table has it.
struct BinaryOperator {
    var name: String
    /// Of `x` and `y`.
    var expression: String
    /// Whether operands may change places; else the forms for that exist.
    var isCommutative = false
    /// Whether the forms exist whose left operand is a constant.
    var hasLeftImmediate = true
    /// Whether the forms exist that write a slot as well: not where that is rare, or no part of the cost.
    var hasSlotResult = true
    /// Statements before the expression, for what may trap.
    var checks: [String] = []
}

let commutativeForms: [(Place, Place)] = [
    (.slot, .slot), (.slot, .immediate), (.accumulator, .slot), (.accumulator, .immediate),
]

extension BinaryOperator {
    /// The places of the operands for which there are handlers, in the order the translator computes with.
    var forms: [(Place, Place)] {
        if isCommutative { return commutativeForms }
        let forms: [(Place, Place)] = commutativeForms + [(.slot, .accumulator)]
        return hasLeftImmediate
            ? forms + [(.immediate, .slot), (.immediate, .accumulator)] : forms
    }

    var layout: String {
        forms.map { $0.0.rawValue + $0.1.rawValue }.joined(separator: " ")
            + resultLayout(hasSlotResult)
    }
}

/// What stands behind the forms of a family.
func resultLayout(_ hasSlotResult: Bool) -> String { hasSlotResult ? ", to A S" : "" }

func binaryFamily(_ op: BinaryOperator, _ kind: Kind, result: Kind? = nil) -> Family {
    var handlers: [Handler] = []
    for (left, right) in op.forms {
        for toSlot in op.hasSlotResult ? [false, true] : [false] {
            var code = Encoder()
            code.operand("x", kind, left)
            code.operand("y", kind, right)
            code.lines += op.checks
            code.result(op.expression, result ?? kind, toSlot: toSlot)
            let suffix = "\(left.rawValue)\(right.rawValue)_\(toSlot ? "S" : "A")"
            handlers.append(Handler(name: "\(kind.name)_\(op.name)_\(suffix)", body: code.lines))
        }
    }
    return Family(
        name: camel("\(kind.name)_\(op.name)"),
        handlers: handlers,
        layout: op.layout
    )
}

func unaryFamily(
    _ name: String,
    from: Kind,
    to: Kind,
    _ expression: String,
    places: [Place] = [.slot, .accumulator],
    hasSlotResult: Bool = true,
    checks: [String] = []
) -> Family {
    var handlers: [Handler] = []
    for place in places {
        for toSlot in hasSlotResult ? [false, true] : [false] {
            var code = Encoder()
            code.operand("x", from, place)
            code.lines += checks
            code.result(expression, to, toSlot: toSlot)
            let suffix = "\(place.rawValue)_\(toSlot ? "S" : "A")"
            handlers.append(Handler(name: "\(name)_\(suffix)", body: code.lines))
        }
    }
    let layout = places.map(\.rawValue).joined(separator: " ") + resultLayout(hasSlotResult)
    return Family(name: camel(name), handlers: handlers, layout: layout)
}

/// An operator that is rare, or whose cost is elsewhere: from an accumulator to an accumulator.
func heldFamily(
    _ name: String,
    from: Kind,
    to: Kind,
    _ expression: String,
    checks: [String] = []
) -> Family {
    unaryFamily(
        name,
        from: from,
        to: to,
        expression,
        places: [.accumulator],
        hasSlotResult: false,
        checks: checks
    )
}

func camel(_ name: String) -> String {
    let parts = name.split(separator: "_")
    let rest = parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return parts[0] + rest.joined()
}

private func integerOperators(_ kind: Kind) -> [BinaryOperator] {
    let u = kind.type
    let s = kind == .i32 ? "Int32" : "Int64"
    let zero = "guard y != 0 else { return unsafe trapDivideByZero(pc, sp, c) }"
    let overflow =
        "guard y != \(u).max || x != 1 << (\(u).bitWidth - 1) else "
        + "{ return unsafe trapIntegerOverflow(pc, sp, c) }"
    func signed(_ expression: String) -> String { "\(u)(bitPattern: \(expression))" }
    let sx = "\(s)(bitPattern: x)"
    let sy = "\(s)(bitPattern: y)"
    return [
        BinaryOperator(name: "add", expression: "x &+ y", isCommutative: true),
        BinaryOperator(name: "mul", expression: "x &* y", isCommutative: true),
        BinaryOperator(name: "and", expression: "x & y", isCommutative: true),
        BinaryOperator(name: "or", expression: "x | y", isCommutative: true),
        BinaryOperator(name: "xor", expression: "x ^ y", isCommutative: true),
        BinaryOperator(name: "sub", expression: "x &- y"),
        BinaryOperator(name: "shl", expression: "x &<< y"),
        shift("shr_s", signed("\(sx) &>> \(sy)")), shift("shr_u", "x &>> y"),
        shift("rotl", "(x &<< y) | (x &>> (0 &- y))"),
        shift("rotr", "(x &>> y) | (x &<< (0 &- y))"),
        division("div_s", signed("\(sx).quotient(by: \(sy))"), [zero, overflow]),
        division("div_u", "x / y", [zero]),
        division(
            "rem_s",
            "y == \(u).max ? 0 : \(signed("\(sx).remainderOf(by: \(sy))"))",
            [zero]
        ),
        division("rem_u", "x % y", [zero]),
    ]
}

private func shift(_ name: String, _ expression: String) -> BinaryOperator {
    BinaryOperator(name: name, expression: expression, hasLeftImmediate: false)
}

private func division(
    _ name: String,
    _ expression: String,
    _ checks: [String]
) -> BinaryOperator {
    BinaryOperator(
        name: name,
        expression: expression,
        hasLeftImmediate: false,
        hasSlotResult: false,
        checks: checks
    )
}

/// The order of the ten conditions; their codes are computed with.
let integerConditions: [(name: String, test: String, isSigned: Bool)] = [
    ("eq", "==", false), ("ne", "!=", false), ("lt_s", "<", true), ("ge_s", ">=", true),
    ("gt_s", ">", true), ("le_s", "<=", true), ("lt_u", "<", false), ("ge_u", ">=", false),
    ("gt_u", ">", false), ("le_u", "<=", false),
]

func integerCondition(_ index: Int, _ kind: Kind) -> String {
    let (_, test, isSigned) = integerConditions[index]
    let s = kind == .i32 ? "Int32" : "Int64"
    return isSigned ? "\(s)(bitPattern: x) \(test) \(s)(bitPattern: y)" : "x \(test) y"
}

/// Conditions of floats; the last four are the negations, which are not each other's with NaNs.
let floatConditions: [(name: String, test: String)] = [
    ("eq", "x == y"), ("ne", "x != y"), ("lt", "x < y"), ("gt", "x > y"), ("le", "x <= y"),
    ("ge", "x >= y"), ("nlt", "!(x < y)"), ("ngt", "!(x > y)"), ("nle", "!(x <= y)"),
    ("nge", "!(x >= y)"),
]

func integerGroup(_ kind: Kind) -> [Group] {
    let operators = integerOperators(kind)
    let counts = [
        ("clz", "\(kind.type)(x.leadingZeroBitCount)"),
        ("ctz", "\(kind.type)(x.trailingZeroBitCount)"), ("popcnt", "populationCount(x)"),
    ]
    let unary = counts.map { name, expression in
        heldFamily("\(kind.name)_\(name)", from: kind, to: kind, expression)
    }
    return [
        Group(
            name: kind.name.uppercased() + "Arithmetic",
            families: operators.prefix(6).map { binaryFamily($0, kind) } + unary
        ),
        Group(
            name: kind.name.uppercased() + "Shifts",
            families: operators.dropFirst(6).prefix(5).map { binaryFamily($0, kind) }
        ),
        Group(
            name: kind.name.uppercased() + "Division",
            families: operators.dropFirst(11).map { binaryFamily($0, kind) }
        ),
        Group(
            name: kind.name.uppercased() + "Comparison",
            families: integerConditions.indices.map { index in
                let op = BinaryOperator(
                    name: integerConditions[index].name,
                    expression: "\(integerCondition(index, kind)) ? 1 : 0",
                    isCommutative: true,
                    hasSlotResult: false
                )
                return binaryFamily(op, kind, result: .i64)
            }
        ),
    ]
}

func floatGroups(_ kind: Kind) -> [Group] {
    let t = kind.type
    let binary = [
        BinaryOperator(name: "add", expression: "x + y", isCommutative: true),
        BinaryOperator(name: "mul", expression: "x * y", isCommutative: true),
        BinaryOperator(
            name: "min",
            expression: "minimum(x, y)",
            isCommutative: true,
            hasSlotResult: false
        ),
        BinaryOperator(
            name: "max",
            expression: "maximum(x, y)",
            isCommutative: true,
            hasSlotResult: false
        ),
        BinaryOperator(name: "sub", expression: "x - y"),
        BinaryOperator(name: "div", expression: "x / y"),
        BinaryOperator(
            name: "copysign",
            expression: "copySign(x, y)",
            hasLeftImmediate: false,
            hasSlotResult: false
        ),
    ]
    let unary: [(String, String)] = [
        ("abs", "\(t)(bitPattern: x.bitPattern & (.max >> 1))"),
        ("neg", "\(t)(bitPattern: x.bitPattern ^ (1 << (\(t == "Float" ? 31 : 63))))"),
        ("sqrt", "squareRoot(x)"),
    ]
    let rounding = [
        ("ceil", "roundUp(x)"), ("floor", "roundDown(x)"), ("trunc", "roundToZero(x)"),
        ("nearest", "roundToEven(x)"),
    ]
    return [
        Group(
            name: kind.name.uppercased() + "Arithmetic",
            families: binary.map { binaryFamily($0, kind) }
                + unary.map { unaryFamily("\(kind.name)_\($0.0)", from: kind, to: kind, $0.1) }
                + rounding.map { heldFamily("\(kind.name)_\($0.0)", from: kind, to: kind, $0.1) }
        ),
        Group(
            name: kind.name.uppercased() + "Comparison",
            families: floatConditions.prefix(6).map { condition in
                let op = BinaryOperator(
                    name: condition.name,
                    expression: "\(condition.test) ? 1 : 0",
                    isCommutative: true,
                    hasSlotResult: false
                )
                return binaryFamily(op, kind, result: .i64)
            }
        ),
    ]
}
