// swift-tools-version: 6.2
import PackageDescription

// Every Swift target is held to the same rules: Swift 6 mode, warnings are errors, each unsafe use
// is marked. `Tests/TidyTests` holds what the compiler cannot.
let rules: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Why: the linker can lay, fold and leave out each function by itself.
    .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release)),
    // Why: else values are copied and destroyed by what the runtime knows of their types, and makes at every start.
    .unsafeFlags(["-Xfrontend", "-disable-type-layout"], .when(configuration: .release)),
]

// Why: one `contains("…")` links a whole engine of regular expressions, 0.9 MB a program.
let strict: [SwiftSetting] =
    rules + [.unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])]

// Macros of the testing library expand to code that strict memory safety would complain about.
let testing: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Why: the handlers of the interpreter must become tail calls in debug builds too, without a frame
// pointer; an unoptimised chain of handlers would use up the native stack.
// Each handler begins a line of the instruction cache: it fills few of them, and shares none with another's
// jumps, which the processor's branch predictor finds by line (Design.md, A handler).
let optimised: [SwiftSetting] =
    rules + [
        .unsafeFlags([
            "-O", "-wmo", "-num-threads", "2", "-Xcc", "-momit-leaf-frame-pointer",
            "-Xllvm", "-align-all-functions=6",
        ])
    ]

// Why: what every run of a program comes by is half a megabyte of eight. Side by side it takes two megabytes
// fewer of mapped pages, and 30 page faults. (The daemon comes by half of itself: nothing to be seen.)
// `make startup-order` writes the lists; a name that is not there any more does no harm.
func inOrder(_ program: String) -> [String] {
    let list = "\(Context.packageDirectory)/packaging/startup-order/\(program).txt"
    return [
        "-use-ld=lld", "-Xlinker", "--symbol-ordering-file=\(list)",
        "-Xlinker", "--no-warn-symbol-ordering",
    ]
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioHTTP: [Target.Dependency] = nio + [.product(name: "NIOHTTP1", package: "swift-nio")]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// A library of ours.
func library(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    notes: [String] = [],
    settings: [SwiftSetting] = strict
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: notes, swiftSettings: settings)
}

// Why: programs get a seventh smaller: addresses are packed, and names that nobody looks up left out.
let smaller: LinkerSetting = .unsafeFlags(
    ["-use-ld=lld", "-Xlinker", "-zpack-relative-relocs", "-Xlinker", "--no-export-dynamic"],
    .when(configuration: .release)
)
// And functions that came out the same are kept once.
let folded: LinkerSetting = .unsafeFlags(
    ["-Xlinker", "--icf=all"],
    .when(configuration: .release)
)

/// A program of ours.
func program(
    _ name: String,
    _ dependencies: [Target.Dependency],
    settings: [SwiftSetting] = strict,
    linker: [LinkerSetting] = [folded]
) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        swiftSettings: settings,
        linkerSettings: linker + [smaller]
    )
}

/// The tests of one of our targets.
func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        exclude: exclude,
        swiftSettings: testing
    )
}

