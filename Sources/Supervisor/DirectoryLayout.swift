/// Where everything lies: the folders of the configuration and what is below them.
public struct DirectoryLayout: Equatable, Sendable {
    /// What must survive a reboot: database, images, volumes, exit records.
    public var state: String
    /// What must not: socket, instance files, what is kept in memory.
    public var run: String
    /// Container logs.
    public var logs: String
    /// Image layouts that `oci:` references without a leading slash are looked for in.
    public var layouts: String

    /// A layout.
    public init(state: String, run: String, logs: String, layouts: String) {
        self.state = state
        self.run = run
        self.logs = logs
        self.layouts = layouts
    }

    /// The database.
    public var database: String { "\(state)/state.db" }
    /// The image store.
    public var images: String { "\(state)/images" }
    /// The control socket.
    public var socket: String { "\(run)/swiftletd.sock" }

    /// A pod's folder that survives a reboot.
    public func pod(_ uid: String) -> String { "\(state)/pods/\(uid)" }
    /// A pod's folder that does not.
    public func runningPod(_ uid: String) -> String { "\(run)/pods/\(uid)" }
    /// A container's folder.
    public func container(_ uid: String, _ name: String) -> String {
        "\(pod(uid))/containers/\(name)"
    }
    /// The root folder that a container sees.
    public func root(_ uid: String, _ name: String) -> String { container(uid, name) + "/rootfs" }
    /// How many bytes of its root folder a container's image brought.
    public func imageExtent(_ uid: String, _ name: String) -> String {
        container(uid, name) + "/image-bytes"
    }
    /// A volume of a pod.
    public func volume(_ uid: String, _ name: String, isInMemory: Bool) -> String {
        (isInMemory ? runningPod(uid) : pod(uid)) + "/volumes/\(name)"
    }
    /// The folder for how a container's runs ended: its runner may write here and nowhere beside it.
    public func exitRecords(_ uid: String, _ name: String) -> String {
        container(uid, name) + "/ends"
    }
    /// How a run ended, as its runner wrote it down.
    public func exitRecord(_ instance: Instance) -> String {
        "\(exitRecords(instance.uid, instance.container))/\(instance.attempt).exit"
    }
    /// The file whose lock says that a run goes on.
    public func instanceFile(_ instance: Instance) -> String {
        "\(runningPod(instance.uid))/\(instance.container).\(instance.attempt).instance"
    }
    /// The logs of a pod.
    public func podLogs(namespace: String, name: String, uid: String) -> String {
        "\(logs)/\(namespace)_\(name)_\(uid)"
    }
    /// The log of one run; the first has the number 0, as the kubelet's.
    public func log(_ podLogs: String, _ container: String, attempt: Int64) -> String {
        "\(podLogs)/\(container)/\(max(0, attempt - 1)).log"
    }

    /// Whether a uid can name a folder: it comes from the network.
    public static func isSafe(uid: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return (1...128).contains(uid.utf8.count) && uid.utf8.first != UInt8(ascii: ".")
            && uid.utf8.allSatisfy {
                letters.contains($0 | 0x20) || digits.contains($0) || "-_.".utf8.contains($0)
            }
    }
}
