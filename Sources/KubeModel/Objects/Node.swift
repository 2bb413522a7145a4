public import Documents

/// This machine, as it reports itself.
public struct Node: Equatable, Sendable {
    /// Name, labels; nodes have no namespace.
    public var metadata: ObjectMetadata
    /// Marks that keep pods away.
    public var taints: [Taint]
    /// How it is.
    public var status: NodeStatus

    /// A node made in code.
    public init(metadata: ObjectMetadata, taints: [Taint] = [], status: NodeStatus) {
        self.metadata = metadata
        self.taints = taints
        self.status = status
    }
}

/// A mark that keeps pods away from a node.
public struct Taint: Equatable, Sendable {
    /// Its name.
    public var key: String
    /// Its value; nil for none.
    public var value: String?
    /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    public var effect: String

    /// A mark made in code.
    public init(key: String, value: String? = nil, effect: String) {
        self.key = key
        self.value = value
        self.effect = effect
    }
}

/// How a node is.
public struct NodeStatus: Equatable, Sendable {
    /// What the machine has, by resource.
    public var capacity: [String: Quantity]
    /// What pods may use of it.
    public var allocatable: [String: Quantity]
    /// What holds of it: `Ready`, `MemoryPressure`.
    public var conditions: [PodCondition]
    /// Where it can be reached.
    public var addresses: [NodeAddress]
    /// What it is made of.
    public var info: NodeInfo
    /// Images on its disk.
    public var images: [NodeImage]

    /// A status made in code.
    public init(
        capacity: [String: Quantity] = [:],
        allocatable: [String: Quantity] = [:],
        conditions: [PodCondition] = [],
        addresses: [NodeAddress] = [],
        info: NodeInfo,
        images: [NodeImage] = []
    ) {
        self.capacity = capacity
        self.allocatable = allocatable
        self.conditions = conditions
        self.addresses = addresses
        self.info = info
        self.images = images
    }
}

/// One address of a node.
public struct NodeAddress: Equatable, Sendable {
    /// `InternalIP`, `Hostname`.
    public var type: String
    /// The address.
    public var address: String

    /// An address made in code.
    public init(type: String, address: String) {
        self.type = type
        self.address = address
    }
}

/// What a node is made of.
public struct NodeInfo: Equatable, Sendable {
    /// The identity of the installation: /etc/machine-id.
    public var machineID: String
    /// The identity of the hardware.
    public var systemUUID: String
    /// The identity of this boot.
    public var bootID: String
    /// The kernel's version.
    public var kernelVersion: String
    /// The name of the distribution.
    public var osImage: String
    /// What runs the containers, with its version: `swiftlet://0.1.0`.
    public var containerRuntimeVersion: String
    /// The version of the program that stands where a kubelet would.
    public var kubeletVersion: String
    /// `linux`.
    public var operatingSystem: String
    /// As Go names it: `arm64`, `amd64`.
    public var architecture: String

    /// Facts about a node.
    public init(
        machineID: String = "",
        systemUUID: String = "",
        bootID: String = "",
        kernelVersion: String = "",
        osImage: String = "",
        containerRuntimeVersion: String = "",
        kubeletVersion: String = "",
        operatingSystem: String = "linux",
        architecture: String = ""
    ) {
        self.machineID = machineID
        self.systemUUID = systemUUID
        self.bootID = bootID
        self.kernelVersion = kernelVersion
        self.osImage = osImage
        self.containerRuntimeVersion = containerRuntimeVersion
        self.kubeletVersion = kubeletVersion
        self.operatingSystem = operatingSystem
        self.architecture = architecture
    }
}

/// An image on a node's disk.
public struct NodeImage: Equatable, Sendable {
    /// What it is called, with digest and with tag.
    public var names: [String]
    /// Its bytes on disk.
    public var sizeBytes: Int64

    /// An image made in code.
    public init(names: [String], sizeBytes: Int64) {
        self.names = names
        self.sizeBytes = sizeBytes
    }
}

extension Node {
    /// The node as Kubernetes writes it.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("apiVersion", "v1")
        object.set("kind", "Node")
        object.set("metadata", metadata.document)
        var spec = ObjectBuilder()
        spec.set("taints", taints) { taint in
            var inner = ObjectBuilder()
            inner.set("key", taint.key)
            inner.set("value", taint.value)
            inner.set("effect", taint.effect)
            return inner.document
        }
        object.set("spec", spec.document)
        object.set("status", status.document)
        return object.document
    }
}

extension NodeStatus {
    /// The status as Kubernetes writes it.
    public var document: Document {
        var object = ObjectBuilder()
        object.set("capacity", capacity.mapValues(\.text))
        object.set("allocatable", allocatable.mapValues(\.text))
        object.set("conditions", conditions, \.document)
        object.set("addresses", addresses) {
            ["type": .string($0.type), "address": .string($0.address)]
        }
        object.set("nodeInfo", info.document)
        object.set("images", images) {
            ["names": .strings($0.names), "sizeBytes": .integer($0.sizeBytes)]
        }
        return object.document
    }
}

extension NodeInfo {
    fileprivate var document: Document {
        [
            "machineID": .string(machineID), "systemUUID": .string(systemUUID),
            "bootID": .string(bootID), "kernelVersion": .string(kernelVersion),
            "osImage": .string(osImage),
            "containerRuntimeVersion": .string(containerRuntimeVersion),
            "kubeletVersion": .string(kubeletVersion), "kubeProxyVersion": "",
            "operatingSystem": .string(operatingSystem), "architecture": .string(architecture),
        ]
    }
}
