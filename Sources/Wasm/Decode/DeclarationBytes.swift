/// Bytes that an entry of a module's lists takes, decoded and linked, at most.
///
/// Measured as the private memory of a process that instantiates a module with a million of them, and
/// rounded up: lists grow by doubling, so an entry may cost twice what it measures.
enum DeclarationBytes {
    static let type = 192
    static let field = 40
    static let parameter = 8
    static let importEntry = 256
    static let function = 24
    static let table = 96
    static let memory = 64
    static let tag = 48
    static let global = 96
    static let export = 256
    static let segment = 160
    static let body = 16
}
