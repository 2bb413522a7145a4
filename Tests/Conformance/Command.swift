import Documents
import TestKit
import Wasm

/// One command of a script.
struct Command {
    enum Kind {
        /// Instantiates a module, which is then the current one.
        case module(ModuleFile, name: String?)
        case definition(ModuleFile, name: String?)
        case instance(name: String?, module: String?)
        case register(instance: String?, as: String)
        case action(Action)
        case assertReturn(Action, [Expectation])
        case assertTrap(Action, text: String)
        case assertExhaustion(Action, text: String)
        case assertException(Action)
        case assertInvalid(ModuleFile, text: String)
        case assertMalformed(ModuleFile, text: String)
        case assertUnlinkable(ModuleFile, text: String)
        case assertUninstantiable(ModuleFile, text: String)
        case unknown(String)
    }

    /// In the script's source.
    let line: Int64
    let kind: Kind

    /// Whether it belongs to the suite's count of assertions.
    var isAssertion: Bool {
        switch kind {
        case .module, .definition, .instance, .register, .action: false
        case .assertReturn, .assertTrap, .assertExhaustion, .assertException, .assertInvalid,
            .assertMalformed, .assertUnlinkable, .assertUninstantiable, .unknown:
            true
        }
    }

    /// Whether it tests a parser of the text format, which we do not have.
    var isTextAssertion: Bool {
        switch kind {
        case .assertInvalid(let file, _), .assertMalformed(let file, _),
            .assertUnlinkable(let file, _), .assertUninstantiable(let file, _):
            file.isText
        case .module, .definition, .instance, .register, .action, .assertReturn, .assertTrap,
            .assertExhaustion, .assertException, .unknown:
            false
        }
    }

    init(_ document: Document) throws {
        line = document["line"]?.integer ?? 0
        kind = try Self.kind(document)
    }

    private static func kind(_ document: Document) throws -> Kind {
        func action() throws -> Action {
            try Action(try required(document["action"], "action"))
        }
        func file() throws -> ModuleFile { try ModuleFile(document) }
        let text = document["text"]?.string ?? ""
        let name = document["name"]?.string
        switch try required(document["type"]?.string, "type") {
        case "module": return .module(try file(), name: name)
        case "module_definition": return .definition(try file(), name: name)
        case "module_instance":
            return .instance(
                name: document["instance"]?.string,
                module: document["module"]?.string
            )
        case "register":
            return .register(instance: name, as: try required(document["as"]?.string, "as"))
        case "action": return .action(try action())
        case "assert_return":
            let expected = try required(document["expected"]?.array, "expected")
            return .assertReturn(try action(), try expected.map { try Expectation($0) })
        case "assert_trap": return .assertTrap(try action(), text: text)
        case "assert_exhaustion": return .assertExhaustion(try action(), text: text)
        case "assert_exception": return .assertException(try action())
        case "assert_invalid": return .assertInvalid(try file(), text: text)
        case "assert_malformed": return .assertMalformed(try file(), text: text)
        case "assert_unlinkable": return .assertUnlinkable(try file(), text: text)
        case "assert_uninstantiable": return .assertUninstantiable(try file(), text: text)
        case let type: return .unknown(type)
        }
    }
}

/// A module's file beside its script.
struct ModuleFile {
    let isText: Bool
    /// `nil` when there is none in the binary format.
    let binary: String?

    init(_ document: Document) throws {
        isText = document["module_type"]?.string == "text"
        binary =
            isText
            ? document["binary_filename"]?.string
            : try required(document["filename"]?.string, "filename")
    }
}

/// A call of an export, or the reading of a global.
struct Action {
    let isInvocation: Bool
    /// The name of the instance; `nil` is the current one.
    let instance: String?
    let field: String
    let arguments: [Value]

    init(_ document: Document) throws {
        let type = try required(document["type"]?.string, "action's type")
        guard type == "invoke" || type == "get" else {
            throw TestKitError(message: "unknown action \(type)")
        }
        isInvocation = type == "invoke"
        instance = document["module"]?.string
        field = try required(document["field"]?.string, "field")
            .replacing(nulMark, with: "\0")
        arguments = try (document["args"]?.array ?? []).map { argument in
            try required(try Expectation(argument).value, "a plain argument")
        }
    }
}
