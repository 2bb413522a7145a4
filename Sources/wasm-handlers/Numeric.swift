// Operators that compute a value from one or two.

/// A binary operator as the table has it.
struct BinaryOperator {
    var name: String
    /// Of `x` and `y`.
    var expression: String
    /// Whether operands may change places; else the forms for that exist.
    var isCommutative = false
    /// Statements before the expression, for what may trap.
    var checks: [String] = []
}

let commutativeForms: [(Place, Place)] = [
    (.slot, .slot), (.slot, .immediate), (.accumulator, .slot), (.accumulator, .immediate),
]
let allForms =
    commutativeForms + [
        (.slot, .accumulator), (.immediate, .slot), (.immediate, .accumulator),
    ]

func binaryFamily(
    _ op: BinaryOperator,
    _ kind: Kind,
    result: Kind? = nil,
    forms: [(Place, Place)]? = nil
) -> Family {
    let chosen = forms ?? (op.isCommutative ? commutativeForms : allForms)
    var handlers: [Handler] = []
    for (left, right) in chosen {
        for toSlot in [false, true] {
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
        layout: op.isCommutative ? "binary, commutative" : "binary"
    )
}

func unaryFamily(
    _ name: String,
    from: Kind,
    to: Kind,
    _ expression: String,
    checks: [String] = []
) -> Family {
    var handlers: [Handler] = []
    for place in [Place.slot, .accumulator] {
        for toSlot in [false, true] {
            var code = Encoder()
            code.operand("x", from, place)
            code.lines += checks
            code.result(expression, to, toSlot: toSlot)
            let suffix = "\(place.rawValue)_\(toSlot ? "S" : "A")"
            handlers.append(Handler(name: "\(name)_\(suffix)", body: code.lines))
        }
    }
    return Family(name: camel(name), handlers: handlers, layout: "unary")
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
        BinaryOperator(name: "shr_s", expression: signed("\(sx) &>> \(sy)")),
        BinaryOperator(name: "shr_u", expression: "x &>> y"),
        BinaryOperator(name: "rotl", expression: "(x &<< y) | (x &>> (0 &- y))"),
        BinaryOperator(name: "rotr", expression: "(x &>> y) | (x &<< (0 &- y))"),
        BinaryOperator(
            name: "div_s",
            expression: signed("\(sx).quotient(by: \(sy))"),
            checks: [zero, overflow]
        ),
        BinaryOperator(name: "div_u", expression: "x / y", checks: [zero]),
        BinaryOperator(
            name: "rem_s",
            expression: "y == \(u).max ? 0 : \(signed("\(sx).remainderOf(by: \(sy))"))",
            checks: [zero]
        ),
        BinaryOperator(name: "rem_u", expression: "x % y", checks: [zero]),
    ]
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
    let unary = [
        unaryFamily(
            "\(kind.name)_clz",
            from: kind,
            to: kind,
            "\(kind.type)(x.leadingZeroBitCount)"
        ),
        unaryFamily(
            "\(kind.name)_ctz",
            from: kind,
            to: kind,
            "\(kind.type)(x.trailingZeroBitCount)"
        ),
        unaryFamily("\(kind.name)_popcnt", from: kind, to: kind, "populationCount(x)"),
    ]
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
            families: operators.dropFirst(11).map {
                binaryFamily(
                    $0,
                    kind,
                    forms: commutativeForms + [(.slot, .accumulator), (.immediate, .slot)]
                )
            }
        ),
        Group(
            name: kind.name.uppercased() + "Comparison",
            families: integerConditions.indices.map { index in
                let op = BinaryOperator(
                    name: integerConditions[index].name,
                    expression: "\(integerCondition(index, kind)) ? 1 : 0",
                    isCommutative: true
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
        BinaryOperator(name: "min", expression: "minimum(x, y)", isCommutative: true),
        BinaryOperator(name: "max", expression: "maximum(x, y)", isCommutative: true),
        BinaryOperator(name: "sub", expression: "x - y"),
        BinaryOperator(name: "div", expression: "x / y"),
        BinaryOperator(name: "copysign", expression: "copySign(x, y)"),
    ]
    let unary: [(String, String)] = [
        ("abs", "\(t)(bitPattern: x.bitPattern & (.max >> 1))"),
        ("neg", "\(t)(bitPattern: x.bitPattern ^ (1 << (\(t == "Float" ? 31 : 63))))"),
        ("ceil", "roundUp(x)"), ("floor", "roundDown(x)"), ("trunc", "roundToZero(x)"),
        ("nearest", "roundToEven(x)"), ("sqrt", "squareRoot(x)"),
    ]
    return [
        Group(
            name: kind.name.uppercased() + "Arithmetic",
            families: binary.map { binaryFamily($0, kind) }
                + unary.map { unaryFamily("\(kind.name)_\($0.0)", from: kind, to: kind, $0.1) }
        ),
        Group(
            name: kind.name.uppercased() + "Comparison",
            families: floatConditions.prefix(6).map { condition in
                let op = BinaryOperator(
                    name: condition.name,
                    expression: "\(condition.test) ? 1 : 0",
                    isCommutative: true
                )
                return binaryFamily(op, kind, result: .i64)
            }
        ),
    ]
}
