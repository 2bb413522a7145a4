internal import Images

/// What a container is, as its annotations and its first word say it.
///
/// The annotations are those of crun and of Solo.io's images; what they leave open the file's content
/// decides, as in runwasi. Source: crun, custom-handler.c and handler-utils.c; runwasi, executor.rs.
enum WorkloadKind: Equatable, Sendable {
    /// WebAssembly, which is run.
    case webAssembly
    /// Something that this node does not run, and why.
    case unsupported(String)

    /// What a container runtime calls its containers: `container`, or `sandbox` for a pause container.
    static let typeAnnotation = "io.kubernetes.cri.container-type"
    /// The name of a handler of crun.
    static let handlerAnnotation = "run.oci.handler"
    /// `compat` or `compat-smart`.
    static let variantAnnotation = "module.wasm.image/variant"

    // Source: crun, handlers' names and aliases. Which engine is meant makes no difference here.
    private static let handlers: Set<String> = [
        "wasm", "wasmedge", "wasmtime", "wasmer", "wamr", "wasm-smart",
    ]

    /// Decides.
    ///
    /// - Parameters:
    ///   - annotations: Of the pod.
    ///   - name: The first word of the command line, with its `#FUNCTION` or without.
    ///   - content: What the file begins as; nil when there is no such file to look at.
    init(annotations: [String: String], name: String, content: ProgramKind?) {
        if annotations[Self.typeAnnotation] == "sandbox" {
            self = .unsupported("a sandbox container holds namespaces, which pods here do not have")
            return
        }
        // Whatever is said about it: a native program is never given to the interpreter, nor run.
        if content == .native {
            self = .unsupported("\(name) is a native program; swiftlet runs WebAssembly only")
            return
        }
        switch annotations[Self.handlerAnnotation] {
        case "wasm-smart": self = Self.byName(name, content)
        case let handler? where Self.handlers.contains(handler): self = .webAssembly
        case let handler?:
            self = .unsupported("\(Self.handlerAnnotation) asks for \(handler), which is not here")
        case nil:
            switch annotations[Self.variantAnnotation] {
            case "compat": self = .webAssembly
            default: self = Self.byName(name, content)
            }
        }
    }

    /// By the content where it tells; else by the end of the name, as crun does.
    private static func byName(_ name: String, _ content: ProgramKind?) -> WorkloadKind {
        let file = name.prefix { $0 != "#" }
        switch content {
        case .module: return .webAssembly
        case .component:
            return .unsupported(
                "\(name) is a component, which needs the component model; run a module"
            )
        case .native: return .unsupported("\(name) is a native program")
        case .other, nil:
            return file.hasSuffix(".wasm") || file.hasSuffix(".wat")
                ? .webAssembly
                : .unsupported("\(name) is no WebAssembly module: it does not begin with \\0asm")
        }
    }
}
