import TestKit
import Testing

// Goal: imports point down, and one outside thing has one target. Method: the drawing as a table.
@Suite("Imports")
struct ImportTests {
    /// What each target may import of ours; the manifest says the same to the compiler.
    static let drawing: [String: Set<String>] = [
        "Wasm": [],
        "WASI": ["Wasm", "CLinux"],
        "Documents": ["CJansson", "CYAML"],
        "KubeModel": ["Documents", "CCrypto"],
        "Lifecycle": ["KubeModel", "Documents"],
        "StateStore": ["KubeModel", "CSQLite", "CCrypto"],
        "Trust": ["KubeModel", "Documents", "CCrypto"],
        "Host": ["CLinux"],
        "Seccomp": ["Host", "CSeccomp"],
        "Images": ["Documents", "CCrypto", "CLinux"],
        "Layers": ["Images", "Documents", "CArchive", "CLinux"],
        "Registry": ["Images", "Documents", "CCurl"],
        "Uplink": ["KubeModel", "Documents", "CMosquitto", "CTLS", "Logging"],
        "ControlAPI": ["NIOCore", "NIOPosix", "NIOHTTP1", "Logging"],
        "Daemon": [
            "Supervisor", "Uplink", "ControlAPI", "Lifecycle", "StateStore", "Images", "Host",
            "Seccomp",
            "KubeModel", "Documents", "Trust", "Logging",
        ],
        "Operator": [
            "ControlAPI", "Uplink", "StateStore", "Images", "KubeModel", "Documents", "Host",
            "Trust",
        ],
        "Probes": ["NIOCore", "NIOPosix", "NIOHTTP1"],
        "Supervisor": [
            "Lifecycle", "KubeModel", "Documents", "StateStore", "Images", "Host", "Probes",
            "Logging",
        ],
    ]
    /// What of the system a library may use; the pure ones use nothing of it.
    static let system: Set<String> = ["Glibc", "Musl", "Dispatch", "Synchronization"]
    /// What is no library: it wires, prints, and has no tests of its own beside those of its parts.
    static let programs: Set<String> = [
        "swiftletd", "swiftlet-run", "swiftlet-pull", "swiftlet", "wasm-handlers",
    ]
    static let pure: Set<String> = ["KubeModel", "Lifecycle"]

    @Test("every target imports only what the drawing allows")
    func directions() throws {
        for file in try SourceFile.sources.get() {
            guard let allowed = Self.drawing[file.target] else { continue }
            let ofSystem = Self.pure.contains(file.target) ? [] : Self.system
            for module in file.imports {
                #expect(
                    allowed.union(ofSystem).contains(module),
                    "\(file.path) imports \(module), which is not below \(file.target)"
                )
            }
        }
    }

    @Test("each library of the system is imported by one target")
    func oneFence() throws {
        var importers: [String: Set<String>] = [:]
        for file in try SourceFile.sources.get() {
            for module in file.imports where module.hasPrefix("C") && module != "ControlAPI" {
                importers[module, default: []].insert(file.target)
            }
        }
        // CLinux is Linux itself, and three targets hash bytes.
        for (module, targets) in importers where !["CLinux", "CCrypto"].contains(module) {
            #expect(targets.count == 1, "\(module) is imported by \(targets.sorted())")
        }
    }

    @Test("every library has tests")
    func tested() throws {
        let tested = Set(
            try files(below: "Tests").compactMap { $0.split(separator: "/").dropFirst().first }
        )
        for file in try SourceFile.sources.get() where Self.drawing[file.target] != nil {
            #expect(tested.contains("\(file.target)Tests"), "\(file.target) has no tests")
        }
    }

    @Test("every library is in the drawing")
    func drawn() throws {
        for target in Set(try SourceFile.sources.get().map(\.target)) {
            #expect(
                Self.drawing[target] != nil || Self.programs.contains(target) || target == "CLinux",
                "\(target) is not in the drawing of ImportTests"
            )
        }
    }
}

extension SourceFile {
    /// The modules it imports.
    var imports: [String] {
        code.compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position <= 2 else { return nil }
            return words.dropFirst(position + 1).last.map { String($0.split(separator: ".")[0]) }
        }
    }
}
