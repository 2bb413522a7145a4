internal import Glibc

/// What a program says to the one who started it.
public enum StandardStream {
    /// Writes to standard output; what cannot be written is lost.
    public static func output(_ text: String) { write(text, to: 1) }

    /// Writes to standard error; what cannot be written is lost.
    public static func error(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to number: Int32) {
        guard let stream = try? OwnedDescriptor.copy(of: number) else { return }
        try? SystemCall.write(stream, Array(text.utf8), path: "standard stream")
    }
}
