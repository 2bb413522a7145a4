internal import Documents

extension Probe {
    init(
        _ reader: DocumentReader,
        isReadiness: Bool,
        _ context: inout ReadingContext
    ) throws(FieldError) {
        try reader.check(.probe, &context)
        self.init(action: try Self.action(reader))
        let any: ClosedRange<Int64> = 0...Int64(Int32.max)
        // Why: 0 is what Go leaves out, and means the default.
        let value = { (name: String, absent: Int64) throws(FieldError) -> Int64 in
            let value = try reader.integer(name, in: any) ?? 0
            return value == 0 ? absent : value
        }
        initialDelaySeconds = try value("initialDelaySeconds", 0)
        timeoutSeconds = try value("timeoutSeconds", 1)
        periodSeconds = try value("periodSeconds", 10)
        successThreshold = try value("successThreshold", 1)
        failureThreshold = try value("failureThreshold", 3)
        terminationGracePeriodSeconds = try reader.integer(
            "terminationGracePeriodSeconds",
            in: 1...PodSpec.gracePeriodSecondsMax
        )
        guard isReadiness || successThreshold == 1 else {
            throw reader.error("successThreshold", "Invalid value: \(successThreshold): must be 1")
        }
    }

    static func action(_ reader: DocumentReader) throws(FieldError) -> Action {
        var actions: [Action] = []
        if let exec = try reader.optional("exec") {
            try exec.refuseUnknown(known: ["command"])
            let command = try exec.required("command").strings()
            guard !command.isEmpty else { throw exec.error("command", "Required value") }
            actions.append(.exec(command: command))
        }
        if let get = try reader.optional("httpGet") { actions.append(.httpGet(try HTTPGet(get))) }
        if let socket = try reader.optional("tcpSocket") {
            try socket.refuseUnknown(known: ["port", "host"])
            let host = try socket.string("host")
            let port = try PortReference(socket.required("port"))
            actions.append(.tcpSocket(port: port, host: host.isEmpty ? nil : host))
        }
        guard let action = actions.first else {
            throw reader.error("Required value: must specify a handler type")
        }
        guard actions.count == 1 else {
            throw reader.error("Forbidden: may not specify more than 1 handler type")
        }
        return action
    }
}

extension Probe.HTTPGet {
    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: ["path", "port", "host", "scheme", "httpHeaders"])
        guard try reader.string("scheme", absent: "HTTP") == "HTTP" else {
            throw reader.error("scheme", "probes by HTTPS are not supported")
        }
        let host = try reader.string("host")
        self.init(
            path: try reader.string("path", absent: "/"),
            port: try Probe.PortReference(reader.required("port")),
            host: host.isEmpty ? nil : host,
            headers: try reader.list("httpHeaders") { (header) throws(FieldError) in
                try header.refuseUnknown(known: ["name", "value"])
                return Probe.Header(
                    name: try header.requiredString("name"),
                    value: try header.string("value")
                )
            }
        )
    }
}

extension Probe.PortReference {
    fileprivate init(_ reader: DocumentReader) throws(FieldError) {
        if reader.document.string != nil {
            self = .name(try reader.string(checkedBy: NameRule.portNameProblem))
        } else {
            self = .number(UInt16(truncatingIfNeeded: try reader.integer(in: 1...65_535)))
        }
    }
}
