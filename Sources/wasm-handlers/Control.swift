// Moves, branches, selections.

private func handler(_ name: String, _ build: (inout Encoder) -> Void) -> Handler {
    var code = Encoder()
    build(&code)
    return Handler(name: name, body: code.lines)
}

private func single(_ name: String, _ build: (inout Encoder) -> Void) -> Family {
    Family(name: camel(name), handlers: [handler(name, build)], layout: "")
}

/// One after the other, so that no handler needs more registers than there are: a source must not
/// be a target before it.
private func manyCopies(_ count: Int) -> Family {
    single("copy\(count)") { code in
        let sources = (0..<count).map { _ in code.take(2) }
        code.lines.append("let t = unsafe slotAddress(pc, sp, \(code.take(2)))")
        for (index, source) in sources.enumerated() {
            code.lines.append(
                "unsafe t.storeBytes(of: slot(pc, sp, \(source), UInt64.self), "
                    + "toByteOffset: \(index * 8), as: UInt64.self)"
            )
        }
        code.proceed()
    }
}

private func zeros(_ count: Int) -> Family {
    single("zero\(count)") { code in
        let target = code.take(2)
        code.lines.append("let t = unsafe slotAddress(pc, sp, \(target))")
        if count == 1 {
            code.lines.append("unsafe t.storeBytes(of: 0, as: UInt64.self)")
        }
        for index in 0..<count / 2 {
            code.lines.append(
                "unsafe t.storeBytes(of: .zero, toByteOffset: \(index * 16), as: "
                    + "SIMD2<UInt64>.self)"
            )
        }
        code.proceed()
    }
}

private func moves() -> [Family] {
    [
        Family(
            name: "copy",
            handlers: [
                handler("copy_S") { code in
                    code.operand("v", .i64, .slot)
                    code.lines.append("unsafe set(pc, sp, \(code.take(2)), v)")
                    code.proceed()
                },
                handler("copy_A") { code in
                    code.lines.append("unsafe set(pc, sp, \(code.take(2)), a)")
                    code.proceed()
                },
                handler("copy_F") { code in
                    code.lines.append("unsafe set(pc, sp, \(code.take(2)), f)")
                    code.proceed()
                },
                handler("copy_D") { code in
                    code.lines.append("unsafe set(pc, sp, \(code.take(2)), d)")
                    code.proceed()
                },
                handler("copy_I") { code in
                    code.operand("v", .i64, .immediate)
                    code.lines.append("unsafe set(pc, sp, \(code.take(2)), v)")
                    code.proceed()
                },
                handler("copy_L") { code in
                    code.lines.append("let v = unsafe immediate(pc, \(code.take(8)), UInt64.self)")
                    code.lines.append("unsafe set(pc, sp, \(code.take(2)), v)")
                    code.proceed()
                },
            ],
            layout: "from S A F D I, L: 64-bit immediate"
        ),
        manyCopies(2), manyCopies(3), manyCopies(4),
    ] + wideMoves() + [
        single("copy_vector") { code in
            code.lines.append(
                "let v = unsafe slotAddress(pc, sp, \(code.take(2)))"
                    + ".loadUnaligned(as: SIMD2<UInt64>.self)"
            )
            code.lines.append(
                "unsafe slotAddress(pc, sp, \(code.take(2)))"
                    + ".storeBytes(of: v, as: SIMD2<UInt64>.self)"
            )
            code.proceed()
        },
        zeros(1), zeros(2), zeros(4), zeros(8),
        Family(
            name: "take",
            handlers: [
                takeHandler("take_S", .i64, .slot), takeHandler("take_I", .i64, .immediate),
                handler("take_L") { code in
                    code.lines.append("let v = unsafe immediate(pc, \(code.take(8)), UInt64.self)")
                    code.result("v", .i64, toSlot: false)
                },
                takeHandler("take_FS", .f32, .slot), takeHandler("take_FI", .f32, .immediate),
                takeHandler("take_DS", .f64, .slot), takeHandler("take_DI", .f64, .immediate),
            ],
            layout: "to an accumulator: S I L FS FI DS DI"
        ),
    ]
}

/// What moves frames that short operands are too short for, and what lies before these.
private func wideMoves() -> [Family] {
    [
        single("copy_wide") { code in
            code.lines.append(
                "let v = unsafe wideSlot(pc, sp, \(code.take(4))).load(as: UInt64.self)"
            )
            code.lines.append(
                "unsafe wideSlot(pc, sp, \(code.take(4))).storeBytes(of: v, as: UInt64.self)"
            )
            code.proceed()
        },
        single("wide_enter") { code in
            code.lines.append("let n = unsafe Int(immediate(pc, \(code.take(4)), UInt32.self))")
            code.lines.append("unsafe next(pc + \(code.size), sp + n, m, l, c, a, f, d)")
        },
        single("wide_return") { code in
            code.lines.append("let n = unsafe Int(immediate(pc, \(code.take(4)), UInt32.self))")
            code.lines.append("unsafe leave(pc, sp - n, m, l, c, a, f, d, \(code.take(2)))")
        },
    ]
}

