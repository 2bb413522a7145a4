// This file is a fence: it reads and writes the generated files through the C library.

#if canImport(Glibc)
import Glibc
#endif

/// The text of the file at `path`, or `nil`.
func readFile(_ path: String) -> String? {
    // Safety: `file` is checked, closed on every way out; the buffer outlives each call.
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = unsafe fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += buffer[..<count]
    }
}

/// Whether `text` is now the content of the file at `path`.
func writeFile(_ path: String, _ text: String) -> Bool {
    // Safety: as above.
    guard let file = unsafe fopen(path, "w") else { return false }
    let bytes = Array(text.utf8)
    let count = unsafe fwrite(bytes, 1, bytes.count, file)
    return unsafe fclose(file) == 0 && count == bytes.count
}

/// One line on the error stream.
func report(_ text: String) {
    let line = Array((text + "\n").utf8)
    // Safety: the array outlives the call.
    _ = unsafe write(2, line, line.count)
}
