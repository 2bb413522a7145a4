/// A name that is equal to another only when it has the same bytes.
///
/// Why: two Swift strings are equal when they are the same to a reader, however their accents are
/// composed; to WebAssembly they are two names.
struct ExactName: Equatable, Sendable {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// For ``HashIndex``.
    var hash: Int {
        var hasher = Hasher()
        combine(into: &hasher)
        return hasher.finalize()
    }

    func combine(into hasher: inout Hasher) {
        var word = UInt64(text.utf8.count)
        var shift: UInt64 = 32
        for byte in text.utf8 {
            word ^= UInt64(byte) << shift
            shift += 8
            guard shift == 64 else { continue }
            hasher.combine(word)
            (word, shift) = (0, 0)
        }
        hasher.combine(word)
    }
}
