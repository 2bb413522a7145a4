import Testing

@testable import Wasm

// Goal: two types are the same exactly when the specification says so, and one matches another
// likewise.
// Method: groups built by hand; the whole matrix of abstract types.
@Suite("Types of a module")
struct TypeTableTests {
    private func function(
        _ parameters: [ValueType],
        _ results: [ValueType] = []
    ) -> SubType {
        SubType(FunctionType(parameters: parameters, results: results))
    }

    private func structure(_ type: ValueType, isMutable: Bool = false) -> CompositeType {
        .structure([FieldType(storage: .value(type), isMutable: isMutable)])
    }

    private func reference(_ index: UInt32, isNullable: Bool = true) -> ValueType {
        .reference(to: .type(index), isNullable: isNullable)
    }

    @Test("a repeated type has the index of the first one")
    func repeats() {
        var types = TypeTable()
        types.append(group: [function([.i32])])
        types.append(group: [function([.i64])])
        types.append(group: [function([.i32])])
        #expect(types.canonicalIndices == [0, 1, 0])
        #expect(types.function(2) == FunctionType(parameters: [.i32]))
        #expect(types.function(3) == nil)
    }

    @Test("a group of two is the same as another, member for member, but not as its members alone")
    func groups() {
        var types = TypeTable()
        types.append(group: [function([.i32]), function([.i64])])
        types.append(group: [function([.i32]), function([.i64])])
        types.append(group: [function([.i32])])
        types.append(group: [function([.i64]), function([.i32])])
        #expect(types.canonicalIndices == [0, 1, 0, 1, 4, 5, 6])
        #expect(types.groupEnds == [2, 4, 5, 7])
    }

    @Test("two types of one group stay two even when they look the same")
    func twins() {
        var types = TypeTable()
        types.append(group: [function([]), function([])])
        #expect(types.canonicalIndices == [0, 1])
    }

    @Test("types that name themselves are the same when they do so in the same way")
    func recursion() {
        var types = TypeTable()
        types.append(group: [function([reference(0)])])
        types.append(group: [function([reference(1)])])
        types.append(group: [function([reference(0)])])
        // The third names the first, not itself: another type, although it unrolls to the same.
        #expect(types.canonicalIndices == [0, 0, 2])
        #expect(types.types[1] == types.types[0])
    }

    @Test("every abstract type matches exactly what stands above it")
    func abstractMatching() {
        let above: [(HeapType, [HeapType])] = [
            (.any, [.any]), (.equatable, [.equatable, .any]), (.i31, [.i31, .equatable, .any]),
            (.structure, [.structure, .equatable, .any]), (.array, [.array, .equatable, .any]),
            (.none, [.none, .i31, .structure, .array, .equatable, .any]),
            (.function, [.function]), (.noFunction, [.noFunction, .function]),
            (.external, [.external]), (.noExternal, [.noExternal, .external]),
            (.exception, [.exception]), (.noException, [.noException, .exception]),
        ]
        let types = TypeTable()
        for (heap, matched) in above {
            for (other, _) in above {
                #expect(types.matches(heap, other) == matched.contains(other), "\(heap) \(other)")
            }
            #expect(types.matches(.bottom, heap))
        }
    }

    @Test("a type of the module matches its shape, and the bottom of its shape matches it")
    func concreteMatching() {
        var types = TypeTable()
        types.append(group: [function([])])
        types.append(
            group: [SubType(isFinal: true, supertypes: [], composite: structure(.i32))]
        )
        #expect(types.matches(.type(0), .function))
        #expect(!types.matches(.type(0), .any))
        #expect(types.matches(.type(1), .structure))
        #expect(types.matches(.type(1), .any))
        #expect(!types.matches(.type(1), .array))
        #expect(types.matches(.noFunction, .type(0)))
        #expect(!types.matches(.noFunction, .type(1)))
        #expect(types.matches(.none, .type(1)))
        #expect(!types.matches(.function, .type(0)))
    }

    @Test("null is only where it is allowed")
    func nullability() {
        let types = TypeTable()
        let nonNull = ValueType.reference(to: .function, isNullable: false)
        #expect(types.matches(nonNull, .funcref))
        #expect(!types.matches(.funcref, nonNull))
        #expect(types.matches(.unknown, nonNull))
        #expect(!types.matches(.i32, .i64))
        #expect(!types.matches(.i32, .funcref))
        #expect(nonNull.asNullable == .funcref)
        #expect(ValueType.funcref.asNonNullable == nonNull)
        #expect(ValueType.i32.asNullable == .i32)
    }