let package = Package(
    name: "swiftlet",
    products: [
        .executable(name: "swiftletd", targets: ["swiftletd"]),
        .executable(name: "swiftlet-run", targets: ["swiftlet-run"]),
        .executable(name: "swiftlet-pull", targets: ["swiftlet-pull"]),
        .executable(name: "swiftlet", targets: ["swiftlet"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        // Libraries of the system, one target for each.
        .systemLibrary(
            name: "CMosquitto",
            pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        .systemLibrary(
            name: "CArchive",
            pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"])]
        ),
        .systemLibrary(
            name: "CCrypto",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"])]
        ),
        .systemLibrary(
            name: "CJansson",
            pkgConfig: "jansson",
            providers: [.apt(["libjansson-dev"])]
        ),
        .systemLibrary(
            name: "CTLS",
            pkgConfig: "libssl",
            providers: [.apt(["libssl-dev"])]
        ),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CSeccomp",
            pkgConfig: "libseccomp",
            providers: [.apt(["libseccomp-dev"])]
        ),
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(name: "CLinux"),

        // From the bottom up: each names what it may import, and nothing else.
        library("Wasm", notes: ["Execute/Design.md"], settings: optimised),
        library("WASI", ["Wasm", "CLinux"]),
        library("Documents", ["CJansson", "CYAML"]),
        library("KubeModel", ["Documents"]),
        library("Lifecycle", ["KubeModel"]),
        library("StateStore", ["KubeModel", "CSQLite", "CCrypto"]),
        library("Trust", ["KubeModel", "Documents", "CCrypto"]),
        library("Host", ["CLinux"]),
        library("Seccomp", ["Host", "CSeccomp"]),
        library("Images", ["Documents", "CCrypto", "CLinux"]),
        library("Layers", ["Images", "Documents", "CArchive", "CLinux"]),
        library("Registry", ["Images", "Documents", "CCurl"]),
        library("Uplink", ["KubeModel", "Documents", "CMosquitto", "CTLS", logging]),
        library("ControlAPI", nioHTTP + [logging]),
        // Questions to what containers serve.
        library("Probes", nioHTTP),
        library(
            "Supervisor",
            [
                "Lifecycle", "KubeModel", "Documents", "StateStore", "Images", "Host", "Probes",
                logging,
            ],
            notes: ["Sandbox.md"]
        ),
        // The daemon's program without its start, so that it can be tested.
        library(
            "Daemon",
            [
                "Supervisor", "Uplink", "ControlAPI", "Lifecycle", "StateStore", "Images", "Host",
                "Seccomp",
                "KubeModel", "Documents", "Trust", logging,
            ]
        ),
        // The operator's program without its command line, so that it can be tested.
        library(
            "Operator",
            [
                "ControlAPI", "Uplink", "StateStore", "Images", "KubeModel", "Documents", "Host",
                "Trust",
            ]
        ),

        // Programs: wiring only.
        program(
            "swiftletd",
            ["Daemon"]
        ),
        program(
            "swiftlet-run",
            ["WASI", "Wasm", "Host", "CLinux"],
            linker: [.unsafeFlags(["-static-executable"] + inOrder("swiftlet-run"))]
        ),
        program("wasm-handlers", [], settings: rules),
        program(
            "swiftlet-pull",
            ["Registry", "Layers", "Images", "Documents", "Wasm", "Host"],
            linker: [folded, .unsafeFlags(inOrder("swiftlet-pull"))]
        ),
        program(
            "swiftlet",
            [
                "Operator", "Daemon", "ControlAPI", "Uplink", "Host", "Trust",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        // Tests.
        .target(
            name: "TestKit",
            dependencies: ["CLinux"],
            path: "Tests/TestKit",
            swiftSettings: testing
        ),
        tests("WasmTests", ["Wasm", "TestKit", "wasm-handlers"]),
        // Valid modules by chance; `Tests/Fuzz/build` makes a program of it too.
        .target(
            name: "WasmGenerator",
            dependencies: ["Wasm"],
            path: "Tests/Fuzz/Generator",
            swiftSettings: strict
        ),
        tests("FuzzTests", ["WasmGenerator", "Wasm", "TestKit"]),
        // The specification's scripts, for the tests and for a program that other machines can run.
        .target(
            name: "Conformance",
            dependencies: ["Wasm", "Documents", "TestKit"],
            path: "Tests/Conformance",
            exclude: ["Program"],
            swiftSettings: testing
        ),
        .executableTarget(
            name: "conform",
            dependencies: ["Conformance"],
            path: "Tests/Conformance/Program",
            swiftSettings: testing
        ),
        tests("ConformanceTests", ["Conformance", "Wasm", "Documents", "TestKit"]),
        tests("WASITests", ["WASI", "Wasm", "Host", "TestKit"], exclude: ["Programs"]),
        tests("DocumentsTests", ["Documents", "TestKit"]),
        tests("KubeModelTests", ["KubeModel", "Documents", "TestKit"]),
        tests("LifecycleTests", ["Lifecycle", "KubeModel", "TestKit"]),
        // Random lives of a node; `make test` runs many of them by a program in release form.
        .target(
            name: "Simulation",
            dependencies: ["Lifecycle", "KubeModel", "Documents", "TestKit"],
            path: "Tests/Simulation/World",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "simulate",
            dependencies: ["Simulation"],
            path: "Tests/Simulation/Program",
            swiftSettings: testing
        ),
        tests("SimulationTests", ["Simulation"]),
        tests("StateStoreTests", ["StateStore", "KubeModel", "TestKit"]),
        tests("HostTests", ["Host", "TestKit"]),
        // A runner that a hostile guest has taken over: it confines itself and tries to get out.
        .executableTarget(
            name: "escapist",
            dependencies: ["Host"],
            path: "Tests/Escapist",
            swiftSettings: testing
        ),
        tests(
            "SandboxTests",
            ["Supervisor", "Seccomp", "Host", "KubeModel", "Documents", "TestKit", "escapist"]
        ),
        tests("SeccompTests", ["Seccomp", "Host", "TestKit"]),
        tests("ImagesTests", ["Images", "Documents", "TestKit"]),
        tests("RegistryTests", ["Registry", "Images", "Documents", "TestKit"]),
        tests("LayersTests", ["Layers", "Images", "Documents", "TestKit"]),
        tests("ProbesTests", ["Probes", "TestKit"]),
        tests("TrustTests", ["Trust", "KubeModel", "TestKit"]),
        tests("UplinkTests", ["Uplink", "KubeModel", "Documents", "TestKit"]),
        tests(
            "ControlAPITests",
            ["ControlAPI", .product(name: "NIOEmbedded", package: "swift-nio"), "TestKit"]
        ),
        tests(
            "OperatorTests",
            [
                "Operator", "ControlAPI", "Uplink", "StateStore", "KubeModel", "Documents", "Trust",
                "TestKit",
            ]
        ),
        tests(
            "SupervisorTests",
            [
                "Supervisor", "Lifecycle", "KubeModel", "Documents", "StateStore", "Images",
                "Host", "Seccomp", "TestKit",
            ]
        ),
        tests(
            "DaemonTests",
            [
                "Daemon", "Supervisor", "Uplink", "ControlAPI", "StateStore", "KubeModel",
                "Images", "Lifecycle", "Documents", "Host", "Trust", "TestKit",
            ]
        ),
        tests(
            "IntegrationTests",
            ["Documents", "KubeModel", "StateStore", "Uplink", "TestKit"]
        ),
        // The runner of `swiftlet-run`, linked so that the recorder of writes can be loaded into it.
        .executableTarget(
            name: "recorded-runner",
            dependencies: ["WASI", "Wasm", "Host", "CLinux"],
            path: "Tests/PowerCuts/Runner",
            swiftSettings: strict
        ),
        .testTarget(
            name: "PowerCuts",
            dependencies: [
                "Documents", "KubeModel", "StateStore", "Uplink", "TestKit", "recorded-runner",
            ],
            exclude: ["Design.md", "Recorder", "Runner"],
            // Why: a thousand disks are made from some megabytes of changes each.
            swiftSettings: testing + [.unsafeFlags(["-O"])]
        ),
        tests("TidyTests", ["TestKit"]),
    ],
    swiftLanguageModes: [.v6]
)
