/// One handler: the code that carries one operation out for one choice of operand places.
struct Handler {
    /// Also the symbol, behind `wasm_`.
    var name: String
    /// Statements in Swift; the last one goes on to the next operation.
    var body: [String]
}

/// Handlers with consecutive codes: an operator with all its forms, in the order the translator
/// computes with.
struct Family {
    /// The constant in `Operation` that holds the first code.
    var name: String
    var handlers: [Handler]
    /// What the translator must know, as a comment beside the constant.
    var layout: String
}

/// A generated file.
struct Group {
    /// The file is `Handlers<name>.swift`.
    var name: String
    var families: [Family]
}

/// Whether the guest pays, with its fuel, for what a call or a loop's next round leads to.
enum Toll {
    case none, paid

    /// What the names of handlers begin with.
    var prefix: String {
        switch self {
        case .none: ""
        case .paid: "paid_"
        }
    }

    /// What `callOwn` and `callEntity` are called with at last.
    var argument: String {
        switch self {
        case .none: ""
        case .paid: ", isPaid: true"
        }
    }

    /// The function that goes to a place in the code.
    var jump: String {
        switch self {
        case .none: "jump"
        case .paid: "paidJump"
        }
    }
}

/// Where a handler finds an operand.
enum Place: String {
    case slot = "S"
    case accumulator = "A"
    case immediate = "I"
}

/// What an operand or a result is.
enum Kind {
    case i32, i64, f32, f64

    /// The Swift type that the operators' expressions compute with.
    var type: String {
        switch self {
        case .i32: "UInt32"
        case .i64: "UInt64"
        case .f32: "Float"
        case .f64: "Double"
        }
    }

    var name: String {
        switch self {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        }
    }

    /// The accumulator as a value of this kind.
    var accumulator: String {
        switch self {
        case .i32: "UInt32(truncatingIfNeeded: a)"
        case .i64: "a"
        case .f32: "f"
        case .f64: "d"
        }
    }
}

/// Lays operands out behind an operation's code and counts the bytes.
struct Encoder {
    /// Bytes used so far; the code itself is two.
    var size = 2
    var lines: [String] = []

    mutating func take(_ bytes: Int) -> Int {
        defer { size += bytes }
        return size
    }

    /// Declares `name` as the operand of `kind` at `place`.
    mutating func operand(_ name: String, _ kind: Kind, _ place: Place) {
        lines.append("let \(name) = \(read(kind, place))")
    }

    private mutating func read(_ kind: Kind, _ place: Place) -> String {
        switch place {
        case .accumulator: return kind.accumulator
        case .slot: return "unsafe slot(pc, sp, \(take(2)), \(kind.type).self)"
        case .immediate: break
        }
        switch kind {
        case .i32: return "unsafe immediate(pc, \(take(4)), UInt32.self)"
        case .i64: return "unsafe UInt64(bitPattern: Int64(immediate(pc, \(take(4)), Int32.self)))"
        case .f32: return "unsafe immediate(pc, \(take(4)), Float.self)"
        case .f64: return "unsafe immediate(pc, \(take(8)), Double.self)"
        }
    }

    /// Ends with `value` in the accumulator of its kind and, with `toSlot`, in a slot too.
    mutating func result(_ value: String, _ kind: Kind, toSlot: Bool) {
        switch kind {
        case .i32:
            lines.append("let r = UInt64(\(value))")
            if toSlot { lines.append("unsafe set(pc, sp, \(take(2)), r)") }
            lines.append("unsafe next(pc + \(size), sp, m, l, c, r, f, d)")
        case .i64:
            lines.append("let r: UInt64 = \(value)")
            if toSlot { lines.append("unsafe set(pc, sp, \(take(2)), r)") }
            lines.append("unsafe next(pc + \(size), sp, m, l, c, r, f, d)")
        case .f32:
            lines.append("let r: Float = \(value)")
            if toSlot { lines.append("unsafe set(pc, sp, \(take(2)), r)") }
            lines.append("unsafe next(pc + \(size), sp, m, l, c, a, r, d)")
        case .f64:
            lines.append("let r: Double = \(value)")
            if toSlot { lines.append("unsafe set(pc, sp, \(take(2)), r)") }
            lines.append("unsafe next(pc + \(size), sp, m, l, c, a, f, r)")
        }
    }

    /// Ends with nothing but the next operation.
    mutating func proceed() {
        lines.append("unsafe next(pc + \(size), sp, m, l, c, a, f, d)")
    }
}
