internal import Documents
internal import Host
internal import KubeModel
internal import Lifecycle
internal import Supervisor

// The keys of `node`, `eviction` and `shutdown` that say what the node takes, and when it ends pods.

extension NodeSettings {
    /// What holds where nothing is said: the kubelet's thresholds, but for memory on small machines.
    static func standard(memoryByteCount: Int64) -> NodeSettings {
        // Why: the kubelet's 100 MiB are half of a gateway's memory; a sixteenth of it is 16 MiB of 256.
        let memory = min(100 << 20, max(0, memoryByteCount) / 16)
        return NodeSettings(
            eviction: .init(thresholds: [
                EvictionThreshold(.memory, .count(memory)),
                EvictionThreshold(.nodeDisk, .percent(10)),
                EvictionThreshold(.nodeInodes, .percent(5)),
                EvictionThreshold(.imageDisk, .percent(15)),
                // The kubelet has none; a machine without process ids cannot even be repaired.
                EvictionThreshold(.processes, .percent(5)),
            ])
        )
    }

    mutating func readNode(_ reader: DocumentReader) throws(FieldError) {
        for element in try reader.optional("taints")?.elements() ?? [] {
            taints.append(try Self.taint(element))
        }
        if let most = try reader.optional("maxPods") {
            podCountMax = try most.integer(in: 1...10_000)
        }
        if let place = try reader.optional("reserved") {
            try place.refuseUnknown(known: ["cpu", "memory", "ephemeral-storage"])
            var amounts: [String: Quantity] = [:]
            for (name, amount) in try place.entries() { amounts[name] = try amount.quantity() }
            reserved = ResourceAmounts(amounts)
        }
    }

    private static func taint(_ reader: DocumentReader) throws(FieldError) -> Taint {
        try reader.refuseUnknown(known: ["key", "value", "effect"])
        let place = try reader.required("effect")
        let effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
        let effect = try place.string()
        guard effects.contains(effect) else {
            throw place.error("must be \(effects.joined(separator: ", "))")
        }
        let key = try reader.required("key")
        guard try !key.string().isEmpty else { throw key.error("must not be empty") }
        return Taint(
            key: try key.string(),
            value: try reader.optional("value")?.string(),
            effect: effect
        )
    }
}

extension NodeEviction.Settings {
    mutating func read(_ reader: DocumentReader) throws(FieldError) {
        try reader.refuseUnknown(known: [
            "hard", "soft", "softGraceSeconds", "minimumReclaim", "transitionSeconds",
            "maxPodGraceSeconds",
        ])
        if let hard = try reader.optional("hard") {
            for (signal, amount) in try Self.amounts(hard) {
                thresholds.removeAll { $0.signal == signal && $0.isHard }
                thresholds.append(EvictionThreshold(signal, amount))
            }
        }
        try readSoft(reader)
        for (signal, amount) in try reader.optional("minimumReclaim").map(Self.amounts) ?? [] {
            for index in thresholds.indices where thresholds[index].signal == signal {
                thresholds[index].minimumReclaim = amount
            }
        }
        // Zero is how an operator says: never for this.
        thresholds.removeAll { $0.amount == .count(0) || $0.amount == .percent(0) }
        let day: ClosedRange<Int64> = 0...86_400
        if let seconds = try reader.optional("transitionSeconds") {
            transitionSeconds = try seconds.integer(in: day)
        }
        if let seconds = try reader.optional("maxPodGraceSeconds") {
            podGraceSecondsMax = try seconds.integer(in: day)
        }
    }

    private mutating func readSoft(_ reader: DocumentReader) throws(FieldError) {
        let graces = try reader.optional("softGraceSeconds")
        if let graces {
            try graces.refuseUnknown(known: Set(EvictionSignal.allCases.map(\.rawValue)))
        }
        guard let soft = try reader.optional("soft") else { return }
        for (signal, amount) in try Self.amounts(soft) {
            guard let grace = try graces?.optional(signal.rawValue) else {
                throw reader.error(
                    "softGraceSeconds",
                    "Required value: say how long \(signal.rawValue) may be short before a pod goes"
                )
            }
            let seconds = try grace.integer(in: 0...86_400)
            thresholds.append(EvictionThreshold(signal, amount, graceSeconds: seconds))
        }
    }

    private static func amounts(
        _ reader: DocumentReader
    ) throws(FieldError) -> [(EvictionSignal, EvictionAmount)] {
        try reader.refuseUnknown(known: Set(EvictionSignal.allCases.map(\.rawValue)))
        var amounts: [(EvictionSignal, EvictionAmount)] = []
        for (name, place) in try reader.entries() {
            guard let signal = EvictionSignal(rawValue: name) else { continue }
            amounts.append((signal, try place.evictionAmount()))
        }
        return amounts
    }
}

extension NodeShutdown.Group {
    /// The groups that `shutdown` asks for.
    static func groups(_ reader: DocumentReader) throws(FieldError) -> [NodeShutdown.Group] {
        try reader.refuseUnknown(known: ["graceSeconds", "criticalGraceSeconds", "groups"])
        // Why: the service manager is asked for this much patience, and a battery may be what is left.
        let range: ClosedRange<Int64> = 0...3_600
        if let list = try reader.optional("groups") {
            var groups: [NodeShutdown.Group] = []
            for element in try list.elements() {
                try element.refuseUnknown(known: ["priority", "graceSeconds"])
                let priority = try element.required("priority")
                groups.append(
                    .init(
                        priority: try priority.integer(in: Int64(Int32.min)...Int64(Int32.max)),
                        graceSeconds: try element.required("graceSeconds").integer(in: range)
                    )
                )
            }
            guard try reader.optional("graceSeconds") == nil,
                try reader.optional("criticalGraceSeconds") == nil
            else { throw list.error("groups and graceSeconds exclude each other") }
            return groups
        }
        let whole = try reader.optional("graceSeconds")?.integer(in: range) ?? 30
        let place = try reader.optional("criticalGraceSeconds")
        let critical = try place?.integer(in: range) ?? min(10, whole)
        if let place, critical > whole {
            throw place.error("must not be more than graceSeconds, which is \(whole)")
        }
        guard whole > 0 else { return [] }
        return [
            .init(priority: 0, graceSeconds: whole - critical),
            .init(priority: PodPriority.critical, graceSeconds: critical),
        ]
    }
}

extension DocumentReader {
    private func amountText() throws(FieldError) -> String {
        if let number = document.integer { return String(number) }
        return try string()
    }

    /// An amount as Kubernetes writes it: `250m`, `64Mi`, `2`.
    fileprivate func quantity() throws(FieldError) -> Quantity {
        let text = try amountText()
        guard let quantity = Quantity(text), quantity.nano >= 0 else {
            throw error("must be an amount like 250m or 64Mi, but is \"\(text)\"")
        }
        return quantity
    }

    /// An amount, or a share: `100Mi`, `10%`.
    fileprivate func evictionAmount() throws(FieldError) -> EvictionAmount {
        let text = try amountText()
        guard text.hasSuffix("%") else { return .count(try quantity().value) }
        guard let percent = Int64(text.dropLast()), (0...100).contains(percent) else {
            throw error(
                "must be an amount like 100Mi or a whole share like 10%, but is \"\(text)\""
            )
        }
        return .percent(percent)
    }
}
