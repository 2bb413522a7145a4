/// Runs a filter as the kernel would: classic BPF over the facts of one system call.
///
/// Source: Linux, Documentation/networking/filter.rst and linux/seccomp.h (struct seccomp_data).
struct Machine {
    let program: [UInt8]

    /// What a filter can see of a call.
    struct Call {
        var architecture: UInt32
        var number: Int32
        var arguments: [UInt64] = []
    }

    enum Fault: Error {
        case unknownInstruction(UInt16)
        case outside(Int)
    }

    static let killProcess: UInt32 = 0x8000_0000
    static let allow: UInt32 = 0x7FFF_0000

    /// The filter's answer.
    func run(_ call: Call) throws -> UInt32 {
        let data = bytes(of: call)
        var accumulator: UInt32 = 0
        var place = 0
        while true {
            guard place * 8 + 8 <= program.count else { throw Fault.outside(place) }
            let code = UInt16(word(place * 8, 2))
            let ifTrue = Int(program[place * 8 + 2])
            let ifFalse = Int(program[place * 8 + 3])
            let constant = UInt32(word(place * 8 + 4, 4))
            place += 1
            switch code {
            case 0x20: accumulator = load(data, Int(constant))
            case 0x54: accumulator &= constant
            case 0x05: place += Int(constant)
            case 0x15: place += accumulator == constant ? ifTrue : ifFalse
            case 0x25: place += accumulator > constant ? ifTrue : ifFalse
            case 0x35: place += accumulator >= constant ? ifTrue : ifFalse
            case 0x06: return constant
            default: throw Fault.unknownInstruction(code)
            }
        }
    }

    private func word(_ start: Int, _ count: Int) -> UInt64 {
        program[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func load(_ data: [UInt8], _ start: Int) -> UInt32 {
        data[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func bytes(of call: Call) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ value: UInt64, _ count: Int) {
            bytes += (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        }
        add(UInt64(UInt32(bitPattern: call.number)), 4)
        add(UInt64(call.architecture), 4)
        add(0, 8)
        for index in 0..<6 { add(index < call.arguments.count ? call.arguments[index] : 0, 8) }
        return bytes
    }
}
