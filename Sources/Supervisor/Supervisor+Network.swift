internal import Host
internal import KubeModel
internal import Lifecycle

extension Supervisor {
    /// The annotation that narrows where a pod may connect: `HOST:PORT`, between commas or blanks.
    static let allowConnectAnnotation = "swiftlet.dev/allow-connect"

    /// The address at which a pod's ports are; of the host for one that shares its network.
    func podAddress(of pod: Pod) -> InternetAddress? {
        pod.spec.hostNetwork
            ? InternetAddress.ofThisHost() : addresses.address(of: pod.metadata.uid)
    }

    /// What a container may do with the network, and where it is.
    ///
    /// - Throws: What it waits for: a port of the host that another pod has, an annotation that says
    ///   nothing.
    func network(
        of container: Container,
        in pod: Pod,
        for instance: Instance
    ) throws(ContainerLifecycle.Problem) -> PodNetwork {
        try claimHostPorts(of: container, for: instance)
        var network = GuestNetwork(listensAnywhere: pod.spec.hostNetwork)
        if !pod.spec.hostNetwork { network.address = podAddress(of: pod) }
        network.ports = container.ports.compactMap { port in
            switch port.transportProtocol {
            case .tcp, .udp:
                GuestNetwork.Port(
                    port.containerPort,
                    isDatagram: port.transportProtocol == .udp,
                    hostPort: pod.spec.hostNetwork ? nil : port.hostPort
                )
            case .sctp: nil
            }
        }
        if let text = pod.metadata.annotations[Self.allowConnectAnnotation] {
            do throws(HostError) {
                _ = try ConnectPattern.list(text, path: Self.allowConnectAnnotation)
            } catch {
                throw .init(reason: "CreateContainerConfigError", message: error.description)
            }
            network.connect = text.split(whereSeparator: { $0 == "," || $0.isWhitespace })
                .map(String.init)
        }
        return PodNetwork(
            guest: network,
            podIP: podAddress(of: pod)?.description ?? "",
            hostIP: InternetAddress.ofThisHost()?.description ?? ""
        )
    }

    /// Writes down that the ports of the host are this run's, or says who has one of them.
    private func claimHostPorts(
        of container: Container,
        for instance: Instance
    ) throws(ContainerLifecycle.Problem) {
        let wanted = container.ports.compactMap(HostPort.init)
        for port in wanted {
            guard let owner = owner(of: port, besides: instance.uid) else { continue }
            throw .init(
                reason: "HostPortConflict",
                message: "host port \(port) is taken by pod \(owner.nameKey)"
            )
        }
        for port in wanted { hostPorts[port] = instance }
    }

    /// The other pod that has a port of the host.
    private func owner(of port: HostPort, besides uid: String) -> PodLifecycle? {
        if let claim = hostPorts[port], claim.uid != uid, let pod = node.pods[claim.uid],
            let container = pod.container(claim.container), container.attempt == claim.attempt,
            container.mayHaveProcess
        {
            return pod
        }
        // Those that ran before this daemon did have claimed nothing.
        return node.pods.values.first { other in
            guard other.uid != uid else { return false }
            return (other.pod.spec.initContainers + other.pod.spec.containers).contains { spec in
                other.container(spec.name)?.isRunning == true
                    && spec.ports.contains { HostPort($0) == port }
            }
        }
    }
}

/// A port of the host that one pod can have.
struct HostPort: Hashable, Sendable {
    let number: UInt16
    let transport: ContainerPort.TransportProtocol

    /// The port of the host that a container asks for; nil when it asks for none.
    init?(_ port: ContainerPort) {
        guard let number = port.hostPort else { return nil }
        self.number = number
        transport = port.transportProtocol
    }
}

extension HostPort: CustomStringConvertible {
    /// `8080/TCP`.
    var description: String { "\(number)/\(transport.rawValue)" }
}

/// What is known of the network when a container starts.
struct PodNetwork: Equatable, Sendable {
    var guest: GuestNetwork
    /// Empty while it has none.
    var podIP: String
    /// Empty while it has none.
    var hostIP: String
}