    @Test("a declared supertype is above, and so is its own")
    func declared() {
        var types = TypeTable()
        let open = SubType(isFinal: false, supertypes: [], composite: structure(.i32))
        types.append(group: [open])
        types.append(
            group: [SubType(isFinal: false, supertypes: [0], composite: structure(.i32))]
        )
        types.append(
            group: [SubType(isFinal: true, supertypes: [1], composite: structure(.i32))]
        )
        #expect(types.isSubtype(2, of: 0))
        #expect(!types.isSubtype(0, of: 2))
        #expect(types.depth(of: 2) == 2)
        #expect(types.matches(reference(2), reference(0)))
        #expect(!types.matches(reference(0), reference(1)))
    }

    @Test("fields that can be written must be the same, fields that cannot may be narrower")
    func fields() {
        let types = TypeTable()
        let narrow = ValueType.reference(to: .i31, isNullable: true)
        let wide = ValueType.reference(to: .equatable, isNullable: true)
        #expect(types.matches(structure(narrow), structure(wide)))
        #expect(!types.matches(structure(wide), structure(narrow)))
        #expect(
            !types.matches(structure(narrow, isMutable: true), structure(wide, isMutable: true))
        )
        #expect(types.matches(structure(.i32, isMutable: true), structure(.i32, isMutable: true)))
        #expect(!types.matches(structure(.i32, isMutable: true), structure(.i32)))
        let byte = CompositeType.array(FieldType(storage: .i8, isMutable: false))
        let short = CompositeType.array(FieldType(storage: .i16, isMutable: false))
        #expect(types.matches(byte, byte))
        #expect(!types.matches(byte, short))
        #expect(!types.matches(byte, structure(.i32)))
    }

    @Test("a function may take more and give less than the one above it")
    func functionVariance() {
        let types = TypeTable()
        let wide = ValueType.reference(to: .equatable, isNullable: true)
        let narrow = ValueType.reference(to: .i31, isNullable: true)
        func shape(_ parameter: ValueType, _ result: ValueType) -> CompositeType {
            .function(FunctionType(parameters: [parameter], results: [result]))
        }
        #expect(types.matches(shape(wide, narrow), shape(narrow, wide)))
        #expect(!types.matches(shape(narrow, narrow), shape(wide, wide)))
        #expect(!types.matches(shape(wide, wide), shape(wide, narrow)))
        #expect(!types.matches([.i32], [.i32, .i32]))
    }

    @Test("the types of two modules get the same ids where they are the same")
    func registry() {
        let registry = TypeRegistry()
        var first = TypeTable()
        first.append(group: [function([.i64])])
        first.append(group: [function([reference(0)])])
        var second = TypeTable()
        second.append(group: [function([.i32])])
        second.append(group: [function([.i64])])
        second.append(group: [function([reference(1)])])
        second.append(group: [function([.i64])])
        let firstIDs = registry.register(first)
        let secondIDs = registry.register(second)
        #expect(firstIDs == [0, 1])
        #expect(secondIDs == [2, 0, 1, 0])
        #expect(registry.id(of: FunctionType(parameters: [.i32])) == 2)
        #expect(registry.id(of: FunctionType(parameters: [.f32])) == 3)
        #expect(registry.function(1) == FunctionType(parameters: [reference(0)]))
        #expect(registry.isSubtype(1, of: 1))
        #expect(!registry.isSubtype(1, of: 0))
    }

    @Test("groups that name themselves get the same ids in every module")
    func recursiveRegistry() {
        let registry = TypeRegistry()
        var first = TypeTable()
        first.append(group: [function([reference(1)]), function([reference(0)])])
        var second = TypeTable()
        second.append(group: [function([])])
        second.append(group: [function([reference(2)]), function([reference(1)])])
        second.append(group: [function([reference(4)]), function([reference(3)])])
        #expect(registry.register(first) == [0, 1])
        #expect(registry.register(second) == [2, 0, 1, 0, 1])
    }

    @Test("groups without members have no ids, wherever they stand")
    func emptyGroups() {
        let registry = TypeRegistry()
        var types = TypeTable()
        types.append(group: [])
        types.append(group: [function([.i32])])
        types.append(group: [])
        types.append(group: [])
        #expect(types.groupEnds == [0, 1, 1, 1])
        #expect(registry.register(types) == [0])
        var none = TypeTable()
        none.append(group: [])
        #expect(registry.register(none).isEmpty)
    }

    @Test("types are printed as the text format spells them")
    func descriptions() {
        #expect("\(ValueType.i32) \(ValueType.f64) \(ValueType.v128)" == "i32 f64 v128")
        #expect("\(ValueType.funcref)" == "(ref null func)")
        #expect("\(reference(3, isNullable: false))" == "(ref 3)")
        #expect(
            "\(FunctionType(parameters: [.i32, .i64], results: [.f32]))" == "(i32 i64) -> (f32)"
        )
    }
}
