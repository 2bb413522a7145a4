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
