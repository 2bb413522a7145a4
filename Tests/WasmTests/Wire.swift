/// Writes modules byte by byte, for tests that want exactly these bytes.
enum Wire {
    static let preamble: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00]

    /// A section of a module.
    struct Section {
        var id: UInt8
        var contents: [UInt8]
    }

    /// A module of `sections`, in this order.
    static func module(_ sections: [Section]) -> [UInt8] {
        preamble + sections.flatMap { [$0.id] + unsigned($0.contents.count) + $0.contents }
    }

    static func unsigned(_ value: Int) -> [UInt8] {
        var rest = UInt64(value)
        var bytes: [UInt8] = []
        repeat {
            let low = UInt8(rest & 0x7F)
            rest >>= 7
            bytes.append(rest == 0 ? low : low | 0x80)
        } while rest != 0
        return bytes
    }

    static func signed(_ value: Int64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while true {
            let low = UInt8(truncatingIfNeeded: rest & 0x7F)
            rest >>= 7
            let isLast = rest == 0 && low & 0x40 == 0 || rest == -1 && low & 0x40 != 0
            bytes.append(isLast ? low : low | 0x80)
            if isLast { return bytes }
        }
    }

    static func name(_ text: String) -> [UInt8] {
        unsigned(text.utf8.count) + Array(text.utf8)
    }

    /// A count and the items.
    static func list(_ items: [[UInt8]]) -> [UInt8] {
        unsigned(items.count) + items.flatMap { $0 }
    }

    static func functionType(_ parameters: [UInt8], _ results: [UInt8]) -> [UInt8] {
        [0x60] + unsigned(parameters.count) + parameters + unsigned(results.count) + results
    }

    /// A body without locals; `end` is added.
    static func body(_ code: [UInt8]) -> [UInt8] {
        unsigned(code.count + 2) + [0] + code + [0x0B]
    }

    static func custom(_ title: String, _ contents: [UInt8]) -> Section {
        Section(id: 0, contents: name(title) + contents)
    }

    static func types(_ items: [[UInt8]]) -> Section { Section(id: 1, contents: list(items)) }
    static func imports(_ items: [[UInt8]]) -> Section { Section(id: 2, contents: list(items)) }
    static func functions(_ types: [Int]) -> Section {
        Section(id: 3, contents: list(types.map { unsigned($0) }))
    }
    static func tables(_ items: [[UInt8]]) -> Section { Section(id: 4, contents: list(items)) }
    static func memories(_ items: [[UInt8]]) -> Section { Section(id: 5, contents: list(items)) }
    static func globals(_ items: [[UInt8]]) -> Section { Section(id: 6, contents: list(items)) }
    static func exports(_ items: [(String, UInt8, Int)]) -> Section {
        Section(id: 7, contents: list(items.map { name($0.0) + [$0.1] + unsigned($0.2) }))
    }
    static func start(_ index: Int) -> Section { Section(id: 8, contents: unsigned(index)) }
    static func elements(_ items: [[UInt8]]) -> Section { Section(id: 9, contents: list(items)) }
    static func code(_ bodies: [[UInt8]]) -> Section { Section(id: 10, contents: list(bodies)) }
    static func data(_ items: [[UInt8]]) -> Section { Section(id: 11, contents: list(items)) }
    static func dataCount(_ count: Int) -> Section { Section(id: 12, contents: unsigned(count)) }
    static func tags(_ items: [[UInt8]]) -> Section { Section(id: 13, contents: list(items)) }

    static func importEntry(_ module: String, _ field: String, _ type: [UInt8]) -> [UInt8] {
        name(module) + name(field) + type
    }

    static let i32: UInt8 = 0x7F
    static let i64: UInt8 = 0x7E
    static let f32: UInt8 = 0x7D
    static let f64: UInt8 = 0x7C
    static let v128: UInt8 = 0x7B
    static let funcref: UInt8 = 0x70
    static let externref: UInt8 = 0x6F
    /// `i32.const 0 end`.
    static let zero: [UInt8] = [0x41, 0, 0x0B]
}
