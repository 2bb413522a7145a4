import Documents

/// A condition of a node that is not as it should be.
struct NodeFault: Equatable {
    var type: String
    var status: String
    var message: String

    var isPressure: Bool { type.hasSuffix("Pressure") }
    /// `DiskPressure is True: kubelet has disk pressure`.
    var text: String { "\(type) is \(status): \(message)" }

    /// Those of a node, in its order.
    static func all(_ node: ObjectView?) -> [NodeFault] {
        (node?.status?["conditions"]?.array ?? []).compactMap { condition in
            let fault = NodeFault(
                type: condition["type"]?.string ?? "",
                status: condition["status"]?.string ?? "Unknown",
                message: condition["message"]?.string ?? condition["reason"]?.string ?? ""
            )
            // Kubernetes' pressures are bad when True; Ready and our own are good when True.
            let isGoodWhenTrue = !fault.isPressure && fault.type != "DuplicateClientID"
            return fault.status == (isGoodWhenTrue ? "True" : "False") ? nil : fault
        }
    }
}

/// What one line of `get nodes` says, from a v1.Node.
struct NodeSummary: Equatable {
    var name: String
    var status: String
    var roles: String
    var created: Int64?
    var version: String
    var address: String
    var system: String
    var kernel: String
    var runtime: String
    var architecture: String

    static let headers = ["NAME", "STATUS", "ROLES", "AGE", "VERSION"]
    static let wideHeaders = [
        "INTERNAL-IP", "OS-IMAGE", "KERNEL-VERSION", "ARCH", "CONTAINER-RUNTIME",
    ]
    private static let rolePrefix = "node-role.kubernetes.io/"

    init(_ document: Document) {
        let node = ObjectView(document)
        let info = node.status?["nodeInfo"]
        name = node.name
        status = Self.statusText(node)
        let roles = node.labels.filter { $0.name.hasPrefix(Self.rolePrefix) }
            .map { String($0.name.dropFirst(Self.rolePrefix.count)) }
        self.roles = roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")
        created = node.created
        version = info?["kubeletVersion"]?.string ?? ""
        address =
            node.status?["addresses"]?.array?
            .first { $0["type"]?.string == "InternalIP" }?["address"]?.string ?? ""
        system = info?["osImage"]?.string ?? ""
        kernel = info?["kernelVersion"]?.string ?? ""
        runtime = info?["containerRuntimeVersion"]?.string ?? ""
        architecture = info?["architecture"]?.string ?? ""
    }

    /// The cells under ``headers``, and under ``wideHeaders`` when asked.
    func cells(now: Int64, isWide: Bool) -> [String] {
        let cells = [name, status, roles, Age.text(since: created, now: now), version]
        guard isWide else { return cells.map { $0.isEmpty ? "<none>" : $0 } }
        return (cells + [address, system, kernel, architecture, runtime])
            .map { $0.isEmpty ? "<none>" : $0 }
    }

    private static func statusText(_ node: ObjectView) -> String {
        let ready =
            switch node.condition("Ready")?["status"]?.string {
            case "True": "Ready"
            case "False": "NotReady"
            default: "Unknown"
            }
        let isCordoned = node.spec?["unschedulable"]?.bool == true
        return isCordoned ? ready + ",SchedulingDisabled" : ready
    }
}
