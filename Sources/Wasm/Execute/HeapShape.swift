/// How a field or an element lies in an object.
enum FieldKind: UInt16 {
    case i8, i16, word, doubleWord, vector

    init(_ storage: StorageType) {
        switch storage {
        case .i8: self = .i8
        case .i16: self = .i16
        case .value(.i32), .value(.f32): self = .word
        case .value(.v128): self = .vector
        case .value: self = .doubleWord
        }
    }

    var byteCount: Int { 1 << Int(rawValue) }
}

/// How the objects of a type lie in memory, behind their header.
///
/// The translator and the services both ask; so they agree.
struct HeapShape {
    struct Field {
        var kind: FieldKind
        /// From the start of the object.
        var offset: Int
        var isReference: Bool
    }

    /// Bytes before the first field or element: type, length, tag.
    static let headerBytes = 16

    /// Of a structure.
    private(set) var fields: [Field] = []
    /// Of a structure, the header included; of an array, only the header.
    private(set) var byteCount = Self.headerBytes
    /// Of an array.
    private(set) var element: Field?

    init(_ type: CompositeType) {
        switch type {
        case .function: break
        case .structure(let list):
            for field in list { append(field.storage) }
        case .array(let field):
            element = Field(
                kind: FieldKind(field.storage),
                offset: Self.headerBytes,
                isReference: field.storage.unpacked.isReference
            )
        }
    }

    private mutating func append(_ storage: StorageType) {
        let kind = FieldKind(storage)
        let offset = (byteCount + kind.byteCount - 1) & ~(kind.byteCount - 1)
        fields.append(
            Field(kind: kind, offset: offset, isReference: storage.unpacked.isReference)
        )
        byteCount = offset + kind.byteCount
    }

    /// Bytes of an object with `length` elements; `nil` when that is more than any memory.
    func byteCount(length: UInt64) -> Int? {
        guard let element else { return byteCount }
        guard length <= 1 << 32 else { return nil }
        return byteCount + Int(length) * element.kind.byteCount
    }
}
