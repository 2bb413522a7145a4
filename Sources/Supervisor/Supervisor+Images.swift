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

    /// Images that pods ask for in advance.
    public func prePulls() async -> Set<String> {
        Set(node.pods.values.flatMap { ImageNeeds.prePulls($0.pod.metadata.annotations) })
    }
}

extension Pod {
    /// `NAMESPACE/NAME`.
    fileprivate var key: String { "\(metadata.namespace)/\(metadata.name)" }
}
