internal import Host
internal import KubeModel
internal import Lifecycle

/// The ConfigMaps and Secrets of one namespace, as they are stored now.
struct ConfigValues: Sendable {
    /// By name.
    var configMaps: [String: [String: [UInt8]]] = [:]
    /// By name.
    var secrets: [String: [String: [UInt8]]] = [:]

    /// The environment that a container starts with.
    func environment(
        of container: Container,
        in pod: Pod,
        _ facts: DownwardFacts
    ) throws(ContainerLifecycle.Problem) -> [(name: String, value: String)] {
        var environment: [(name: String, value: String)] = []
        for source in container.envFrom { environment += try values(of: source) }
        for variable in container.env {
            switch variable.value {
            case .configMapKey(let key): try check(key, in: configMaps, "configmap")
            case .secretKey(let key): try check(key, in: secrets, "secret")
            case .literal, .field, .resource: break
            }
        }
        let own = container.environment(in: pod, facts: facts) { value in
            switch value {
            case .configMapKey(let key): text(configMaps[key.name]?[key.key])
            case .secretKey(let key): text(secrets[key.name]?[key.key])
            case .literal, .field, .resource: nil
            }
        }
        let names = Set(own.map(\.name))
        return environment.filter { !names.contains($0.name) } + own
    }

    private func text(_ bytes: [UInt8]?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    private func check(
        _ key: ConfigKey,
        in objects: [String: [String: [UInt8]]],
        _ kind: String
    ) throws(ContainerLifecycle.Problem) {
        guard !key.isOptional, objects[key.name]?[key.key] == nil else { return }
        throw Self.problem(
            objects[key.name] == nil
                ? "\(kind) \"\(key.name)\" not found"
                : "couldn't find key \(key.key) in \(kind) \(key.name)"
        )
    }

    private func values(
        of source: EnvironmentFrom
    ) throws(ContainerLifecycle.Problem) -> [(name: String, value: String)] {
        let (kind, name, objects) =
            switch source.source {
            case .configMap(let name): ("configmap", name, configMaps)
            case .secret(let name): ("secret", name, secrets)
            }
        guard let object = objects[name] else {
            if source.isOptional { return [] }
            throw Self.problem("\(kind) \"\(name)\" not found")
        }
        return object.sorted { $0.key < $1.key }.map {
            (name: source.prefix + $0.key, value: text($0.value) ?? "")
        }
    }

    /// The keys of a ConfigMap or a Secret as files.
    func files(
        of volume: ConfigVolume,
        isSecret: Bool
    ) throws(ContainerLifecycle.Problem) -> [AtomicFolder.File] {
        let kind = isSecret ? "secret" : "configmap"
        guard let object = (isSecret ? secrets : configMaps)[volume.name] else {
            if volume.isOptional { return [] }
            throw Self.problem("\(kind) \"\(volume.name)\" not found")
        }
        let all = object.keys.sorted().map { ConfigVolume.Item(key: $0, path: $0) }
        var files: [AtomicFolder.File] = []
        for item in volume.items.isEmpty ? all : volume.items {
            guard let bytes = object[item.key] else {
                if volume.isOptional { continue }
                throw Self.problem("references non-existent key: \(item.key) in \(volume.name)")
            }
            let mode = UInt32(item.mode ?? volume.defaultMode)
            files.append(.init(path: item.path, bytes: bytes, mode: mode))
        }
        return files
    }

    static func problem(_ message: String) -> ContainerLifecycle.Problem {
        .init(reason: "CreateContainerConfigError", message: message)
    }
}
