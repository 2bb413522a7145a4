public import Wasm

/// The functions of WASI preview 1, for one guest.
///
/// Source: WASI preview 1, `wasi_snapshot_preview1.witx`. What a guest passes is never trusted: a bad
/// address is `fault`, a bad descriptor `badf`, a path that leads out of its folder `notcapable`.
/// Single-threaded, like the store that it serves.
public final class Preview1 {
    /// The module name that guests import from.
    public static let moduleName = "wasi_snapshot_preview1"

    let arguments: [[UInt8]]
    let environment: [[UInt8]]
    let resolver: PathResolver
    let interruption: Interruption?
    var table = DescriptorTable()
    private let standardOutput: WASIConfiguration.Output
    private let standardError: WASIConfiguration.Output
    let network: NetworkRules
    /// Which names the guest has asked about, by the addresses that they led to.
    var resolvedNames: [[UInt8]: Set<String>] = [:]

    /// Opens what the configuration names.
    ///
    /// - Throws: ``WASIError`` that names the folder or the word that will not do.
    public init(
        _ configuration: WASIConfiguration,
        interruption: Interruption? = nil
    ) throws(WASIError) {
        arguments = try Self.words(configuration.arguments, "an argument")
        environment = try Self.words(configuration.environment, "an environment variable")
        resolver = PathResolver(usesOpenat2: configuration.usesOpenat2)
        self.interruption = interruption
        standardOutput = configuration.standardOutput
        standardError = configuration.standardError
        network = configuration.network
        var entries = [
            Self.input(configuration.standardInput), Self.output(configuration.standardOutput),
            Self.output(configuration.standardError),
        ]
        let streamCount = entries.count
        for folder in configuration.folders { entries.append(try Self.folder(folder)) }
        entries += try Self.folders(
            forWorkingDirectory: configuration.workingDirectory,
            Array(entries[streamCount...]),
            resolver
        )
        for entry in entries {
            guard (try? table.add(entry)) != nil else {
                throw .folder(hostPath: "", errno: 24, reason: "too many folders")
            }
        }
    }

    /// Makes the functions that `module` asks for known to what is linked in `store`.
    public func define(in imports: inout Imports, of store: Store, for module: Module) {
        for wanted in module.imports where wanted.module == Self.moduleName {
            let type = module.functionType(of: wanted)
            guard let function = Preview1Function.function(wanted.name, type) else { continue }
            let host = HostFunction(type: function.type) { [self] call throws(Trap) in
                try function.run(self, call)
            }
            imports.define(Self.moduleName, function.name, .function(store.function(host)))
        }
    }

    /// Lets everyone see what the guest has written so far; before it waits, and when it has ended.
    public func flush() {
        standardOutput.flush()
        standardError.flush()
    }

    private static func words(_ words: [String], _ what: String) throws(WASIError) -> [[UInt8]] {
        for word in words where word.utf8.contains(0) { throw .zeroByte(in: what) }
        return words.map { Array($0.utf8) + [0] }
    }

    private static func input(_ number: Int32?) -> Descriptor {
        guard let number else {
            return Descriptor(
                kind: .empty,
                type: .characterDevice,
                rights: .stream.subtracting(.write),
                inheriting: [],
                isStandardInput: true
            )
        }
        var entry = stream(number)
        entry.rights.subtract(.write)
        entry.isStandardInput = true
        return entry
    }

    private static func output(_ output: WASIConfiguration.Output) -> Descriptor {
        switch output {
        case .descriptor(let number):
            var entry = stream(number)
            entry.rights.subtract(.read)
            return entry
        case .sink(let sink):
            return Descriptor(
                kind: .sink(sink),
                type: .characterDevice,
                rights: .stream.subtracting(.read),
                inheriting: []
            )
        }
    }

    private static func stream(_ number: Int32) -> Descriptor {
        let file = HostFile(number, isOwned: false)
        let type = (try? file.facts())?.type ?? .unknown
        return Descriptor(
            kind: .host(file),
            type: type,
            rights: type == .regularFile ? .file : .stream,
            inheriting: []
        )
    }

    private static func folder(_ folder: WASIConfiguration.Folder) throws(WASIError) -> Descriptor {
        guard !folder.guestPath.utf8.contains(0) else { throw .zeroByte(in: "a folder's name") }
        return Descriptor(
            kind: .host(try HostFile.folder(folder.hostPath)),
            type: .directory,
            rights: .directory,
            inheriting: .all,
            folderName: Array(folder.guestPath.utf8),
            isReadOnly: folder.isReadOnly
        )
    }
}
