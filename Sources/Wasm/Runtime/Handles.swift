/// A function as a reference: opaque, good for passing back into the store that it came from.
public struct FunctionHandle: Hashable, Sendable {
    /// The reference as the guest's slots hold it.
    let bits: UInt64
}

/// An object of a guest's heap as a reference: opaque, good only until the guest runs again.
public struct ObjectHandle: Hashable, Sendable {
    /// The reference as the guest's slots hold it.
    let bits: UInt64
}
