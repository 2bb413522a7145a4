import TestKit
import Testing

// Goal: the interpreter is threaded code in every build: each handler ends by jumping to the next
// one, with no stack frame and no call on the way. The compiler promises none of this, so we look.
// Method: disassemble this test's own program, and the handlers as the toolchain compiles them for
// AArch64 with its embedded library; read both line by line.
@Suite("Machine code of the handlers")
struct HandlerCodeTests {
    @Test(
        "on x86-64 every handler ends in an indirect jump and needs no frame and no call",
        .enabled(if: Requirement.objdump.isMet, Comment(rawValue: Requirement.objdump.comment))
    )
    func nativeCode() throws {
        #if arch(x86_64)
        let program = try #require(CommandLine.arguments.first)
        let bodies = try NativeHandlers.read(program: program)
        #expect(bodies.count > 1_000, "only \(bodies.count) handlers found in \(program)")
        let listed = try HandlerExceptions.load()
        for (name, lines) in bodies.sorted(by: { $0.key < $1.key }) {
            let faults = NativeHandlers.faults(lines)
            if listed.contains(name) { continue }
            #expect(faults.isEmpty, "\(name): \(faults.joined(separator: ", "))")
        }
        #expect(VectorInstruction.missing(in: bodies, \.native) == [])
        #endif
    }

    /// What all handlers may take, vectors included. x86-64 has longer instructions, and on its oldest
    /// machines, for which we compile, more of them for floats and vectors.
    #if arch(x86_64)
    private static let byteCountMax = 65_000
    #else
    private static let byteCountMax = armByteCountMax
    #endif
    private static let armByteCountMax = 60_000

    @Test("all handlers together have the size that they may")
    func size() throws {
        let program = try #require(CommandLine.arguments.first)
        let objdump = try Requirement.objdump.path()
        let symbols = try run(objdump, ["-t", program]).standardOutput
        let sizes = symbols.split(separator: "\n").compactMap { line -> Int? in
            // The generator's own main is no handler.
            guard line.contains(" wasm_"), !line.contains(" wasm_handlers_main") else { return nil }
            // Address, two flags, section, size.
            return line.split { $0 == " " || $0 == "\t" }.dropFirst(4).first.flatMap {
                Int($0, radix: 16)
            }
        }
        let total = sizes.reduce(0, +)
        #expect(
            !sizes.isEmpty && total < Self.byteCountMax,
            "\(sizes.count) handlers, \(total) bytes"
        )
    }

    @Test(
        "on AArch64 every handler ends in a branch to a register and touches no stack",
        .enabled(if: swiftc.isMet, Comment(rawValue: swiftc.comment))
    )
    func armCode() throws {
        try withScratchDirectory { scratch in
            let assembly = scratch + "/handlers.s"
            let sources = try HandlerSources.list(scratch: scratch)
            let result = try run(
                try swiftc.path(),
                [
                    "-target", "aarch64-none-none-elf", "-enable-experimental-feature", "Embedded",
                    "-wmo", "-parse-as-library", "-O", "-module-name", "Wasm", "-emit-assembly",
                    "-o", assembly,
                ] + sources,
                timeoutSeconds: 600
            )
            #expect(result.exitCode == 0, "\(result.standardError.prefix(2_000))")
            let bodies = ARMHandlers.split(try readFile(assembly))
            #expect(bodies.count > 1_000, "only \(bodies.count) handlers in the assembly")
            let listed = try HandlerExceptions.load()
            for (name, lines) in bodies.sorted(by: { $0.key < $1.key }) where !listed.contains(name)
            {
                let faults = ARMHandlers.faults(lines)
                #expect(faults.isEmpty, "\(name): \(faults.joined(separator: ", "))")
            }
            #expect(VectorInstruction.missing(in: bodies, \.arm) == [])
            let byteCount = bodies.values.reduce(0) { $0 + $1.count } * 4
            #expect(byteCount < Self.armByteCountMax, "\(bodies.count) handlers")
        }
    }

    @Test("what the generator writes is what is checked in")
    func generated() throws {
        let program = try #require(
            CommandLine.arguments.first?.split(separator: "/", omittingEmptySubsequences: false)
                .dropLast().joined(separator: "/")
        )
        let result = try run(
            program + "/wasm-handlers",
            ["--check", repositoryRoot + "/Sources/Wasm/Execute/Generated"]
        )
        #expect(result.exitCode == 0, "\(result.standardError)")
    }
}

private let swiftc = Requirement.program("swiftc", variable: "SWIFTLET_SWIFTC", candidates: [])

/// The handlers that need not have the form of the others.
private enum HandlerExceptions {
    static func load() throws -> Set<String> {
        let text = try readFile(repositoryRoot + "/Tests/Limits/handlers.txt")
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Set(lines.compactMap { $0.split(separator: ":").first.map(String.init) })
    }
}

