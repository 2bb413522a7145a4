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
    ///   - container: Which of its containers; nil for all but those that only prepare it.
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
        let spec = pod.pod.spec
        let sidecars = spec.initContainers.filter { $0.restartPolicy == .always }
        let names = (sidecars + spec.containers).map(\.name)
        if let container, !names.contains(container) { throw .noContainer(names) }
        let chosen = names.filter { one in
            (container ?? one) == one && pod.container(one).map { $0.state != .finished } ?? false
        }
        guard !chosen.isEmpty else { throw .noRun }
        post.yield(.restart(uid: pod.uid, containers: chosen))
        return chosen
    }

    /// Fetches an image, also if it is on disk, and keeps it until it is removed by name.
    ///
    /// - Parameters:
    ///   - reference: As a pod would name it.
    ///   - isKept: Whether it stays though no pod needs it.
    ///   - progress: Told each line that the pull says of itself.
    /// - Returns: Its name with its digest.
    /// - Throws: Why it cannot be had.
    public nonisolated func pull(
        _ reference: String,
        isKept: Bool = true,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(ImageProblem) -> String {
        // Before it is here: it must not be taken for garbage in between.
        if isKept { try await desk.keep(reference) }
        return try await desk.ensure(
            reference,
            policy: .always,
            isExact: true,
            progress: progress
        ).0.imageID
    }

    /// Removes the images that no pod needs, wanted or still ending, and nobody asked for in advance.
    ///
    /// - Returns: Their references.
    /// - Throws: Why they stay.
    public func prune() async throws(ImageProblem) -> [String] {
        guard let needs = await imageNeeds() else {
            throw .unavailable("the database does not say what is needed, so nothing is removed")
        }
        return try await desk.prune(keeping: needs)
    }
}