private func takeHandler(_ name: String, _ kind: Kind, _ place: Place) -> Handler {
    handler(name) { code in
        code.operand("v", kind, place)
        code.result("v", kind, toSlot: false)
    }
}

/// Ends with a jump when `condition` holds.
private func branch(_ code: inout Encoder, _ condition: String, _ toll: Toll) {
    let target = code.take(4)
    code.lines.append(
        "if \(condition) { return unsafe \(toll.jump)(pc, sp, m, l, c, a, f, d, \(target)) }"
    )
    code.proceed()
}

private func plainBranches(_ toll: Toll) -> [Family] {
    let tests = [("br_if", "x != 0"), ("br_unless", "x == 0")]
    let conditional = tests.map { name, test in
        Family(
            name: camel(toll.prefix + name),
            handlers: [Place.slot, .accumulator].map { place in
                handler("\(toll.prefix)\(name)_\(place.rawValue)") { code in
                    code.operand("x", .i32, place)
                    branch(&code, test, toll)
                }
            },
            layout: "S A"
        )
    }
    let jump = single("\(toll.prefix)br") { code in
        code.lines.append("unsafe \(toll.jump)(pc, sp, m, l, c, a, f, d, 2)")
    }
    return [jump] + conditional
}

private func tableBranches() -> Family {
    Family(
        name: "brTable",
        handlers: [Place.slot, .accumulator].map { place in
            handler("br_table_\(place.rawValue)") { code in
                code.operand("x", .i32, place)
                let count = code.take(4)
                code.lines.append("let n = unsafe immediate(pc, \(count), UInt32.self)")
                code.lines.append("let i = UInt(x < n ? x : n)")
                code.lines.append(
                    "unsafe jumpTable(pc, sp, m, l, c, a, f, d, \(code.size), i)"
                )
            }
        },
        layout: "S A"
    )
}

/// The conditions of branches that pay: of the others, unsigned ones but "less", loops hardly end by any.
private let paidConditionCount = 7

private func comparingBranches(_ kind: Kind, _ toll: Toll = .none) -> [Family] {
    let isFloat = kind == .f32 || kind == .f64
    let conditions: [(String, String)] =
        isFloat
        ? floatConditions.map { ($0.name, $0.test) }
        : integerConditions.indices.map {
            (integerConditions[$0].name, integerCondition($0, kind))
        }
    let count = toll == .paid ? paidConditionCount : conditions.count
    return conditions.prefix(count).map { name, test in
        Family(
            name: camel("\(toll.prefix)br_\(kind.name)_\(name)"),
            handlers: commutativeForms.map { left, right in
                let places = left.rawValue + right.rawValue
                return handler("\(toll.prefix)br_\(kind.name)_\(name)_\(places)") { code in
                    code.operand("x", kind, left)
                    code.operand("y", kind, right)
                    branch(&code, test, toll)
                }
            },
            layout: "SS SI AS AI"
        )
    }
}

private func selections() -> [Family] {
    let plain = Family(
        name: "select",
        handlers: [Place.slot, .accumulator].flatMap { place in
            [false, true].map { toSlot in
                handler("select_\(place.rawValue)_\(toSlot ? "S" : "A")") { code in
                    code.operand("k", .i32, place)
                    code.operand("x", .i64, .slot)
                    code.operand("y", .i64, .slot)
                    code.result("k != 0 ? x : y", .i64, toSlot: toSlot)
                }
            }
        },
        layout: "unary forms of the condition"
    )
    let vector = single("select_vector") { code in
        code.operand("k", .i32, .slot)
        code.lines.append("let x = unsafe slotAddress(pc, sp, \(code.take(2)))")
        code.lines.append("let y = unsafe slotAddress(pc, sp, \(code.take(2)))")
        code.lines.append(
            "let v = unsafe (k != 0 ? x : y).loadUnaligned(as: SIMD2<UInt64>.self)"
        )
        code.lines.append(
            "unsafe slotAddress(pc, sp, \(code.take(2))).storeBytes(of: v, as: SIMD2<UInt64>.self)"
        )
        code.proceed()
    }
    return [plain, vector]
}

func controlGroups() -> [Group] {
    [
        Group(name: "Moves", families: moves() + selections()),
        Group(name: "Branches", families: plainBranches(.none) + [tableBranches()]),
        Group(
            name: "PaidBranches",
            families: plainBranches(.paid) + comparingBranches(.i32, .paid)
        ),
    ]
        + [Kind.i32, .i64, .f32, .f64].map { kind in
            Group(
                name: "Branches\(kind.name.uppercased())",
                families: comparingBranches(kind)
            )
        }
}
