// This file is a fence: the raw layouts that handlers read through pointers.

/// Where a handler finds its operation and operands: 16-bit words.
typealias Code = UnsafeRawPointer
/// Where a handler finds slots: 64 bits each.
typealias Frame = UnsafeMutableRawPointer

/// One operation for one choice of operand places; it ends by calling the next one.
///
/// In order: the operation's code, the frame, base and byte count of memory 0, the instance's
/// context (which is the table of handlers too), and the accumulators for integers, f32 and f64.
typealias Handler =
    @convention(c) (Code, Frame, Frame, UInt, Frame, UInt64, Float, Double) -> Void

/// What a reference to a function points to.
@unsafe
struct FunctionEntity {
    /// The first operation; a `CodeHeader` lies before it.
    ///
    /// Never nil: a function that was not translated yet has code whose frame does not fit any
    /// stack.
    var code: Code
    /// The handler of the first operation, or one that looks it up.
    var first: Handler
    /// The context of the instance that defines it; `nil` for the host's functions.
    var instance: Frame?
    /// `TypeRegistry`'s number of its type.
    var typeID: UInt32
    /// In the index space of the instance's module.
    var index: UInt32
}

/// Lies before the code of each function.
struct CodeHeader {
    /// Bytes of stack the function needs, so that a call checks once.
    var frameBytes: UInt32
    /// Where in the frame the caller's code and frame are kept, in bytes: behind the parameters
    /// and the results.
    var linkOffset: UInt32
    /// In the index space of the module.
    var functionIndex: UInt32
    /// Fuel that a call costs: instructions outside of loops; 0 when none is counted.
    var price: UInt32

    /// `frameBytes` of a function without code.
    static let untranslated = UInt32(Int32.max)
}

/// Where a function returns to.
@unsafe
struct Link {
    var pc: Code
    var sp: Frame
}

/// Where a call into another instance returns to; lies on a stack of its own.
@unsafe
struct CrossLink {
    var pc: Code
    var sp: Frame
    var context: Frame
}

/// A linear memory as handlers see it.
@unsafe
struct MemoryEntity {
    /// Stays where it is while the memory grows.
    var base: Frame
    /// Bytes that the guest may touch.
    var byteCount: UInt
    /// All ones when addresses are 64-bit, else 32 ones.
    var addressMask: UInt64
}

/// A table as handlers see it.
@unsafe
struct TableEntity {
    var elements: UnsafeMutablePointer<UInt64>
    var count: UInt64
}

/// Lies right before an instance's table of handlers, which is where the context points.
///
/// `InstanceLayout` says what lies before it.
@unsafe
struct InstanceHeader {
    var machine: UnsafeMutablePointer<MachineState>
    /// The end of the value stack.
    var stackLimit: Frame
    /// Memory 0, or an empty one.
    var memory: UnsafeMutablePointer<MemoryEntity>
    /// By index.
    var memories: UnsafeMutablePointer<UnsafeMutablePointer<MemoryEntity>>
    /// The `InstanceContext`, not retained.
    var owner: UnsafeRawPointer?
    /// The context of the instance made before this one, for interrupts.
    var previous: Frame?
}

/// What the host does for the guest: reads its operands behind the operation and says where to go
/// on, or `nil` when the guest trapped.
typealias Service = @convention(c) (Code, Frame, Frame) -> Code?

/// Makes a function (the last argument is its entity) ready to be called: translates it, or traps
/// and says `false`.
typealias Preparation =
    @convention(c) (Code, Frame, Frame, Frame) -> Bool

/// Whether a function's type (second) is one that the call expects (third).
typealias SubtypeCheck = @convention(c) (Frame, UInt32, UInt32) -> Bool

/// What all instances of a store share while a guest runs.
@unsafe
struct MachineState {
    /// `TrapReason`'s raw value of the trap that ended the chain; 0 for none.
    var trapReason: UInt32
    var trapCode: Code?
    var trapFrame: Frame?
    var trapContext: Frame?
    /// What `callEntry` calls.
    var entry: UnsafeMutablePointer<FunctionEntity>
    /// The next free place for a `CrossLink`.
    var crossTop: UnsafeMutablePointer<CrossLink>
    var crossLimit: UnsafeMutablePointer<CrossLink>
    /// The operation that returns into the instance of the topmost `CrossLink`.
    var crossReturnCode: Code
    /// Where `resume` goes on.
    var resumeCode: Code
    var resumeFrame: Frame
    var resumeContext: Frame
    var services: UnsafeMutablePointer<Service>
    var prepare: Preparation
    var isSubtype: SubtypeCheck
    /// What is left; below zero the guest ends.
    var fuel: Int64
    /// The context of the instance made last.
    var lastContext: Frame?
    /// The `Machine`, not retained.
    var owner: UnsafeRawPointer?
}

/// The fields before the context.
@inline(__always)
func header(_ context: Frame) -> UnsafeMutablePointer<InstanceHeader> {
    // Safety: `InstanceContext` lays its block out so.
    unsafe (context - MemoryLayout<InstanceHeader>.stride)
        .assumingMemoryBound(to: InstanceHeader.self)
}

/// What the instance shares with the others of its store.
@inline(__always)
func machine(_ context: Frame) -> UnsafeMutablePointer<MachineState> {
    unsafe header(context).pointee.machine
}

/// What lies before a function's first operation.
@inline(__always)
func codeHeader(_ code: Code) -> CodeHeader {
    unsafe (code - MemoryLayout<CodeHeader>.stride).load(as: CodeHeader.self)
}
