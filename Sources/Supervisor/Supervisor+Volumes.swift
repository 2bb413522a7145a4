internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging
internal import StateStore

extension Supervisor {
    /// Brings the files of ConfigMaps, Secrets and the downward API up to date in pods that have them,
    /// where what they are made of has changed.
    func refreshVolumes() async {
        var changed: [(Pod, stamp: Int)] = []
        var versions: [DesiredObject]?
        for (uid, lifecycle) in node.pods where lifecycle.pod.hasProjectedVolumes {
            let pod = lifecycle.pod
            if versions == nil, pod.namesConfiguration {
                do throws(StoreError) {
                    versions = try await store.desired(.configMap) + store.desired(.secret)
                } catch {
                    return note(error: "\(error)", reason: "DatabaseFailed")
                }
            }
            let stamp = Self.stamp(of: pod, versions ?? [])
            if volumeStamps[uid] != stamp { changed.append((pod, stamp)) }
        }
        for (pod, stamp) in changed {
            volumeStamps[pod.metadata.uid] = stamp
            effects.append(.refreshVolumes(pod))
        }
        volumeStamps = volumeStamps.filter { node.pods[$0.key] != nil }
    }

    /// Changes with everything that such files are made of.
    private static func stamp(of pod: Pod, _ objects: [DesiredObject]) -> Int {
        var hasher = Hasher()
        hasher.combine(pod.metadata.labels)
        hasher.combine(pod.metadata.annotations)
        for object in objects where object.namespace == pod.metadata.namespace {
            hasher.combine(object.kind)
            hasher.combine(object.name)
            hasher.combine(object.payload)
            hasher.combine(object.deletionRequestedAt != nil)
        }
        return hasher.finalize()
    }

    /// Writes the files again that are there; what was never made is made when a container starts.
    nonisolated func refreshVolumes(of pod: Pod) async {
        do throws(ContainerLifecycle.Problem) {
            let setups = try volumeSetups(of: pod, try await configValues(of: pod))
            let count = try await workshop.run { () throws(ContainerLifecycle.Problem) in
                var count = 0
                for setup in setups where setup.isMade {
                    if try setup.refresh() { count += 1 }
                }
                return count
            }
            if count > 0 {
                logger.info(
                    "volumes updated",
                    metadata: ["pod": "\(pod.metadata.name)", "count": "\(count)"]
                )
            }
        } catch {
            // Source: Kubernetes' reason; what runs keeps the files that it has.
            let note = PodNote(.warning, "FailedMount", error.message, "")
            post.yield(.note(note, uid: pod.metadata.uid))
        }
    }

    private nonisolated func volumeSetups(
        of pod: Pod,
        _ values: ConfigValues
    ) throws(ContainerLifecycle.Problem) -> [VolumeSetup] {
        var setups: [VolumeSetup] = []
        for volume in pod.spec.volumes where volume.source.projected != nil {
            let users = (pod.spec.containers + pod.spec.initContainers).first {
                $0.volumeMounts.contains { $0.name == volume.name }
            }
            guard let container = users else { continue }
            var identity: WorkloadIdentity?
            if let sandbox = configuration.sandbox {
                identity = try WorkloadIdentity(pod, container, sandbox.kernel)
            }
            setups.append(
                VolumeSetup(
                    configuration: configuration,
                    pod: pod,
                    volume: volume,
                    configValues: values,
                    facts: DownwardFacts(
                        nodeName: configuration.nodeName,
                        allocatable: NodeFacts.limitless
                    ),
                    identity: identity
                )
            )
        }
        return setups
    }
}
