import Documents
import KubeModel

/// Reads what all nodes of a broker have, as if they were one; changes go to each by itself.
struct FleetAccess: NodeAccess {
    /// The nodes by name.
    let nodes: [(name: String, access: BrokerAccess)]

    /// Where an object of several nodes says whose it is.
    static let nodeAnnotation = "swiftlet.dev/node"

    var lookAgainMilliseconds: Int { 10_000 }

    func objects(
        _ kind: ResourceKind,
        in namespace: String?
    ) async throws(OperatorError) -> [Document] {
        var all: [Document] = []
        for (name, access) in nodes {
            all += try await access.objects(kind, in: namespace).map { Self.marked($0, name) }
        }
        return all
    }

    /// The first node's that has it; several are listed by ``objects(_:in:)``.
    func object(_ key: ObjectKey) async throws(OperatorError) -> Document? {
        for (name, access) in nodes {
            if let object = try await access.object(key) { return Self.marked(object, name) }
        }
        return Optional.none
    }

    private static func marked(_ object: Document, _ name: String) -> Document {
        object.setting(["metadata", "annotations", nodeAnnotation], to: .string(name))
    }

    func status() async throws(OperatorError) -> Document { throw oneByOne }

    func usage() async throws(OperatorError) -> Document { throw oneByOne }

    func log(
        _ question: LogQuestion,
        sink: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError) {
        throw oneByOne
    }

    func restart(_ pod: PodName, container: String?) async throws(OperatorError) -> [String] {
        throw oneByOne
    }

    func apply(_ object: ManifestObject) async throws(OperatorError) -> AppliedChange {
        throw oneByOne
    }

    func delete(_ deletion: Deletion) async throws(OperatorError) { throw oneByOne }

    private var oneByOne: OperatorError {
        .notThisWay(what: "this is done node by node", advice: "name one with --node")
    }
}
