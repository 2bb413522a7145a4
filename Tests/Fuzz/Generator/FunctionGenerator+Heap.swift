extension FunctionGenerator {
    /// A reference, made, found or converted.
    mutating func reference(_ kind: Kind, _ depth: Int) {
        switch kind {
        case .funcref: function(depth)
        case .structure: structure(depth)
        case .substructure: substructure(depth)
        case .words, .bytes: array(kind, depth)
        case .anyref: any(depth)
        case .i32, .i64, .f32, .f64, .v128: leaf(kind)
        }
    }

    /// A new object, so that not all references are null.
    mutating func object(_ kind: Kind) {
        switch kind {
        case .structure, .anyref: code += [0xFB, 1, HeapTypes.structure]
        case .substructure: code += [0xFB, 1, HeapTypes.substructure]
        case .words, .bytes:
            constant(Int32(4 + random.below(8)))
            code += [0xFB, 7, kind == .words ? HeapTypes.words : HeapTypes.bytes]
        case .funcref, .i32, .i64, .f32, .f64, .v128: constant(kind)
        }
    }

    private mutating func function(_ depth: Int) {
        guard random.one(in: 2) else {
            code += [0xD2] + Encode.unsigned(random.below(module.functions.count))
            return
        }
        constant(Int32(random.below(module.functions.count + 4)))
        code += [0x25, 0]
    }

    private mutating func structure(_ depth: Int) {
        switch random.below(6) {
        case 0: code += [0xFB, 1, HeapTypes.structure]
        case 1: push(.substructure, depth - 1)
        case 2:
            push(.substructure, depth - 1)
            code += [0xFB, 2, HeapTypes.substructure, 4]
        case 3:
            push(.anyref, depth - 1)
            code += [0xFB, 23, HeapTypes.structure]
        default:
            push(.i32, depth - 1)
            push(.i64, depth - 1)
            push(.f64, depth - 1)
            code += [0xFB, 0, HeapTypes.structure]
        }
    }

    private mutating func substructure(_ depth: Int) {
        switch random.below(5) {
        case 0: code += [0xFB, 1, HeapTypes.substructure]
        case 1:
            push(.structure, depth - 1)
            code += [0xFB, 23, HeapTypes.substructure]
        default:
            push(.i32, depth - 1)
            push(.i64, depth - 1)
            push(.f64, depth - 1)
            push(.i32, depth - 1)
            push(.structure, depth - 1)
            code += [0xFB, 0, HeapTypes.substructure]
        }
    }

    private mutating func array(_ kind: Kind, _ depth: Int) {
        let type = kind == .words ? HeapTypes.words : HeapTypes.bytes
        switch random.below(4) {
        case 0:
            push(.i32, depth - 1)
            constant(Int32(random.below(20)))
            code += [0xFB, 6, type]
        case 1:
            constant(Int32(random.below(20)))
            code += [0xFB, 7, type]
        case 2:
            constant(Int32(random.below(3)))
            constant(Int32(random.below(2)))
            code += [0xFB, 9, type, 1]
        default:
            let count = 1 + random.below(4)
            for _ in 0..<count { push(.i32, depth - 1) }
            code += [0xFB, 8, type, UInt8(count)]
        }
    }

    private mutating func any(_ depth: Int) {
        if random.one(in: 3) {
            push(.i32, depth - 1)
            code += [0xFB, 28]
        } else {
            push(random.pick([.structure, .substructure, .words, .bytes]), depth - 1)
        }
    }

    /// Reads and writes of objects.
    mutating func heapStatement(_ depth: Int) {
        switch random.below(7) {
        case 0:
            let type = random.pick([HeapTypes.structure, HeapTypes.substructure])
            let kinds: [Kind] = [.i32, .i64, .f64]
            let field = random.below(3)
            push(type == HeapTypes.structure ? .structure : .substructure, depth - 1)
            push(kinds[field], depth - 1)
            code += [0xFB, 5, type, UInt8(field)]
        case 1:
            let kind = random.pick([Kind.i32, .i64, .f64])
            let field: UInt8 = kind == .i32 ? 0 : kind == .i64 ? 1 : 2
            push(.structure, depth - 1)
            code += [0xFB, 2, HeapTypes.structure, field]
            keep(kind)
        case 2:
            push(.substructure, depth - 1)
            code += [0xFB, UInt8(3 + random.below(2)), HeapTypes.substructure, 3]
            keep(.i32)
        case 3: arrayWrite(depth)
        case 4: arrayRead(depth)
        case 5: test(depth)
        default:
            if random.one(in: 6) {
                push(.anyref, depth - 1)
                code += [0xFB, 23, 0x6C]
            } else {
                push(.i32, depth - 1)
                code += [0xFB, 28]
            }
            code += [0xFB, UInt8(29 + random.below(2))]
            keep(.i32)
        }
    }

    private mutating func keep(_ kind: Kind) {
        if let local = local(kind) { set(local) } else { code.append(0x1A) }
    }

    private mutating func arrayWrite(_ depth: Int) {
        let isWords = random.one(in: 2)
        let type = isWords ? HeapTypes.words : HeapTypes.bytes
        push(isWords ? .words : .bytes, depth - 1)
        constant(Int32(random.below(5)))
        push(.i32, depth - 1)
        guard random.one(in: 2) else {
            code += [0xFB, 14, type]
            return
        }
        constant(Int32(random.below(4)))
        code += [0xFB, 16, type]
    }

    private mutating func arrayRead(_ depth: Int) {
        switch random.below(3) {
        case 0:
            push(random.pick([.words, .bytes]), depth - 1)
            code += [0xFB, 15]
        case 1:
            push(.words, depth - 1)
            constant(Int32(random.below(5)))
            code += [0xFB, 11, HeapTypes.words]
        default:
            push(.bytes, depth - 1)
            constant(Int32(random.below(5)))
            code += [0xFB, UInt8(12 + random.below(2)), HeapTypes.bytes]
        }
        keep(.i32)
    }

    private mutating func test(_ depth: Int) {
        switch random.below(3) {
        case 0:
            push(.anyref, depth - 1)
            let target = random.pick([0, 1, 2, 3, 0x6C, 0x6B, 0x6A] as [UInt8])
            code += [0xFB, UInt8(20 + random.below(2)), target]
        case 1:
            push(.structure, depth - 1)
            push(.substructure, depth - 1)
            code.append(0xD3)
        default:
            push(random.pick([.anyref, .structure, .funcref]), depth - 1)
            code.append(0xD1)
        }
        keep(.i32)
    }
}
