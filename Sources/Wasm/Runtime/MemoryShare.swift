/// What a part of a store's budget went to.
public enum MemoryShare: Int, CaseIterable, Sendable {
    /// Memories, as far as guests can reach.
    case linearMemory
    /// Tables, and the elements of segments that were not dropped.
    case tables
    /// Globals.
    case globals
    /// Structures, arrays and exceptions, with what finds them again.
    case heap
    /// The stack of values and that of calls between instances.
    case stacks
    /// Register code.
    case translatedCode
    /// Instances themselves: their functions, their tables of handlers, their modules' declarations.
    case instances
    /// What the host holds on a guest's behalf.
    case hostBuffers

    /// What reports call it, in the form of a key.
    public var name: String {
        switch self {
        case .linearMemory: "linearMemory"
        case .tables: "tables"
        case .globals: "globals"
        case .heap: "heap"
        case .stacks: "stacks"
        case .translatedCode: "translatedCode"
        case .instances: "instances"
        case .hostBuffers: "hostBuffers"
        }
    }
}
