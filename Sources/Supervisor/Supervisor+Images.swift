internal import KubeModel
internal import Lifecycle
internal import StateStore

extension Supervisor {
    /// The images that pods need: those that are wanted, those that have not ended, and what they ask
    /// for in advance.
    ///
    /// `nil` when the database cannot tell: then nothing may be thrown away.
    public func imageNeeds() async -> ImageNeeds? {
        var needs = ImageNeeds()
        do throws(StoreError) {
            for object in try await store.desired(.pod) {
                // What this version cannot read may need any image.
                guard let pod = try? object.pod() else { return nil }
                add(pod, to: &needs)
            }
        } catch {
            return nil
        }
        for pod in node.pods.values {
            add(pod.pod, to: &needs)
            // What may have to come back must still be there then.
            if let good = pod.versionToGoBackTo { add(good, to: &needs) }
            for container in pod.containers {
                guard let digest = container.imageID.split(separator: "@").last else { continue }
                needs.digests[String(digest), default: []].insert(pod.pod.key)
            }
        }
        return needs
    }

    private func add(_ pod: Pod, to needs: inout ImageNeeds) {
        let images = (pod.spec.initContainers + pod.spec.containers).map(\.image)
        for image in images + ImageNeeds.prePulls(pod.metadata.annotations) where !image.isEmpty {
            needs.users[image, default: []].insert(pod.key)
        }
    }

    // Why: an interface that comes up says so several times, and one with a loose plug all day.
    private static let retryAgainNanoseconds: Int64 = 30_000_000_000
    // Why: the gateways of one mast come back together, and their registry is one.
    private static let retryWithinNanoseconds: Int64 = 5_000_000_000

    /// The network may be back: pulls that wait for another try are tried soon.
    ///
    /// Only a hint, from the kernel or from the link to the broker: a try too many costs one answer.
    public nonisolated func networkReturned() { post.yield(.networkReturned) }

    func retryPulls() async {
        let now = clock().monotonicNanoseconds
        if let last = pullsRetriedAt, now - last < Self.retryAgainNanoseconds { return }
        pullsRetriedAt = now
        let time = now + Int64.random(in: 0...Self.retryWithinNanoseconds)
        for uid in node.linkReturned(retryingAt: time) { await save(uid) }
    }

    /// What the Secrets hold that a pod names for its images.
    ///
    /// A Secret that is not here is left out, as a kubelet does: the registry may not ask for it.
    nonisolated func pullSecrets(of pod: Pod) async -> PullSecrets {
        let names = pod.spec.imagePullSecrets
        guard !names.isEmpty, let objects = try? await store.desired(.secret) else {
            return PullSecrets()
        }
        let secrets = names.compactMap { name in
            objects.first {
                $0.name == name && $0.namespace == pod.metadata.namespace
                    && $0.deletionRequestedAt == nil
            }?.configData
        }
        return PullSecrets(secrets)
    }

    /// The credentials of the first pod that asks for an image in advance.
    func pullSecrets(ofPrePull reference: String) async -> PullSecrets {
        let pod = node.pods.values.map(\.pod).first {
            ImageNeeds.prePulls($0.metadata.annotations).contains(reference)
        }
        guard let pod else { return PullSecrets() }
        return await pullSecrets(of: pod)
    }

    /// Images that pods ask for in advance.
    public func prePulls() async -> Set<String> {
        Set(node.pods.values.flatMap { ImageNeeds.prePulls($0.pod.metadata.annotations) })
    }
}

extension Pod {
    /// `NAMESPACE/NAME`.
    fileprivate var key: String { "\(metadata.namespace)/\(metadata.name)" }
}
