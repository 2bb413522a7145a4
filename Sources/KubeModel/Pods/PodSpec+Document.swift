public import Documents

extension PodSpec {
    /// The spec as Kubernetes writes it, with its defaults.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("volumes", volumes, \.document)
        object.set("initContainers", initContainers, \.document)
        object.set("containers", .array(containers.map(\.document)))
        object.set("restartPolicy", restartPolicy.rawValue)
        object.set("terminationGracePeriodSeconds", terminationGracePeriodSeconds)
        object.set("activeDeadlineSeconds", activeDeadlineSeconds)
        object.set("nodeName", nodeName.isEmpty ? nil : nodeName)
        object.set("nodeSelector", nodeSelector)
        object.set("priority", priority == 0 ? nil : priority)
        object.set("tolerations", tolerations, \.document)
        object.set("hostNetwork", hostNetwork ? true : nil)
        object.set("hostname", hostname)
        object.set("imagePullSecrets", imagePullSecrets) { ["name": .string($0)] }
        object.set("runtimeClassName", runtimeClassName)
        object.set("serviceAccountName", serviceAccountName)
        object.set("securityContext", securityContext.document)
        return object.document
    }
}

extension Container {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        object.set("image", image)
        object.set("imagePullPolicy", imagePullPolicy.rawValue)
        object.set("command", command)
        object.set("args", args)
        object.set("workingDir", workingDir)
        object.set("env", env, \.document)
        object.set("envFrom", envFrom, \.document)
        object.set("ports", ports, \.document)
        object.set("resources", resources.document)
        object.set("volumeMounts", volumeMounts, \.document)
        object.set("restartPolicy", restartPolicy?.rawValue)
        object.set("lifecycle", hooks.document)
        object.set("livenessProbe", livenessProbe?.document)
        object.set("readinessProbe", readinessProbe?.document)
        object.set("startupProbe", startupProbe?.document)
        object.set("securityContext", securityContext.document)
        return object.document
    }
}

extension EnvironmentVariable {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        switch value {
        case .literal(let text): object.set("value", text.isEmpty ? nil : text)
        case .field(let field):
            let reference: Document = ["apiVersion": "v1", "fieldPath": .string(field.path)]
            object.set("valueFrom", ["fieldRef": reference])
        case .resource(let selector):
            object.set("valueFrom", ["resourceFieldRef": selector.document])
        case .configMapKey(let key): object.set("valueFrom", ["configMapKeyRef": key.document])
        case .secretKey(let key): object.set("valueFrom", ["secretKeyRef": key.document])
        }
        return object.document
    }
}

extension ConfigKey {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        object.set("key", key)
        object.set("optional", isOptional ? true : nil)
        return object.document
    }
}

extension EnvironmentFrom {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("prefix", prefix.isEmpty ? nil : prefix)
        var reference = ObjectBuilder()
        switch source {
        case .configMap(let name), .secret(let name): reference.set("name", name)
        }
        reference.set("optional", isOptional ? true : nil)
        switch source {
        case .configMap: object.set("configMapRef", reference.document)
        case .secret: object.set("secretRef", reference.document)
        }
        return object.document
    }
}

extension ContainerPort {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        object.set("containerPort", Int64(containerPort))
        object.set("hostPort", hostPort.map { Int64($0) })
        object.set("protocol", transportProtocol.rawValue)
        return object.document
    }
}

extension ResourceRequirements {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("limits", limits.mapValues(\.text))
        object.set("requests", requests.mapValues(\.text))
        return object.document
    }
}

extension VolumeMount {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        object.set("mountPath", mountPath)
        object.set("readOnly", readOnly ? true : nil)
        object.set("subPath", subPath)
        object.set("subPathExpr", subPathExpression)
        return object.document
    }
}

extension Volume {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("name", name)
        switch source {
        case .emptyDirectory(let directory):
            var inner = ObjectBuilder()
            inner.set("medium", directory.isInMemory ? "Memory" : nil)
            inner.set("sizeLimit", directory.sizeLimit?.text)
            object.set("emptyDir", inner.document)
        case .hostPath(let host):
            let inner: Document = ["path": .string(host.path), "type": .string(host.kind.rawValue)]
            object.set("hostPath", inner)
        case .persistentClaim(let claim):
            var inner = ObjectBuilder()
            inner.set("claimName", claim.name)
            inner.set("readOnly", claim.isReadOnly ? true : nil)
            object.set("persistentVolumeClaim", inner.document)
        case .configMap(let config): object.set("configMap", config.document(nameField: "name"))
        case .secret(let config): object.set("secret", config.document(nameField: "secretName"))
        case .projected(let volume): object.set("projected", volume.document)
        case .downwardAPI(let volume): object.set("downwardAPI", volume.downwardDocument)
        case .serviceAccountToken:
            let sources: Document = [["serviceAccountToken": ["path": "token"]]]
            object.set("projected", ["sources": sources])
        }
        return object.document
    }
}

extension ConfigVolume {
    /// The object; a part of a projected volume has no mode of its own.
    func document(nameField: String, isPart: Bool = false) -> Document {
        var object = ObjectBuilder()
        object.set(nameField, name)
        object.set("items", items) { item in
            var inner = ObjectBuilder()
            inner.set("key", item.key)
            inner.set("path", item.path)
            inner.set("mode", item.mode.map { Int64($0) })
            return inner.document
        }
        object.set("defaultMode", isPart ? nil : Int64(defaultMode))
        object.set("optional", isOptional ? true : nil)
        return object.document
    }
}
