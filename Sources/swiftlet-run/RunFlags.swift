import Host
import Wasm

/// The command line of `swiftlet-run`.
struct RunFlags {
    /// What to run, and with what.
    var command: RunnerCommand
    /// Whether and how to tell afterwards what it cost.
    var statistics: Statistics.Form?
    /// What modules may use.
    var features = WasmFeatures.usual

    /// Bytes of translated code; `nil` for a part of the memory limit.
    var codeLimitBytes: UInt64?

    static let parser = FlagParser(
        program: "swiftlet-run",
        summary: "Runs a WebAssembly module with WASI preview 1; its exit code is the guest's.",
        operands: "MODULE [ARG…]",
        flags: [
            .init("--env", .required("K=V"), isRepeatable: true, help: "a variable for the guest"),
            .init(
                "--dir",
                .required("HOST::GUEST[:ro]"),
                isRepeatable: true,
                help: "a folder for the guest; `HOST` alone keeps its name"
            ),
            .init("--memory-limit", .required("BYTES"), help: "all memories together, like 64Mi"),
            .init(
                "--code-limit",
                .required("BYTES"),
                help: "translated code, of the memory; a fourth without this"
            ),
            .init("--fuel", .required("N"), help: "instructions that the guest may execute"),
            .init(
                "--cpu-limit",
                .required("CORES"),
                help: "share of a processor, like 250m or 0.25"
            ),
            .init("--time-limit", .required("TIME"), help: "how long it may run, like 10s"),
            .init("--stats", .optional("json"), help: "tells on standard error what it cost"),
            .init(
                "--wasm-features",
                .required("LIST"),
                help: "switches features: -simd,-threads,…; `help` lists them"
            ),
            .init("--address", .required("IP"), help: "what it gets when it binds all addresses"),
            .init(
                "--listen",
                .required("PORT"),
                isRepeatable: true,
                help: "a port it may open, like tcp/80 or udp/53/5353; any without this"
            ),
            .init(
                "--connect",
                .required("HOST:PORT"),
                isRepeatable: true,
                help: "where it may connect, like *.example.com:443; anywhere without this"
            ),
            .init("--no-network", .none, help: "it can neither listen nor connect"),
            .init("--invoke", .required("NAME"), help: "calls this export instead of _start"),
            .init("--flags-fd", .required("N"), help: "reads all of this from a descriptor"),
        ]
    )

    init(_ parsed: ParsedFlags) throws(FlagError) {
        switch parsed.value("--stats") {
        case nil: statistics = parsed.has("--stats") ? .text : nil
        case "json": statistics = .json
        case let other?: throw .malformed(flag: "--stats", value: other, wanted: "json")
        }
        if let list = parsed.value("--wasm-features") {
            guard let parsed = WasmFeatures.parse(list) else {
                throw .malformed(
                    flag: "--wasm-features",
                    value: list,
                    wanted: "names of --wasm-features=help, each with + or - before it"
                )
            }
            features = parsed
        }
        guard let module = parsed.operands.first else { throw .missingOperand("MODULE") }
        command = RunnerCommand(modulePath: module, arguments: parsed.operands)
        for variable in parsed.values("--env") {
            guard let mark = variable.firstIndex(of: "="), mark != variable.startIndex else {
                throw .malformed(flag: "--env", value: variable, wanted: "K=V")
            }
        }
        command.environment = parsed.values("--env")
        for text in parsed.values("--dir") { command.directories.append(try Self.directory(text)) }
        command.memoryLimitBytes = try parsed.byteCount("--memory-limit")
        codeLimitBytes = try parsed.byteCount("--code-limit")
        command.fuel = try parsed.number("--fuel")
        if let text = parsed.value("--cpu-limit") {
            guard let millicores = ProcessorShare.millicores(text) else {
                throw .malformed(
                    flag: "--cpu-limit",
                    value: text,
                    wanted: "cores, like 250m or 0.25"
                )
            }
            command.processorMillicoresMax = millicores
        }
        command.timeLimitNanoseconds = try parsed.nanoseconds("--time-limit")
        command.invoke = parsed.value("--invoke")
        command.network = try NetworkFlags.network(parsed)
    }

    /// A line for each feature: its name, and whether it is on.
    static var featureList: String {
        WasmFeatures.names
            .map { "\($0.name) \(WasmFeatures.usual.contains($0.feature) ? "on" : "off")\n" }
            .joined()
    }

    /// `HOST`, `HOST::GUEST`, each with `:ro` behind it or not.
    static func directory(_ text: String) throws(FlagError) -> RunnerCommand.Directory {
        let isReadOnly = text.hasSuffix(":ro")
        let places = isReadOnly ? text.dropLast(3) : Substring(text)
        // Why not firstRange(of:): it brings the standard library's regular expressions, 1 MB.
        let mark = places.indices.first { places[$0...].hasPrefix("::") }
        let host = mark.map { places[..<$0] } ?? places
        let guest = mark.map { places[$0...].dropFirst(2) } ?? places
        guard !host.isEmpty, !guest.isEmpty else {
            throw .malformed(flag: "--dir", value: text, wanted: "HOST::GUEST")
        }
        return .init(host: String(host), guest: String(guest), isReadOnly: isReadOnly)
    }
}
