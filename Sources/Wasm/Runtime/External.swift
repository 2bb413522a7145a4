/// What an instance exports and a module imports.
public enum ExternalValue {
    /// A function of a guest or the host.
    case function(Function)
    /// A table.
    case table(Table)
    /// A memory.
    case memory(Memory)
    /// A global.
    case global(Global)
    /// A tag of exceptions.
    case tag(Tag)
}

/// A function of a store: a guest's or the host's.
public struct Function {
    let reference: FunctionReference

    /// The function as a value, to pass to a guest.
    public var handle: FunctionHandle { FunctionHandle(bits: reference.bits) }
}

/// A table of a store.
public struct Table {
    let entity: ReferenceTable

    /// In elements, now.
    public var count: UInt64 { entity.count }
}

/// A memory of a store.
public struct Memory {
    let entity: LinearMemory

    /// Its bytes.
    public var bytes: GuestMemory { GuestMemory(entity) }
}

/// A global of a store.
public struct Global {
    let entity: GlobalCell
    let store: Store

    /// What it holds now.
    public var value: Value {
        var index = 0
        return Value(entity.type.value, [entity.low, entity.high], &index, store.types.table)
    }
}

/// A tag of a store: two are the same only when they are one.
public final class Tag {
    /// The id of its function type in the store.
    let typeID: UInt32

    init(typeID: UInt32) {
        self.typeID = typeID
    }

    /// What exceptions know their tag by; never 0.
    var bits: UInt64 { UInt64(UInt(bitPattern: ObjectIdentifier(self))) }
}
