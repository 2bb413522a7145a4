import ControlAPI
import Documents

/// Reads a node's own files while its daemon is not running.
struct DatabaseAccess: NodeAccess {
    init(reach: Reach, reason: ControlError, console: Console) throws(OperatorError) {
        throw .control(reason)
    }

    func pods(in namespace: String?) async throws(OperatorError) -> [Document] { [] }
    func pod(_ name: PodName) async throws(OperatorError) -> Document? { nil }
    func nodes() async throws(OperatorError) -> [Document] { [] }
    func events(about name: PodName) async throws(OperatorError) -> [Document] { [] }
    func status() async throws(OperatorError) -> Document { .null }
    func log(
        _ question: LogQuestion,
        sink: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError) {}
    func apply(_ object: ManifestObject) async throws(OperatorError) -> AppliedChange { .unchanged }
    func delete(_ deletion: Deletion) async throws(OperatorError) {}
}
