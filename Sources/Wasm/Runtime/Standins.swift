// Stands in, for hours only, for what lies under `Execute` and `Runtime/Entities*`, so that those who
// build upon this module can compile.

/// Why a guest ended.
public struct Trap: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind.
    public var reason: TrapReason
    /// Innermost first.
    public var backtrace: [TrapFrame] = []
    /// Set when the guest asked to exit.
    public var exitCode: Int32?
    /// Set when a function of the host failed.
    public var message: String?

    init(_ reason: TrapReason) { self.reason = reason }

    /// The guest asks to exit.
    public static func exit(_ code: Int32) -> Trap {
        var trap = Trap(.hostFailure)
        trap.exitCode = code
        return trap
    }

    /// A function of the host failed.
    public static func host(_ message: String) -> Trap {
        var trap = Trap(.hostFailure)
        trap.message = message
        return trap
    }

    /// One line.
    public var description: String { message ?? reason.description }
}

/// A function that was running.
public struct TrapFrame: Equatable, Sendable {
    /// Imports first.
    public var functionIndex: UInt32
    /// From the name section.
    public var functionName: String?
}

/// Why a guest ended before its time.
///
/// The descriptions are the wording of the specification's test suite where it has one.
public enum TrapReason: UInt32, Sendable {
    /// `unreachable` was reached.
    case unreachable = 1
    /// A load, store or bulk operation left its memory.
    case memoryOutOfBounds
    /// A table operation left its table.
    case tableOutOfBounds
    /// An integer was divided by zero.
    case integerDivideByZero
    /// A quotient or a conversion does not fit.
    case integerOverflow
    /// NaN was converted to an integer.
    case invalidConversionToInteger
    /// `call_indirect` of an element behind the table's end.
    case undefinedElement
    /// `call_indirect` of a null element.
    case uninitializedElement
    /// `call_indirect` of a function of another type.
    case indirectCallTypeMismatch
    /// `call_ref` of null.
    case nullFunctionReference
    /// `ref.as_non_null` of null.
    case nullReference
    /// An access through a null structure.
    case nullStructureReference
    /// An access through a null array.
    case nullArrayReference
    /// An i31 taken out of null.
    case nullI31Reference
    /// `throw_ref` of null.
    case nullExceptionReference
    /// An array access behind the array's end.
    case arrayOutOfBounds
    /// `ref.cast` to a type that the value is not of.
    case castFailure
    /// An exception that nobody caught.
    case uncaughtException
    /// Calls nest deeper than the stack.
    case callStackExhausted
    /// The memory budget does not hold another object of the guest's.
    case outOfMemory
    /// The fuel is burnt.
    case fuelExhausted
    /// `Store.interrupt()` was called.
    case interrupted
    /// A body that was not validated at admission is not valid.
    case corruptModule
    /// A function of the host failed.
    case hostFailure
    /// An atomic access at an address that is no multiple of its size.
    case unalignedAtomic
    /// An atomic wait on a memory that is not shared.
    case unsharedWait
    /// The guest asked to end; `Trap.exitCode` says how.
    case exit
}

extension TrapReason: CustomStringConvertible {
    /// What the specification's tests call it.
    public var description: String {
        switch self {
        case .unreachable: "unreachable"
        case .memoryOutOfBounds: "out of bounds memory access"
        case .tableOutOfBounds: "out of bounds table access"
        case .integerDivideByZero: "integer divide by zero"
        case .integerOverflow: "integer overflow"
        case .invalidConversionToInteger: "invalid conversion to integer"
        case .undefinedElement: "undefined element"
        case .uninitializedElement: "uninitialized element"
        case .indirectCallTypeMismatch: "indirect call type mismatch"
        case .nullFunctionReference: "null function reference"
        case .nullReference: "null reference"
        case .nullStructureReference: "null structure reference"
        case .nullArrayReference: "null array reference"
        case .nullI31Reference: "null i31 reference"
        case .nullExceptionReference: "null exception reference"
        case .arrayOutOfBounds: "out of bounds array access"
        case .castFailure: "cast failure"
        case .uncaughtException: "unhandled exception"
        case .callStackExhausted: "call stack exhausted"
        case .outOfMemory: "memory limit exceeded"
        case .fuelExhausted: "all fuel consumed"
        case .interrupted: "interrupted"
        case .corruptModule: "corrupt module"
        case .hostFailure: "host function failed"
        case .unalignedAtomic: "unaligned atomic"
        case .unsharedWait: "expected shared memory"
        case .exit: "exit"
        }
    }
}
final class MemoryBudget {
    let limit: UInt64; var used: UInt64 = 0; var peak: UInt64 = 0;
    init(limit: UInt64) { self.limit = limit }
    func reserve(_ b: UInt64) -> Bool { true }; func release(_ b: UInt64) {}
}
@safe final class LinearMemory {
    let type: MemoryType;
    init?(_ type: MemoryType, _ budget: MemoryBudget) {
        self.type = type; unsafe base = .allocate(byteCount: 1, alignment: 16)
    }
    var byteCount: UInt64 { 0 }; var base: UnsafeMutableRawPointer;
    func grow(_ pages: UInt64) -> UInt64? { nil }
}
final class ReferenceTable {
    let type: TableType;
    init?(_ type: TableType, initial: UInt64, _ budget: MemoryBudget) { self.type = type };
    var count: UInt64 { 0 }
    func get(_ i: UInt64) -> UInt64? { nil }; func set(_ i: UInt64, _ b: UInt64) -> Bool { false };
    func grow(_ c: UInt64, _ b: UInt64) -> UInt64? { nil }
}
final class GlobalCell {
    let type: GlobalType; var low: UInt64 = 0, high: UInt64 = 0; init(_ t: GlobalType) { type = t }
}
struct FunctionReference { let bits: UInt64; var typeID: UInt32 { 0 } }
@safe struct HostFrame { var sp: UnsafeMutablePointer<UInt64>; var caller: InstanceContext? }
final class HostFunctionEntity {
    var reference: FunctionReference { FunctionReference(bits: 0) };
    init(typeID: UInt32, type: FunctionType, body: @escaping (HostFrame) throws(Trap) -> Void) {}
}
final class InstanceContext {
    var memories: [LinearMemory] = []
    init(
        module: Module,
        machine: Machine,
        typeIDs: [UInt32],
        importedFunctions: [FunctionReference]
    ) {}
    func attach(
        tables: [ReferenceTable],
        memories: [LinearMemory],
        globals: [GlobalCell],
        elements: [[UInt64]]
    ) {}
    func function(_ i: UInt32) -> FunctionReference { FunctionReference(bits: 0) }
    func initializeTable(
        segment: UInt32,
        table: UInt32,
        destination: UInt64,
        source: UInt32,
        count: UInt32
    ) -> Bool { true }
    func initializeMemory(
        segment: UInt32,
        memory: UInt32,
        destination: UInt64,
        source: UInt32,
        count: UInt32
    ) -> Bool { true }
    func dropElement(_ i: UInt32) {}
    func dropData(_ i: UInt32) {}
}
final class Machine {
    init(budget: MemoryBudget) {}
    func invoke(
        _ f: FunctionReference,
        arguments: [UInt64],
        resultSlots: Int
    ) throws(Trap) -> [UInt64] { throw Trap(.unreachable) }
}
extension Module {
    /// Validates the bodies of all functions.
    public func validateAllBodies() throws(ModuleError) {}
}
