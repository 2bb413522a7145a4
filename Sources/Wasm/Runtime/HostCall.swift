// This file is a fence: it reads and writes the interpreter's slots through a pointer.

/// One call of a host function: its arguments, its results, and the caller's memory.
///
/// Results take the place of the arguments, so read all arguments before writing a result. Good only
/// while the function runs.
@safe
public struct HostCall {
    // Safety: the interpreter has made room for the larger of parameters and results; every index is
    // checked against their number of slots.
    private let slots: UnsafeMutablePointer<UInt64>
    private let slotCount: Int
    private let type: FunctionType
    private let caller: InstanceContext?
    private let types: TypeTable

    init(_ frame: HostFrame, _ type: FunctionType, slotCount: Int, _ types: TypeTable) {
        // Safety: as above.
        unsafe self.slots = frame.sp
        self.slotCount = slotCount
        self.type = type
        self.caller = frame.caller
        self.types = types
    }

    /// The memory 0 of the calling instance; an empty one when it has none or the host calls itself.
    public var memory: GuestMemory { GuestMemory(caller?.memories.first) }

    /// The bits of the slot `index`, 0 when there is none: arguments and vectors count two.
    @inline(__always)
    private func slot(_ index: Int) -> UInt64 {
        // Safety: checked.
        index >= 0 && index < slotCount ? unsafe slots[index] : 0
    }

    /// The argument `index` as a 32-bit integer; arguments before it must not be vectors.
    @inline(__always)
    public func i32(_ index: Int) -> UInt32 { UInt32(truncatingIfNeeded: slot(index)) }

    /// The argument `index` as a 64-bit integer.
    @inline(__always)
    public func i64(_ index: Int) -> UInt64 { slot(index) }

    /// The argument `index` as a 32-bit float.
    public func f32(_ index: Int) -> Float { Float(bitPattern: i32(index)) }

    /// The argument `index` as a 64-bit float.
    public func f64(_ index: Int) -> Double { Double(bitPattern: slot(index)) }

    /// All arguments.
    public var arguments: [Value] {
        let slots = (0..<type.parameterSlotCount).map { slot($0) }
        var index = 0
        return type.parameters.map { Value($0, slots, &index, types) }
    }

    /// Makes `value` the one result.
    @inline(__always)
    public func returns(i32 value: UInt32) { set(0, UInt64(value)) }

    /// Makes `value` the one result.
    public func returns(i64 value: UInt64) { set(0, value) }

    /// Makes `value` the one result.
    public func returns(f32 value: Float) { set(0, UInt64(value.bitPattern)) }

    /// Makes `value` the one result.
    public func returns(f64 value: Double) { set(0, value.bitPattern) }

    /// Makes `values` the results; they must have the types that the function declared.
    public func returns(_ values: [Value]) {
        var slots: [UInt64] = []
        for value in values { value.append(to: &slots) }
        for (index, bits) in slots.enumerated() { set(index, bits) }
    }

    private func set(_ index: Int, _ bits: UInt64) {
        guard index < slotCount else { return }
        // Safety: checked.
        unsafe slots[index] = bits
    }
}
