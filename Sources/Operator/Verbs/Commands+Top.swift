import Documents

extension Commands {
    // Why a second: a share of a processor is time used over time gone.
    private static let pause = Duration.seconds(1)

    /// `top pods`: what each pod uses, the most memory first.
    func topPods(namespace: String?) async throws(OperatorError) {
        let (first, second) = try await measureTwice()
        let rows = UsageTable.pods(first, second, namespace: namespace)
        guard !rows.isEmpty else {
            return console.remark("no running pods found")
        }
        var table = Table(headers: ["NAME", "CPU(cores)", "MEMORY(private)", "MEMORY(resident)"])
        if namespace == nil { table.headers.insert("NAMESPACE", at: 0) }
        table.rows = rows
        console.text(table.text)
    }

    /// `top node`.
    func topNode() async throws(OperatorError) {
        let (first, second) = try await measureTwice()
        var table = Table(headers: ["NAME", "CPU(cores)", "MEMORY", "MEMORY%", "DISK", "DISK%"])
        table.rows = [UsageTable.node(first, second)]
        console.text(table.text)
    }

    private func measureTwice() async throws(OperatorError) -> (Document, Document) {
        let first = try await access.usage()
        try? await Task.sleep(for: Self.pause)
        return (first, try await access.usage())
    }
}

/// Rows of `top`, from two summaries as the kubelet writes them.
enum UsageTable {
    /// A row for each pod, those of all namespaces with the namespace in front.
    static func pods(_ first: Document, _ second: Document, namespace: String?) -> [[String]] {
        let before = first["pods"]?.array ?? []
        let pods = (second["pods"]?.array ?? []).filter { pod in
            namespace == nil || pod["podRef"]?["namespace"]?.string == namespace
        }
        let rows = pods.map { pod -> (memory: Int64, cells: [String]) in
            let reference = pod["podRef"]
            let earlier = before.first { $0["podRef"]?["uid"] == reference?["uid"] }
            let containers = pod["containers"]?.array ?? []
            var nanocores: Int64 = 0
            var memory: (own: Int64, resident: Int64) = (0, 0)
            for container in containers {
                let old = earlier?["containers"]?.array?.first { $0["name"] == container["name"] }
                nanocores &+= rate(old?["cpu"], container["cpu"]) ?? 0
                memory.own &+= container["memory"]?["workingSetBytes"]?.integer ?? 0
                memory.resident &+= container["memory"]?["rssBytes"]?.integer ?? 0
            }
            let cells = [
                reference?["name"]?.string ?? "", cores(nanocores), mebibytes(memory.own),
                mebibytes(memory.resident),
            ]
            let place = reference?["namespace"]?.string ?? ""
            return (memory.own, namespace == nil ? [place] + cells : cells)
        }
        return rows.sorted { $0.memory > $1.memory }.map(\.cells)
    }

    /// The row of the node.
    static func node(_ first: Document, _ second: Document) -> [String] {
        let node = second["node"]
        let rate = rate(first["node"]?["cpu"], node?["cpu"])
        let memory = node?["memory"]
        let used = memory?["usageBytes"]?.integer ?? 0
        let disk = node?["fs"]?["usedBytes"]?.integer ?? 0
        return [
            node?["nodeName"]?.string ?? "", rate.map(cores) ?? "<unknown>", mebibytes(used),
            share(used, of: used &+ (memory?["availableBytes"]?.integer ?? 0)), mebibytes(disk),
            share(disk, of: node?["fs"]?["capacityBytes"]?.integer ?? 0),
        ]
    }

    /// Nanocores between two readings; `nil` where they do not belong together.
    static func rate(_ first: Document?, _ second: Document?) -> Int64? {
        guard let from = first?["time"]?.moment, let to = second?["time"]?.moment, to > from,
            let before = first?["usageCoreNanoSeconds"]?.integer,
            let after = second?["usageCoreNanoSeconds"]?.integer, after >= before
        else { return nil }
        let share = Double(after - before) / Double(to - from) * 1_000_000_000
        return Int64(exactly: share.rounded())
    }

    private static func cores(_ nanocores: Int64) -> String { "\(nanocores / 1_000_000)m" }

    private static func mebibytes(_ bytes: Int64) -> String {
        let whole = bytes / (1 << 20)
        // Why no tenths above: nobody asks, and ten times as much might not fit.
        guard (0..<100).contains(whole) else { return "\(whole)Mi" }
        return "\(whole).\(bytes % (1 << 20) * 10 / (1 << 20))Mi"
    }

    private static func share(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "<unknown>" }
        return "\(Int64(Double(part) / Double(whole) * 100))%"
    }
}
