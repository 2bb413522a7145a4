// Calls, returns, and the way in and out of the chain of handlers.

private func returns() -> Family {
    func form(_ suffix: String, _ kind: Kind?, _ place: Place) -> Handler {
        var code = Encoder()
        let link = code.take(2)
        guard let kind else {
            return Handler(
                name: "ret",
                body: ["unsafe leave(pc, sp, m, l, c, a, f, d, \(link))"]
            )
        }
        code.operand("v", kind, place)
        let store = kind == .i32 || kind == .i64 ? "UInt64(v)" : "v"
        code.lines.append("let r = \(store)")
        let (a, f, d) =
            switch kind {
            case .i32, .i64: ("r", "f", "d")
            case .f32: ("a", "r", "d")
            case .f64: ("a", "f", "r")
            }
        code.lines.append("let k = unsafe link(pc, sp, \(link))")
        code.lines.append(
            "unsafe sp.storeBytes(of: r, as: \(kind == .i32 ? "UInt64" : kind.type).self)"
        )
        code.lines.append("unsafe next(k.pc, k.sp, m, l, c, \(a), \(f), \(d))")
        return Handler(name: "ret_\(suffix)", body: code.lines)
    }
    return Family(
        name: "ret",
        handlers: [
            form("", nil, .slot), form("A", .i64, .accumulator), form("S", .i64, .slot),
            form("I", .i64, .immediate), form("F", .f32, .accumulator),
            form("D", .f64, .accumulator), form("FS", .f32, .slot), form("DS", .f64, .slot),
        ],
        layout: "nothing A S I F D FS DS"
    )
}

private func plain(_ name: String, _ body: [String]) -> Family {
    Family(name: camel(name), handlers: [Handler(name: name, body: body)], layout: "")
}

private func indirectCalls(_ toll: Toll) -> Family {
    Family(
        name: camel("\(toll.prefix)call_indirect"),
        handlers: [Place.slot, .accumulator].map { place in
            var code = Encoder()
            _ = code.take(2)
            let type = code.take(4)
            let table = code.take(4)
            code.operand("x", .i32, place)
            code.lines += [
                "let t = unsafe tableEntity(pc, c, \(table))",
                "guard unsafe UInt64(x) < t.pointee.count else "
                    + "{ return unsafe trapUndefinedElement(pc, sp, c) }",
                "let w = unsafe t.pointee.elements[Int(x)]",
                "guard let e = unsafe functionEntity(w) else "
                    + "{ return unsafe trapUninitializedElement(pc, sp, c) }",
                "guard unsafe e.pointee.typeID == immediate(pc, \(type), UInt32.self) else "
                    + "{ return unsafe callSubtype(pc, sp, c, e, \(code.size)) }",
                "unsafe callEntity(pc, sp, m, l, c, f, d, e, \(code.size)\(toll.argument))",
            ]
            return Handler(
                name: "\(toll.prefix)call_indirect_\(place.rawValue)",
                body: code.lines
            )
        },
        layout: "frame.2 type.4 table.4, S A"
    )
}

/// The calls, for guests that pay and for those that do not.
private func calls(_ toll: Toll) -> [Family] {
    [
        plain(
            "\(toll.prefix)call_own",
            [
                "let e = unsafe ownFunction(pc, c, 4)",
                "unsafe callOwn(pc, sp, m, l, c, f, d, e, 8\(toll.argument))",
            ]
        ),
        plain(
            "\(toll.prefix)call_imported",
            [
                "let e = unsafe importedFunction(pc, c, 4)",
                "unsafe callEntity(pc, sp, m, l, c, f, d, e, 8\(toll.argument))",
            ]
        ),
        indirectCalls(toll),
        plain(
            "\(toll.prefix)call_reference",
            [
                "let w = unsafe slot(pc, sp, 4, UInt64.self)",
                "guard let e = unsafe functionEntity(w) else "
                    + "{ return unsafe trapNullFunction(pc, sp, c) }",
                "unsafe callEntity(pc, sp, m, l, c, f, d, e, 6\(toll.argument))",
            ]
        ),
    ]
}

func callGroups() -> [Group] {
    [
        Group(
            name: "Calls",
            families: [returns()] + calls(.none) + calls(.paid) + [
                plain("tail_call", ["unsafe tailCall(pc, sp, m, l, c)"]),
                plain(
                    "call_entry",
                    [
                        "let e = unsafe machine(c).pointee.entry",
                        "unsafe callEntity(pc, sp, m, l, c, f, d, e, 4, isPaid: true)",
                    ]
                ),
                plain("cross_return", ["unsafe crossReturn(sp, c, a, f, d)"]),
                plain("exit", ["return"]),
                plain("resume", ["unsafe resume(c)"]),
                plain("interrupted", ["unsafe trapInterrupted(pc, sp, c)"]),
                plain("unreachable", ["unsafe trapUnreachable(pc, sp, c)"]),
                plain("service", ["unsafe callService(pc, sp, c)"]),
                plain("fuel", ["unsafe burnFuel(pc, sp, m, l, c, a, f, d)"]),
            ]
        )
    ]
}
