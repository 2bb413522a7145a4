import Testing

@testable import Wasm

// Goal: a trap can name its functions, and a damaged name section costs the names only.
@Suite("Names of functions")
struct FunctionNamesTests {
    private func module(_ section: [UInt8]) throws -> Module {
        let bytes = Wire.module([Wire.custom("name", section)])
        return try Module(bytes: ModuleBytes(copying: bytes))
    }

    private func subsection(_ id: UInt8, _ contents: [UInt8]) -> [UInt8] {
        [id] + Wire.unsigned(contents.count) + contents
    }

    private func functions(_ names: [(Int, String)]) -> [UInt8] {
        subsection(1, Wire.list(names.map { Wire.unsigned($0.0) + Wire.name($0.1) }))
    }

    @Test("a name is found by its function's index, behind other subsections")
    func found() throws {
        let section = subsection(0, Wire.name("app")) + functions([(0, "main"), (300, "épée")])
        let module = try module(section)
        #expect(module.functionName(0) == "main")
        #expect(module.functionName(300) == "épée")
        #expect(module.functionName(1) == nil)
    }

    @Test("no section, no names")
    func absent() throws {
        let module = try Module(bytes: ModuleBytes(copying: Wire.module([])))
        #expect(module.functionName(0) == nil)
    }

    @Test("a section cut at any byte gives names or none, never an error")
    func cut() throws {
        let whole = functions([(0, "main"), (1, "other")])
        for length in 0..<whole.count {
            let module = try module(Array(whole[..<length]))
            #expect([nil, "main"].contains(module.functionName(0)))
        }
    }

    @Test("a count beyond the section ends the search")
    func lies() throws {
        let module = try module(subsection(1, Wire.unsigned(4_000_000_000) + [5]))
        #expect(module.functionName(7) == nil)
    }

    @Test("a long name is cut, and control characters do not reach the terminal")
    func hostile() throws {
        let long = String(repeating: "x", count: 10_000)
        let module = try module(functions([(0, long), (1, "a\u{1B}[2Jb\n")]))
        #expect(module.functionName(0)?.utf8.count == FunctionNames.byteCountMax)
        #expect(module.functionName(1) == "a?[2Jb?")
    }
}
