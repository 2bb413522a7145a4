/// A value as it passes between the host and a guest.
public enum Value: Hashable, Sendable {
    /// A 32-bit integer; how its sign is read is up to the reader.
    case i32(UInt32)
    /// A 64-bit integer; how its sign is read is up to the reader.
    case i64(UInt64)
    /// The bits of a 32-bit float: a NaN's payload survives.
    case f32(bits: UInt32)
    /// The bits of a 64-bit float.
    case f64(bits: UInt64)
    /// 128 bits: lane 0 is in the low bits of `low`.
    case v128(low: UInt64, high: UInt64)
    /// A reference; `nil` is null, of any kind.
    case reference(Reference?)
}

/// What a reference that is not null points to, as far as a host can tell.
public enum Reference: Hashable, Sendable {
    /// A function of some instance; opaque, valid as long as its store.
    case function(FunctionHandle)
    /// A number that the host gave out as an `externref`.
    case external(UInt32)
    /// A 31-bit integer.
    case i31(UInt32)
    /// An object of the guest's heap; opaque.
    case object(ObjectHandle)
}