/// Handlers as objdump shows them.
private enum NativeHandlers {
    /// Instructions by name of handler.
    static func read(program: String) throws -> [String: [Substring]] {
        let objdump = try Requirement.objdump.path()
        let symbols = try run(objdump, ["-t", program]).standardOutput
        let addresses = symbols.split(separator: "\n").compactMap { line -> UInt64? in
            guard line.contains(" wasm_") else { return nil }
            return line.split(separator: " ").first.flatMap { UInt64($0, radix: 16) }
        }
        let first = try #require(addresses.min())
        let last = try #require(addresses.max())
        let text = try run(
            objdump,
            [
                "-d", "--no-show-raw-insn", "--start-address=\(first)",
                "--stop-address=\(last + 512)", program,
            ],
            timeoutSeconds: 300
        ).standardOutput
        return split(text)
    }

    private static func split(_ text: String) -> [String: [Substring]] {
        var bodies: [String: [Substring]] = [:]
        var name: String?
        for line in text.split(separator: "\n") {
            if line.hasSuffix(">:"), let start = line.firstIndex(of: "<") {
                let symbol = line[line.index(after: start)...].dropLast(2)
                name =
                    symbol.hasPrefix("wasm_") && symbol != "wasm_handlers_main"
                    ? String(symbol.dropFirst(5)) : nil
            } else if let name, let colon = line.firstIndex(of: ":") {
                let instruction = line[line.index(after: colon)...].drop { $0 == "\t" || $0 == " " }
                bodies[name, default: []].append(instruction)
            }
        }
        return bodies
    }

    static func faults(_ lines: [Substring]) -> [String] {
        var faults: [String] = []
        // Equal handlers may be one body, and traps are reached by a jump.
        let ends = lines.contains { $0.hasPrefix("jmp    *") }
        let isTwin = lines.filter { !$0.hasPrefix("nop") && !$0.contains("nopw") }.allSatisfy {
            $0.hasPrefix("jmp") || $0.hasPrefix("mov") || $0.hasPrefix("xchg")
                || $0.hasPrefix("cs ")
                || $0.hasPrefix("data16")
        }
        if !ends && !isTwin { faults.append("no indirect jump") }
        for line in lines {
            if line.hasPrefix("push") || (line.hasPrefix("sub") && line.hasSuffix(",%rsp")) {
                faults.append("frame: \(line)")
            }
            if line.hasPrefix("call") { faults.append("\(line)") }
            if line.hasPrefix("ud2") { faults.append("a check that can stop the host") }
        }
        return faults
    }
}

/// The sources of the handlers, which need nothing else of the module.
private enum HandlerSources {
    static func list(scratch: String) throws -> [String] {
        let folder = repositoryRoot + "/Sources/Wasm/"
        let found = try run(
            "/bin/sh",
            [
                "-c",
                "cd \(folder)Execute && ls -d $PWD/Generated/*.swift $PWD/*Support.swift $PWD/Vector*.swift | sort -u",
            ]
        )
        // Without a use of the table the compiler would throw all handlers away.
        let root = scratch + "/Root.swift"
        try writeFile(
            root,
            "public func root(_ table: UnsafeMutableRawPointer) {\n"
                + "    fillHandlers(table.assumingMemoryBound(to: Handler.self))\n}\n"
        )
        return found.standardOutput.split(separator: "\n").map(String.init)
            + [folder + "Runtime/Entities.swift", folder + "Runtime/TrapReason.swift", root]
    }
}

/// Handlers as the compiler writes them for AArch64.
private enum ARMHandlers {
    static func split(_ text: String) -> [String: [Substring]] {
        var bodies: [String: [Substring]] = [:]
        var name: String?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("wasm_"), let colon = line.firstIndex(of: ":") {
                name = String(line[..<colon].dropFirst(5))
            } else if line.hasPrefix(".Lfunc_end") {
                name = nil
            } else if let name, line.hasPrefix("\t"), !line.hasPrefix("\t.") {
                bodies[name, default: []].append(line.dropFirst())
            }
        }
        return bodies
    }

    static func faults(_ lines: [Substring]) -> [String] {
        var faults: [String] = []
        let jumps = lines.contains { $0.hasPrefix("br\t") }
        let isTwin = lines.allSatisfy { $0.hasPrefix("b\t") || $0.hasPrefix("mov\t") }
        if !jumps && !isTwin { faults.append("no branch to a register") }
        for line in lines {
            if line.contains("[sp") || line.hasPrefix("sub\tsp") { faults.append("stack: \(line)") }
            if line.hasPrefix("bl\t") || line.hasPrefix("blr\t") { faults.append("call: \(line)") }
            if line.hasPrefix("brk") { faults.append("a check that can stop the host") }
        }
        return faults
    }
}
