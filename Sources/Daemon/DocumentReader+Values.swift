internal import Documents
internal import Host

extension DocumentReader {
    /// An absolute path without a slash at its end.
    func folder() throws(FieldError) -> String {
        let path = try string()
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw error("must be an absolute path, but is \"\(path)\"")
        }
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// A number of bytes: `10Mi`, or a whole number.
    func byteCount() throws(FieldError) -> UInt64 {
        if let number = document.integer, number > 0 { return UInt64(number) }
        guard let count = ByteCount(try string()), count.bytes > 0 else {
            throw error("must be a number of bytes like 10Mi")
        }
        return count.bytes
    }
}
