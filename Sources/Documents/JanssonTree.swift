import CJansson

/// The fence around jansson: bytes in, a tree of values without lines out.
enum JanssonTree {
    /// Reads one JSON text, whose nesting must have been checked: this and the library recurse.
    ///
    /// - Parameter bytes: The whole text in UTF-8.
    /// - Returns: The tree; its lines are nil.
    /// - Throws: The library's reason, with its place.
    static func parse(_ bytes: [UInt8]) throws(DocumentError) -> Document {
        var error = json_error_t()
        // Safety: the library reads `count` bytes of a buffer that outlives the call, and fills `error`.
        let root = unsafe bytes.withUnsafeBytes { buffer in
            unsafe json_loadb(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                buffer.count,
                Int(JSON_REJECT_DUPLICATES) | Int(JSON_DECODE_ANY),
                &error
            )
        }
        // Safety: `root` is nil or a tree that is ours until the decref below.
        guard let root = unsafe root else { throw Self.error(&error) }
        defer { unsafe json_decref(root) }
        return unsafe convert(root)
    }

    // Safety: the library ends its text with a NUL inside the struct.
    private static func error(_ error: inout json_error_t) -> DocumentError {
        var text = unsafe String(cString: swiftlet_json_error_text(&error))
        // Why: what follows are the document's own bytes, which may be a secret. The name of a
        // duplicate key is worth showing; its value is not in the text.
        if unsafe json_error_code(&error) != json_error_duplicate_key {
            text = withoutExcerpt(text)
        }
        return DocumentError(
            message: text,
            line: max(1, Int(error.line)),
            column: max(1, Int(error.column)),
            byteOffset: max(0, Int(error.position))
        )
    }

    /// `text` up to ` near '`, after which the library quotes what it read.
    private static func withoutExcerpt(_ text: String) -> String {
        let mark = Array(" near '".utf8)
        let bytes = Array(text.utf8)
        let end = bytes.indices.first { bytes[$0...].starts(with: mark) } ?? bytes.count
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    // Safety: every node belongs to the tree that the caller holds; strings are copied out.
    private static func convert(_ node: UnsafeMutablePointer<json_t>) -> Document {
        switch unsafe node.pointee.type {
        case JSON_OBJECT: return unsafe convertObject(node)
        case JSON_ARRAY:
            let count = unsafe json_array_size(node)
            var elements: [Document] = []
            elements.reserveCapacity(count)
            for index in 0..<count {
                guard let element = unsafe json_array_get(node, index) else { continue }
                unsafe elements.append(convert(element))
            }
            return .array(elements)
        case JSON_STRING:
            return unsafe .string(string(json_string_value(node), json_string_length(node)))
        case JSON_INTEGER: return unsafe .integer(json_integer_value(node))
        case JSON_REAL: return unsafe .real(json_real_value(node))
        case JSON_TRUE: return .bool(true)
        case JSON_FALSE: return .bool(false)
        default: return .null
        }
    }

    // Safety: as for `convert`; the library keeps members in the order of the text.
    private static func convertObject(_ node: UnsafeMutablePointer<json_t>) -> Document {
        var members: [Document.Member] = []
        unsafe members.reserveCapacity(json_object_size(node))
        var iterator = unsafe json_object_iter(node)
        while let current = unsafe iterator {
            let name = unsafe string(
                json_object_iter_key(current),
                json_object_iter_key_len(current)
            )
            if let value = unsafe json_object_iter_value(current) {
                unsafe members.append(Document.Member(name: name, value: convert(value)))
            }
            unsafe iterator = json_object_iter_next(node, current)
        }
        return .object(members)
    }

    // Safety: `start` points at `count` bytes, which the library has checked to be UTF-8.
    private static func string(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}
