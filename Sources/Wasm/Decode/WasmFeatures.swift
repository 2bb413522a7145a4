/// The parts of WebAssembly beyond version 2.0 that a module may use.
public struct WasmFeatures: OptionSet, Sendable {
    /// One bit a feature.
    public let rawValue: UInt32

    /// The features whose bits are set in `rawValue`.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// 128-bit vectors.
    public static let simd = Self(rawValue: 1 << 0)
    /// Vector operators whose results may differ between machines.
    public static let relaxedSIMD = Self(rawValue: 1 << 1)
    /// `return_call` and its kin.
    public static let tailCalls = Self(rawValue: 1 << 2)
    /// Arithmetic in constant expressions.
    public static let extendedConstants = Self(rawValue: 1 << 3)
    /// Typed references to functions, tables with initial values.
    public static let functionReferences = Self(rawValue: 1 << 4)
    /// More than one memory.
    public static let multipleMemories = Self(rawValue: 1 << 5)
    /// Memories and tables with 64-bit addresses.
    public static let memory64 = Self(rawValue: 1 << 6)
    /// Tags, `throw`, `try_table`.
    public static let exceptions = Self(rawValue: 1 << 7)
    /// Structures, arrays, i31, recursive types.
    public static let garbageCollection = Self(rawValue: 1 << 8)
    /// Shared memories and atomic operators: a proposal, not part of 3.0.
    public static let threads = Self(rawValue: 1 << 9)

    /// What is on unless someone says otherwise.
    public static let usual: Self = all

    /// The features named in `text`, a list with commas: `-NAME` takes one away from `start` and
    /// `+NAME` or `NAME` adds one; `all` and `none` stand for every feature and for none.
    ///
    /// - Returns: `nil` when a word is none of ``names``.
    public static func parse(_ text: String, from start: Self = .usual) -> Self? {
        var features = start
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isOff = word.hasPrefix("-")
            let name = isOff || word.hasPrefix("+") ? word.dropFirst() : word
            let named: Self
            switch name {
            case "all": named = .all
            case "none": named = []
            default:
                guard let found = names.first(where: { $0.name == name }) else { return nil }
                named = found.feature
            }
            if isOff {
                features.subtract(named)
            } else if name == "none" {
                features = []
            } else {
                features.formUnion(named)
            }
        }
        return features
    }

    /// The names of the features that are on, in the order of ``names``.
    public var onNames: [String] {
        Self.names.filter { contains($0.feature) }.map(\.name)
    }

    /// WebAssembly 2.0 without vectors.
    public static let version2WithoutVectors: Self = []
    /// WebAssembly 3.0.
    public static let version3: Self = [
        .simd, .relaxedSIMD, .tailCalls, .extendedConstants, .functionReferences,
        .multipleMemories, .memory64, .exceptions, .garbageCollection,
    ]
    /// All that is implemented.
    public static let all: Self = [.version3, .threads]

    /// The names that `--wasm-features` takes.
    public static let names: [(name: String, feature: Self)] = [
        ("simd", .simd), ("relaxed-simd", .relaxedSIMD), ("tail-call", .tailCalls),
        ("extended-const", .extendedConstants), ("function-references", .functionReferences),
        ("multi-memory", .multipleMemories), ("memory64", .memory64),
        ("exceptions", .exceptions), ("gc", .garbageCollection), ("threads", .threads),
    ]
}
