import TestKit
import Wasm

/// Runs one script in one store.
package struct ScriptRunner {
    /// What came of a script.
    package struct Report: Sendable {
        package var passedCount = 0
        /// Assertions on binary modules.
        package var assertionCount = 0
        /// Assertions on text modules, left out.
        package var skippedCount = 0
        /// Each with its line in the script.
        package var failures: [String] = []
    }

    private let script: Script
    private let store: Store
    private var imports = Imports()
    private var current: Instance?
    private var instances: [String: Instance] = [:]
    private var definitions: [String: Module] = [:]
    private var currentDefinition: Module?

    init(_ script: Script, fuel: UInt64?) throws {
        self.script = script
        let store = Store(limits: ResourceLimits(memoryBytes: 6 << 30, fuel: fuel))
        self.store = store
        try Spectest.define(in: &imports, of: store, isShared: script.set == "threads")
    }

    /// Runs all commands, the later ones even when earlier ones fail; with `fuel`, on code that counts it.
    ///
    /// `prepare` is given the store before anything is in it.
    package static func run(
        _ script: Script,
        fuel: UInt64? = nil,
        prepare: (Store) -> Void = { _ in }
    ) throws -> Report {
        var report = Report()
        var runner = try ScriptRunner(script, fuel: fuel)
        prepare(runner.store)
        for command in try script.commands() {
            if command.isTextAssertion {
                report.skippedCount += 1
                continue
            }
            let problem = runner.run(command)
            if command.isAssertion { report.assertionCount += 1 }
            if let problem {
                report.failures.append("\(script.set)/\(script.name):\(command.line): \(problem)")
            } else if command.isAssertion {
                report.passedCount += 1
            }
        }
        return report
    }

    /// What is wrong, or `nil` when all went as the command says.
    private mutating func run(_ command: Command) -> String? {
        do {
            return try perform(command.kind)
        } catch {
            return "\(error)"
        }
    }

    private mutating func perform(_ kind: Command.Kind) throws -> String? {
        switch kind {
        case .module(let file, let name): try instantiate(file, name)
        case .definition(let file, let name): try define(file, name)
        case .instance(let name, let module): try instantiateDefinition(name, module)
        case .register(let name, let alias): try register(name, alias)
        case .action(let action): _ = try perform(action)
        case .assertReturn(let action, let expected): return try assertReturn(action, expected)
        case .assertTrap(let action, let text), .assertExhaustion(let action, let text):
            return assertTrap(text) { runner throws(ScriptError) in try runner.perform(action) }
        case .assertException(let action): return assertException(action)
        case .assertInvalid(let file, let text): return try assertRefused(file, .invalid, text)
        case .assertMalformed(let file, let text): return try assertRefused(file, .malformed, text)
        case .assertUnlinkable(let file, let text): return try assertUnlinkable(file, text)
        case .assertUninstantiable(let file, let text):
            let module = try load(file)
            return assertTrap(text) { runner throws(ScriptError) in
                do throws(InstantiationError) {
                    _ = try runner.store.instantiate(module, imports: runner.imports)
                } catch { throw ScriptError(error) }
                return []
            }
        case .unknown(let type): return "unknown command \(type)"
        }
        return nil
    }
}

/// Either a trap, or a sentence about what stopped a command.
enum ScriptError: Error {
    case trap(Trap)
    case other(String)

    init(_ error: InstantiationError) {
        if case .trap(let trap) = error { self = .trap(trap) } else { self = .other("\(error)") }
    }
}

extension ScriptRunner {
    /// What the script was written for: the threads proposal knows one memory only.
    private var features: WasmFeatures {
        script.set == "threads"
            ? WasmFeatures.all.subtracting(.multipleMemories) : .version3
    }

    private func load(_ file: ModuleFile) throws -> Module {
        let bytes = try script.bytes(try required(file.binary, "a binary module"))
        let module = try Module(
            bytes: ModuleBytes(copying: bytes),
            features: features
        )
        try module.validateAllBodies()
        return module
    }

    private mutating func instantiate(_ file: ModuleFile, _ name: String?) throws {
        // Commands that follow must not run on the module before.
        current = nil
        currentDefinition = nil
        try become(try load(file), name)
    }

    private mutating func become(_ module: Module, _ name: String?) throws {
        let instance = try store.instantiate(module, imports: imports)
        current = instance
        if let name { instances[name] = instance }
    }

    private mutating func define(_ file: ModuleFile, _ name: String?) throws {
        let module = try load(file)
        currentDefinition = module
        if let name { definitions[name] = module }
    }

    private mutating func instantiateDefinition(_ name: String?, _ module: String?) throws {
        let definition = module.map { definitions[$0] } ?? currentDefinition
        try become(try required(definition, "module \(module ?? "")"), name)
    }

    private mutating func register(_ name: String?, _ alias: String) throws {
        imports.define(alias, try instance(name))
    }

    private func instance(_ name: String?) throws -> Instance {
        try required(name.map { instances[$0] } ?? current, "instance \(name ?? "")")
    }

    private func perform(_ action: Action) throws(ScriptError) -> [Value] {
        guard let instance = try? instance(action.instance) else {
            throw .other("no instance \(action.instance ?? "")")
        }
        do throws(Trap) {
            if action.isInvocation {
                return try instance.invoke(action.field, action.arguments)
            }
        } catch { throw .trap(error) }
        guard case .global(let global) = instance.export(action.field) else {
            throw .other("no global \(action.field)")
        }
        return [global.value]
    }

    private func assertReturn(_ action: Action, _ expected: [Expectation]) throws -> String? {
        let results = try perform(action)
        guard results.count == expected.count,
            zip(expected, results).allSatisfy({ $0.matches($1) })
        else { return "\(action.field) gave \(results), expected \(expected)" }
        return nil
    }

    private func assertTrap(
        _ text: String,
        _ body: (ScriptRunner) throws(ScriptError) -> [Value]
    ) -> String? {
        do throws(ScriptError) {
            return "gave \(try body(self)), expected the trap \(text)"
        } catch {
            guard case .trap(let trap) = error else { return "\(error)" }
            let actual = trap.reason.description
            return Self.agree(actual, text) ? nil : "trapped: \(actual), expected: \(text)"
        }
    }

    private func assertException(_ action: Action) -> String? {
        assertTrap("unhandled exception") { runner throws(ScriptError) in
            try runner.perform(action)
        }
    }

    /// The suite's texts may say more, or less, than the trap: `uninitialized element 2`.
    private static func agree(_ actual: String, _ text: String) -> Bool {
        text.hasPrefix(actual) || actual.hasPrefix(text)
    }

    private func assertRefused(
        _ file: ModuleFile,
        _ kind: ModuleError.Kind,
        _ text: String
    ) throws -> String? {
        do {
            _ = try load(file)
            return "accepted, expected \(kind): \(text)"
        } catch let error as ModuleError {
            return error.kind == kind ? nil : "\(error), expected \(kind): \(text)"
        }
    }

    private func assertUnlinkable(_ file: ModuleFile, _ text: String) throws -> String? {
        let module = try load(file)
        do throws(InstantiationError) {
            _ = try store.instantiate(module, imports: imports)
            return "linked, expected: \(text)"
        } catch {
            guard case .link(_, _, let message) = error else {
                return "\(error), expected: \(text)"
            }
            return message.hasPrefix(text) ? nil : "\(message), expected: \(text)"
        }
    }
}
