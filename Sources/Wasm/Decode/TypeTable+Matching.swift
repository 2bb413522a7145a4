/// When a value of one type may stand where another is wanted.
///
/// All types given must be canonical (``TypeTable``), which is how the decoder stores them.
///
/// Source: WebAssembly 3.0, §3.3 (matching).
extension TypeTable {
    /// Whether every value of `type` is one of `wanted`.
    @inline(__always)
    func matches(_ type: ValueType, _ wanted: ValueType) -> Bool {
        type == wanted || type == .unknown || matchesReference(type, wanted)
    }

    @inline(never)
    private func matchesReference(_ type: ValueType, _ wanted: ValueType) -> Bool {
        guard let heap = type.heapType, let wantedHeap = wanted.heapType else { return false }
        guard wanted.isNullable || !type.isNullable else { return false }
        return matches(heap, wantedHeap)
    }

    /// Whether everything of `heap` is of `wanted` too.
    func matches(_ heap: HeapType, _ wanted: HeapType) -> Bool {
        if heap == wanted || heap == .bottom { return true }
        if let index = heap.typeIndex {
            if let wantedIndex = wanted.typeIndex { return isSubtype(index, of: wantedIndex) }
            return isAbove(wanted, shapeOf: index)
        }
        if let wantedIndex = wanted.typeIndex { return isBottom(heap, ofShapeOf: wantedIndex) }
        switch wanted {
        case .any: return Self.belowAny.contains(heap)
        case .equatable: return Self.belowAny.contains(heap) && heap != .equatable
        case .i31, .structure, .array: return heap == .none
        case .function: return heap == .noFunction
        case .external: return heap == .noExternal
        case .exception: return heap == .noException
        default: return false
        }
    }

    /// Whether the type `index` is `ancestor` or was declared below it.
    func isSubtype(_ index: UInt32, of ancestor: UInt32) -> Bool {
        var current = index
        // Bounded: a supertype has a lower index (checked when the type is decoded), or, in an equal
        // group, its canonical index has.
        while true {
            if current == ancestor { return true }
            guard let type = type(current), let parent = type.supertypes.first else { return false }
            current = parent
        }
    }

    /// The number of types above the type `index`.
    func depth(of index: UInt32) -> Int {
        var depth = 0
        var current = type(index)?.supertypes.first
        while let parent = current {
            depth += 1
            current = type(parent)?.supertypes.first
        }
        return depth
    }

    private static let belowAny: [HeapType] = [.equatable, .i31, .structure, .array, .none]

    private func isAbove(_ heap: HeapType, shapeOf index: UInt32) -> Bool {
        switch type(index)?.composite {
        case .function: heap == .function
        case .structure: heap == .structure || heap == .equatable || heap == .any
        case .array: heap == .array || heap == .equatable || heap == .any
        case nil: false
        }
    }

    private func isBottom(_ heap: HeapType, ofShapeOf index: UInt32) -> Bool {
        switch type(index)?.composite {
        case .function: heap == .noFunction
        case .structure, .array: heap == .none
        case nil: false
        }
    }

    /// Whether a type of shape `shape` may be declared below one of shape `parent`.
    func matches(_ shape: CompositeType, _ parent: CompositeType) -> Bool {
        switch (shape, parent) {
        case (.function(let function), .function(let wanted)):
            matches(wanted.parameters, function.parameters)
                && matches(function.results, wanted.results)
        case (.structure(let fields), .structure(let wanted)):
            fields.count >= wanted.count
                && zip(fields, wanted).allSatisfy { matches($0, $1) }
        case (.array(let field), .array(let wanted)):
            matches(field, wanted)
        case (.function, _), (.structure, _), (.array, _):
            false
        }
    }

    /// Whether each of `types` matches the one at its place in `wanted`, and there are as many.
    func matches(_ types: [ValueType], _ wanted: [ValueType]) -> Bool {
        types.count == wanted.count && zip(types, wanted).allSatisfy { matches($0, $1) }
    }

    private func matches(_ field: FieldType, _ wanted: FieldType) -> Bool {
        guard field.isMutable == wanted.isMutable else { return false }
        if field.isMutable { return field.storage == wanted.storage }
        switch (field.storage, wanted.storage) {
        case (.value(let type), .value(let wantedType)): return matches(type, wantedType)
        case (.i8, .i8), (.i16, .i16): return true
        case (.i8, _), (.i16, _), (.value, _): return false
        }
    }
}
