internal import Host
internal import KubeModel
internal import Lifecycle
internal import Logging
internal import StateStore

extension Supervisor {
    // Why: a full disk is not freed within seconds, and people wait for the end of a deletion.
    private static let retryPause = Duration.seconds(5)

    /// Does something that takes long; its answer is a signal.
    ///
    /// Off the actor but for the few lines that read it.
    nonisolated func perform(_ effect: Effect) async {
        switch effect {
        case .image(let pod, let container): await ensureImage(pod, container)
        case .start(let instance, let pod, let container): await start(instance, pod, container)
        case .lookAgain(let instance, let exit):
            let found = await host.adopt(instance) { [post] exit in
                post.yield(.ended(instance, exit))
            }
            post.yield(.adopted(instance, found, exit))
        case .ask(let asked): await put(asked)
        case .refreshVolumes(let pod): await refreshVolumes(of: pod)
        case .removeFiles(let uid, let logs): await removeFiles(uid, logs)
        case .retryRemoval(let uid):
            try? await Task.sleep(for: Self.retryPause)
            post.yield(.retryRemoval(uid: uid))
        case .measure: await readGauge()
        case .measureStorage(let pods): await measureStorage(of: pods)
        case .free(let shortage, let pods): await free(shortage, pods)
        case .publishNode: await publishNode()
        }
    }

    private nonisolated func ensureImage(_ pod: Pod, _ spec: Container) async {
        let (uid, container) = (pod.metadata.uid, spec.name)
        let (reference, policy) = (spec.image, spec.imagePullPolicy)
        do throws(ImageProblem) {
            let secrets = await pullSecrets(of: pod)
            let (image, how) = try await desk.ensure(reference, policy: policy, secrets: secrets)
            let text =
                switch how {
                case .wasThere: "Container image \"\(reference)\" already present on machine"
                case .pulled: "Successfully pulled image \"\(reference)\""
                case .pulledEarlier(let problem):
                    "Using image \"\(reference)\" from disk, because: \(problem)"
                }
            var note = PodNote(.normal, "Pulled", text, container)
            if case .wasThere = how { note.isLocal = true }
            post.yield(.note(note, uid: uid))
            let event = ContainerLifecycle.Event.imageReady(
                imageID: image.imageID,
                of: reference
            )
            post.yield(.answer(event, container: container, uid: uid))
        } catch {
            let reason = policy == .never ? "ErrImageNeverPull" : error.reason
            let problem = ContainerLifecycle.Problem(reason: reason, message: error.description)
            let event = ContainerLifecycle.Event.imageFailed(problem, of: reference)
            post.yield(.answer(event, container: container, uid: uid))
        }
    }

    private nonisolated func start(
        _ instance: Instance,
        _ pod: Pod,
        _ container: Container
    ) async {
        let started: ContainerLifecycle.Event
        do throws(ContainerLifecycle.Problem) {
            let setup = try await setup(container, pod, instance)
            let workload = try await workshop.run {
                [host, post] () throws(ContainerLifecycle.Problem) in
                let command = try setup.prepare()
                return try inContext { () throws(HostError) in
                    try host.start(instance, command) { post.yield(.ended(instance, $0)) }
                }
            }
            await keep(workload, for: instance)
            started = .started(attempt: instance.attempt, at: clock().wall)
        } catch {
            started = .startFailed(attempt: instance.attempt, error)
        }
        post.yield(.answer(started, container: instance.container, uid: instance.uid))
    }

    /// All that is needed to run a program of a container.
    nonisolated func setup(
        _ container: Container,
        _ pod: Pod,
        _ instance: Instance
    ) async throws(ContainerLifecycle.Problem) -> ContainerSetup {
        let image: any LocalImage
        do throws(ImageProblem) {
            (image, _) = try await desk.ensure(container.image, policy: .ifNotPresent)
        } catch {
            throw .init(reason: error.reason, message: error.description)
        }
        return ContainerSetup(
            configuration: configuration,
            pod: pod,
            container: container,
            instance: instance,
            image: image,
            network: try await network(of: container, in: pod, for: instance),
            configValues: try await configValues(of: pod)
        )
    }

    private func keep(_ workload: any Workload, for instance: Instance) {
        // It may have ended before we came to write it down.
        let container = node.pods[instance.uid]?.container(instance.container)
        guard container?.attempt == instance.attempt, container?.mayHaveProcess == true else {
            return
        }
        workloads[instance] = workload
        logger.info(
            "container started",
            metadata: ["instance": "\(instance)", "pid": "\(workload.processID)"]
        )
    }

    /// ConfigMaps and Secrets of the pod's namespace; read only when the pod names one.
    nonisolated func configValues(
        of pod: Pod
    ) async throws(ContainerLifecycle.Problem) -> ConfigValues {
        var values = ConfigValues()
        guard pod.namesConfiguration else { return values }
        let namespace = pod.metadata.namespace
        do throws(StoreError) {
            for object in try await store.desired(.configMap)
            where object.namespace == namespace && object.deletionRequestedAt == nil {
                values.configMaps[object.name] = object.configData
            }
            for object in try await store.desired(.secret)
            where object.namespace == namespace && object.deletionRequestedAt == nil {
                values.secrets[object.name] = object.configData
            }
        } catch {
            throw .init(reason: "CreateContainerConfigError", message: error.description)
        }
        return values
    }

    private nonisolated func removeFiles(_ uid: String, _ logs: String) async {
        let folders = [
            configuration.layout.runningPod(uid), configuration.layout.pod(uid), logs,
        ]
        let problem = await workshop.run { [host] () -> String? in
            host.forget(uid)
            var problem: String?
            for folder in folders {
                do throws(HostError) { try FileTree.remove(folder) } catch {
                    problem = "\(error)"
                }
            }
            return problem
        }
        if let problem { await note(error: problem, reason: "CleanUpFailed") }
    }
}
