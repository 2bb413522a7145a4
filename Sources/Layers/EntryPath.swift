internal import Images

/// The checked name of an archive entry: one to many parts, none of them `..`, relative to the root.
struct EntryPath: Equatable {
    /// Longest name and deepest nesting: PATH_MAX and what it can hold, roughly.
    static let byteCountMax = 4_096
    static let depthMax = 128
    /// Longest part of a name: NAME_MAX of Linux's file systems.
    static let partByteCountMax = 255

    let parts: [String]

    /// - Throws: ``ImageError/hostileEntry(layer:name:reason:)``; the layer is refused whole then.
    init(_ text: String, layer: String) throws(ImageError) {
        func hostile(_ reason: String) -> ImageError {
            .hostileEntry(layer: layer, name: String(text.prefix(256)), reason: reason)
        }
        guard !text.isEmpty, text.utf8.count <= Self.byteCountMax else {
            throw hostile("has a name of \(text.utf8.count) bytes, or one that is not UTF-8")
        }
        guard !text.hasPrefix("/") else { throw hostile("has an absolute name") }
        guard !text.utf8.contains(0) else { throw hostile("has a NUL in its name") }
        parts = text.split(separator: "/").filter { $0 != "." }.map(String.init)
        guard !parts.contains("..") else { throw hostile("leaves the root by ..") }
        guard parts.count <= Self.depthMax else {
            throw hostile("is nested \(parts.count) folders deep")
        }
        guard parts.allSatisfy({ $0.utf8.count <= Self.partByteCountMax }) else {
            throw hostile("has a part of more than \(Self.partByteCountMax) bytes in its name")
        }
    }

    /// The last part; empty for the root itself.
    var name: String { parts.last ?? "" }
}
