internal import KubeModel
internal import Lifecycle
internal import StateStore

// What a controller or an operator may order beside what is wanted.
extension Supervisor {
    /// Stops containers in good order and starts them again; what has ended for good stays so.
    ///
    /// - Parameters:
    ///   - namespace: Where the pod is.
    ///   - name: Which pod.
    ///   - container: Which of its containers; nil for all but init containers.
    /// - Returns: The names of those that begin anew.
    /// - Throws: What is not there.
    public func restart(
        namespace: String,
        name: String,
        container: String?
    ) throws(LogProblem) -> [String] {
        guard let pod = pod(namespace: namespace, name: name), !pod.isDeleting else {
            throw .noPod
        }
        let names = pod.pod.spec.containers.map(\.name)
        if let container, !names.contains(container) { throw .noContainer(names) }
        let chosen = names.filter { one in
            (container ?? one) == one && pod.container(one).map { $0.state != .finished } ?? false
        }
        guard !chosen.isEmpty else { throw .noRun }
        post.yield(.restart(uid: pod.uid, containers: chosen))
        return chosen
    }

    /// Fetches an image, also if it is on disk.
    ///
    /// - Parameter reference: As a pod would name it.
    /// - Returns: Its name with its digest.
    /// - Throws: Why it cannot be had.
    public nonisolated func pull(_ reference: String) async throws(ImageProblem) -> String {
        try await desk.ensure(reference, policy: .always).0.imageID
    }

    /// Removes the images that no pod names, wanted or still ending.
    ///
    /// - Returns: Their references.
    /// - Throws: Why they stay.
    public func prune() async throws(ImageProblem) -> [String] {
        let pods: [Pod]
        do throws(StoreError) {
            pods = try await store.desired(.pod).compactMap { try? $0.pod() }
        } catch {
            throw .unavailable(error.description)
        }
        let all = pods + node.pods.values.map(\.pod)
        let named = all.flatMap { ($0.spec.initContainers + $0.spec.containers).map(\.image) }
        return try await desk.prune(keeping: Set(named))
    }
}
