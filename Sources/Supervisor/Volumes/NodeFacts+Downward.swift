internal import Glibc
internal import KubeModel

extension NodeFacts {
    /// What a container without limits may use: all of the node's processors and memory.
    static var limitless: [String: Quantity] {
        [
            "cpu": Quantity(count: max(1, Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN))))),
            "memory": Quantity(bytes: memoryBytes()),
        ]
    }
}
