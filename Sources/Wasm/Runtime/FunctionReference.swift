// This file is a fence: it holds the address of a function's entity.

/// A function instance, as the address of its entity.
///
/// Bits of references in slots, tables and globals: null is 0, a function the address of its
/// entity, an i31 its value times four plus 1, a host's value times four plus 2, an object of the
/// guest's heap its address.
@safe
struct FunctionReference: Equatable {
    // Safety: the store keeps every instance and host function until it ends itself.
    let entity: UnsafeMutablePointer<FunctionEntity>

    init(_ entity: UnsafeMutablePointer<FunctionEntity>) {
        unsafe self.entity = unsafe entity
    }

    /// The function whose bits these are; `nil` for null.
    init?(bits: UInt64) {
        guard let entity = unsafe functionEntity(bits) else { return nil }
        unsafe self.init(entity)
    }

    static func == (left: Self, right: Self) -> Bool { left.bits == right.bits }

    /// As it stands in a slot.
    var bits: UInt64 { unsafe UInt64(UInt(bitPattern: entity)) }

    /// `TypeRegistry`'s number of its type.
    // Safety: see above.
    var typeID: UInt32 { unsafe entity.pointee.typeID }

    /// In the index space of its module; meaningless for the host's.
    // Safety: see above.
    var index: UInt32 { unsafe entity.pointee.index }

    /// Whether it is one of the host's.
    // Safety: see above.
    var isHost: Bool { unsafe entity.pointee.instance == nil }
}
