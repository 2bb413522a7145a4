internal import Documents

extension Probe {
    /// The probe as Kubernetes writes it, with its defaults.
    var document: Document {
        var object = ObjectBuilder()
        action.add(to: &object)
        object.set("initialDelaySeconds", initialDelaySeconds == 0 ? nil : initialDelaySeconds)
        object.set("timeoutSeconds", timeoutSeconds)
        object.set("periodSeconds", periodSeconds)
        object.set("successThreshold", successThreshold)
        object.set("failureThreshold", failureThreshold)
        object.set("terminationGracePeriodSeconds", terminationGracePeriodSeconds)
        return object.document
    }
}

extension ContainerHooks {
    /// The hooks as Kubernetes writes them; nil for none.
    var document: Document? {
        guard postStart != nil || preStop != nil else { return nil }
        var object = ObjectBuilder()
        object.set("postStart", postStart?.document)
        object.set("preStop", preStop?.document)
        return object.document
    }
}

extension Hook {
    fileprivate var document: Document {
        var object = ObjectBuilder()
        switch self {
        case .ask(let action): action.add(to: &object)
        case .sleep(let seconds): object.set("sleep", ["seconds": .integer(seconds)])
        }
        return object.document
    }
}

extension Probe.Action {
    fileprivate func add(to object: inout ObjectBuilder) {
        switch self {
        case .exec(let command): object.set("exec", ["command": .strings(command)])
        case .httpGet(let get):
            var inner = ObjectBuilder()
            inner.set("path", get.path)
            inner.set("port", get.port.document)
            inner.set("host", get.host)
            inner.set("scheme", "HTTP")
            inner.set("httpHeaders", get.headers) {
                ["name": .string($0.name), "value": .string($0.value)]
            }
            object.set("httpGet", inner.document)
        case .tcpSocket(let port, let host):
            var inner = ObjectBuilder()
            inner.set("port", port.document)
            inner.set("host", host)
            object.set("tcpSocket", inner.document)
        }
    }
}

extension Probe.PortReference {
    fileprivate var document: Document {
        switch self {
        case .number(let number): .integer(Int64(number))
        case .name(let name): .string(name)
        }
    }
}
