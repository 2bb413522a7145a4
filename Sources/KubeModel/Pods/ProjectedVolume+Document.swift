internal import Documents

extension ProjectedVolume {
    var document: Document {
        var object = ObjectBuilder()
        object.set("sources", sources) { source in
            var inner = ObjectBuilder()
            switch source {
            case .configMap(let config):
                inner.set("configMap", config.document(nameField: "name", isPart: true))
            case .secret(let config):
                inner.set("secret", config.document(nameField: "name", isPart: true))
            case .downward(let files):
                inner.set("downwardAPI", Self.list(files).document)
            case .serviceAccountToken:
                inner.set("serviceAccountToken", ["path": "token"])
            }
            return inner.document
        }
        object.set("defaultMode", Int64(defaultMode))
        return object.document
    }

    /// The same as a volume of the type `downwardAPI`, which has files of the pod and nothing else.
    var downwardDocument: Document {
        let files = sources.flatMap { source in
            switch source {
            case .downward(let files): files
            case .configMap, .secret, .serviceAccountToken: [DownwardFile]()
            }
        }
        var object = Self.list(files)
        object.set("defaultMode", Int64(defaultMode))
        return object.document
    }

    private static func list(_ files: [DownwardFile]) -> ObjectBuilder {
        var object = ObjectBuilder()
        object.set("items", files, \.document)
        return object
    }
}

extension DownwardFile {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        object.set("path", path)
        object.set("mode", mode.map { Int64($0) })
        let field: (String) -> Document = { ["apiVersion": "v1", "fieldPath": .string($0)] }
        switch content {
        case .field(let value): object.set("fieldRef", field(value.path))
        case .labels: object.set("fieldRef", field("metadata.labels"))
        case .annotations: object.set("fieldRef", field("metadata.annotations"))
        case .resource(let selector): object.set("resourceFieldRef", selector.document)
        }
        return object.document
    }
}

extension ResourceSelector {
    var document: Document {
        var object = ObjectBuilder()
        object.set("containerName", containerName)
        object.set("resource", "\(bound.rawValue).\(resource)")
        object.set("divisor", divisor.text)
        return object.document
    }
}
