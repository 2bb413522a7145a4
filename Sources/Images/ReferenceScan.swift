/// Reads the text of an image reference from both ends towards the middle.
struct ReferenceScan {
    typealias Parts = (ImageReference.Place, String?, Digest?)

    private let text: String
    private let bytes: [UInt8]

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    func error(at position: Int, _ reason: String) -> ImageError {
        .malformedReference(text, position: position, reason: reason)
    }

    /// `oci:PATH[:TAG][@DIGEST]`; a colon inside the path's last part starts the tag.
    mutating func layout() throws(ImageError) -> Parts {
        let prefix = "oci:".utf8.count
        var (end, digest) = try digestAtEnd()
        var tag: String?
        let tail = bytes[prefix..<max(prefix, end)]
        let lastPart = tail.lastIndex(of: UInt8(ascii: "/")) ?? tail.startIndex
        if let colon = tail[lastPart...].lastIndex(of: UInt8(ascii: ":")) {
            tag = try checkedTag(colon + 1..<end)
            end = colon
        }
        guard end > prefix else { throw error(at: prefix, "the path is empty") }
        let path = bytes[prefix..<end]
        if let zero = path.firstIndex(of: 0) { throw error(at: zero, "a path has no NUL") }
        return (.layout(path: String(decoding: path, as: UTF8.self)), tag, digest)
    }

    /// `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`.
    mutating func registry() throws(ImageError) -> Parts {
        guard !bytes.isEmpty else { throw error(at: 0, "it is empty") }
        var (end, digest) = try digestAtEnd()
        var tag: String?
        let lastSlash = bytes[..<end].lastIndex(of: UInt8(ascii: "/"))
        let lastPart = lastSlash.map { $0 + 1 } ?? 0
        if let colon = bytes[lastPart..<end].lastIndex(of: UInt8(ascii: ":")) {
            tag = try checkedTag(colon + 1..<end)
            end = colon
        }
        var host = "docker.io"
        var start = 0
        if let slash = bytes[..<end].firstIndex(of: UInt8(ascii: "/")), isHost(bytes[..<slash]) {
            host = try checkedHost(0..<slash)
            start = slash + 1
        }
        try checkName(start..<end)
        var repository = String(decoding: bytes[start..<end], as: UTF8.self)
        if host == "docker.io", !repository.contains("/") { repository = "library/\(repository)" }
        if tag == nil, digest == nil { tag = "latest" }
        return (.registry(host: host, repository: repository), tag, digest)
    }

    private func digestAtEnd() throws(ImageError) -> (end: Int, Digest?) {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return (bytes.count, nil) }
        guard let digest = Digest(String(decoding: bytes[(at + 1)...], as: UTF8.self)) else {
            throw error(at: at + 1, "a digest is sha256: and 64, or sha512: and 128, hex digits")
        }
        return (at, digest)
    }

    private func checkedTag(_ range: Range<Int>) throws(ImageError) -> String {
        guard let first = range.first else { throw error(at: range.lowerBound, "the tag is empty") }
        guard range.count <= ImageReference.tagByteCountMax else {
            throw error(at: first, "a tag has at most \(ImageReference.tagByteCountMax) bytes")
        }
        for index in range {
            let isPunctuation =
                bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: "-")
            guard isWord(bytes[index]) || isPunctuation && index > first else {
                throw error(at: index, "a tag is letters, digits, _ . and -, not led by . or -")
            }
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    private func isHost(_ part: ArraySlice<UInt8>) -> Bool {
        part.contains(UInt8(ascii: ".")) || part.contains(UInt8(ascii: ":"))
            || part.elementsEqual("localhost".utf8) || part.contains { isUppercase($0) }
    }

    private func checkedHost(_ range: Range<Int>) throws(ImageError) -> String {
        let colon = bytes[range].lastIndex(of: UInt8(ascii: ":"))
        let isBracketed = bytes[range].first == UInt8(ascii: "[")
        for index in range where !isBracketed && index < (colon ?? range.upperBound) {
            let isPunctuation =
                bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: "-")
            guard isAlphanumeric(bytes[index]) || isPunctuation else {
                throw error(at: index, "a host is letters, digits, . and -")
            }
        }
        if let colon, !isBracketed || bytes[colon - 1] == UInt8(ascii: "]") {
            let port = UInt16(String(decoding: bytes[colon + 1..<range.upperBound], as: UTF8.self))
            guard let port, port > 0, colon > range.lowerBound else {
                throw error(at: colon + 1, "a port is a number from 1 to 65535")
            }
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    private func checkName(_ range: Range<Int>) throws(ImageError) {
        guard !range.isEmpty else { throw error(at: range.lowerBound, "the name is empty") }
        guard range.count <= ImageReference.nameByteCountMax else {
            throw error(
                at: range.lowerBound,
                "a name has at most \(ImageReference.nameByteCountMax) bytes"
            )
        }
        var separators = 1  // so that a name does not begin with one
        var last = UInt8(ascii: "/")
        for index in range {
            let byte = bytes[index]
            if isAlphanumeric(byte), !isUppercase(byte) {
                separators = 0
            } else if isSeparator(byte) {
                // One of . _ / or two _ or any number of -; never next to a slash.
                let isRun =
                    byte == last
                    && (byte == UInt8(ascii: "-") || separators == 1 && byte == UInt8(ascii: "_"))
                guard separators == 0 || isRun, index < range.upperBound - 1 else {
                    throw error(at: index, "a name's parts begin and end with a letter or digit")
                }
                separators += 1
            } else {
                throw error(at: index, "a name is lowercase letters, digits, . _ - and /")
            }
            last = byte
        }
    }

    private func isSeparator(_ byte: UInt8) -> Bool { "._-/".utf8.contains(byte) }
    private func isUppercase(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
    private func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || isUppercase(byte)
    }
    private func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
}
