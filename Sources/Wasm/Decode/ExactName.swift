/// A name that is equal to another only when it has the same bytes.
///
/// Why: two Swift strings are equal when they are the same to a reader, however their accents are
/// composed; to WebAssembly they are two names.
struct ExactName: Hashable, Sendable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}
