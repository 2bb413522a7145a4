import TestKit
import Testing

@testable import Wasm

// Goal: whatever the translator folds, fuses and defers, a program means what it says.
// Method: random programs over four locals and a memory; each instruction is carried out on plain
// values as it is written down, so that the expected result is known at the end. Branches have both
// arms, of which one is carried out.
@Suite("Random programs")
struct RandomProgramTests {
    @Test("give what a plain stack machine gives", arguments: 0..<20)
    func agree(seed: Int) throws {
        for round in 0..<40 {
            let start = UInt64(seed * 1_000 + round)
            var program = RandomProgram(seed: start)
            program.write(instructions: 60)
            let guest = Guest()
            let instance = try guest.instantiate(
                Guest.functions(
                    [([Wire.i32, Wire.i32, Wire.i32, Wire.i32], [Wire.i32], program.code)],
                    more: [Wire.memories([[0, 1]])]
                )
            )
            let results = try instance.invoke("f0", program.arguments.map { .i32($0) })
            #expect(results == [.i32(program.result)], "seed \(start)")
        }
    }
}

/// A program under construction, and what it has done so far.
private struct RandomProgram {
    private(set) var code: [UInt8] = []
    let arguments: [UInt32]
    private var locals: [UInt32]
    private var stack: [UInt32] = []
    private var memory = [UInt8](repeating: 0, count: 8_192)
    private var generator: SeededGenerator
    private(set) var result: UInt32 = 0

    init(seed: UInt64) {
        var source = SeededGenerator(seed: seed)
        let values = (0..<4).map { _ in UInt32(truncatingIfNeeded: source.next()) }
        generator = source
        arguments = values
        locals = values
    }

    mutating func write(instructions: Int) {
        for _ in 0..<instructions { step(depth: 0) }
        while stack.count > 1 { binary(0x73) }
        if stack.isEmpty { constant() }
        for local in 0..<4 {
            get(local)
            binary(0x73)
        }
        result = stack.removeLast()
    }

    private mutating func random(_ count: Int) -> Int {
        Int.random(in: 0..<count, using: &generator)
    }

    private mutating func step(depth: Int) {
        switch random(20) {
        case 0...3: get(random(4))
        case 4, 5: constant()
        case 6...10 where stack.count >= 2:
            binary(
                [0x6A, 0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x76, 0x46, 0x48, 0x4D][random(12)]
            )
        case 11...12 where !stack.isEmpty: set(random(4), isTee: false)
        case 13 where !stack.isEmpty: set(random(4), isTee: true)
        case 14...15 where !stack.isEmpty: load()
        case 16 where stack.count >= 2: store()
        case 17 where stack.count >= 3: select()
        case 18 where !stack.isEmpty && depth < 3: conditional(depth: depth)
        case 19 where !stack.isEmpty:
            code.append(0x45)
            stack[stack.count - 1] = stack[stack.count - 1] == 0 ? 1 : 0
        default: get(random(4))
        }
    }

    private mutating func constant() {
        let value =
            random(3) == 0 ? UInt32(truncatingIfNeeded: generator.next()) : UInt32(random(64))
        constant(value)
    }

    private mutating func constant(_ value: UInt32) {
        code += [0x41] + Wire.signed(Int64(Int32(bitPattern: value)))
        stack.append(value)
    }

    private mutating func get(_ local: Int) {
        code += [0x20, UInt8(local)]
        stack.append(locals[local])
    }

    private mutating func set(_ local: Int, isTee: Bool) {
        code += [isTee ? 0x22 : 0x21, UInt8(local)]
        locals[local] = stack[stack.count - 1]
        if !isTee { stack.removeLast() }
    }

    private mutating func binary(_ opcode: UInt8) {
        code.append(opcode)
        let y = stack.removeLast()
        let x = stack.removeLast()
        let value: UInt32 =
            switch opcode {
            case 0x6A: x &+ y
            case 0x6B: x &- y
            case 0x6C: x &* y
            case 0x71: x & y
            case 0x72: x | y
            case 0x73: x ^ y
            case 0x74: x &<< y
            case 0x76: x &>> y
            case 0x46: x == y ? 1 : 0
            case 0x48: Int32(bitPattern: x) < Int32(bitPattern: y) ? 1 : 0
            default: x <= y ? 1 : 0
            }
        stack.append(value)
    }

    /// Brings the top into the memory, often as the sum of a scaled index and a base.
    private mutating func address() {
        constant(0xFFC)
        binary(0x71)
        switch random(4) {
        case 0:
            constant(UInt32(random(64)))
            binary(0x6A)
        case 1:
            constant(1)
            binary(0x74)
        case 2:
            // The constants of an array: kept in a local so that the sum is of a slot.
            let local = random(4)
            set(local, isTee: false)
            get(local)
            constant(UInt32(random(64)) * 4)
            binary(0x6A)
        default: break
        }
    }

    private mutating func load() {
        address()
        let offset = random(2) == 0 ? 0 : 4
        let place = Int(stack.removeLast()) + offset
        if random(2) == 0 {
            code += [0x28, 2, UInt8(offset)]
            stack.append((0..<4).reduce(0) { $0 | UInt32(memory[place + $1]) << UInt32($1 * 8) })
        } else {
            code += [0x2D, 0, UInt8(offset)]
            stack.append(UInt32(memory[place]))
        }
    }

    /// The address is made first, so that it waits while the value is computed.
    private mutating func store() {
        address()
        let place = Int(stack.removeLast())
        let depth = stack.count
        get(random(4))
        if random(2) == 0 {
            get(random(4))
            binary(0x6A)
        } else if random(2) == 0 {
            set(random(4), isTee: true)
        }
        let value = stack.removeLast()
        precondition(stack.count == depth)
        code += [0x36, 2, 0]
        for byte in 0..<4 {
            memory[place + byte] = UInt8(truncatingIfNeeded: value >> UInt32(byte * 8))
        }
    }

    private mutating func select() {
        code.append(0x1B)
        let condition = stack.removeLast()
        let y = stack.removeLast()
        let x = stack.removeLast()
        stack.append(condition != 0 ? x : y)
    }

    /// `if` with a result: each arm leaves one value more than it found.
    private mutating func conditional(depth: Int) {
        code += [0x04, Wire.i32]
        let isTaken = stack.removeLast() != 0
        let outer = stack
        let before = (locals, memory)
        arm(depth: depth, outer)
        let first = (locals, memory, stack[0])
        (locals, memory) = before
        code.append(0x05)
        arm(depth: depth, outer)
        let second = (locals, memory, stack[0])
        code.append(0x0B)
        let kept = isTaken ? first : second
        (locals, memory) = (kept.0, kept.1)
        stack = outer + [kept.2]
    }

    private mutating func arm(depth: Int, _ outer: [UInt32]) {
        stack = []
        for _ in 0..<6 { step(depth: depth + 1) }
        if stack.isEmpty { constant() }
        while stack.count > 1 { binary(0x73) }
    }
}
