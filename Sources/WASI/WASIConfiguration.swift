/// What a guest is given: words, folders, streams.
public struct WASIConfiguration {
    /// A folder that the guest finds open when it starts.
    public struct Folder: Equatable, Sendable {
        /// Where it is on the host.
        public var hostPath: String
        /// The name that the guest knows it by.
        public var guestPath: String
        /// Whether the guest may change nothing in it.
        public var isReadOnly: Bool

        /// Declares a folder.
        public init(hostPath: String, guestPath: String, isReadOnly: Bool = false) {
            self.hostPath = hostPath
            self.guestPath = guestPath
            self.isReadOnly = isReadOnly
        }
    }

    /// Where a stream of the guest goes.
    public enum Output {
        /// To a descriptor of this process, which stays open.
        case descriptor(Int32)
        /// To an object of ours.
        case sink(any OutputSink)

        /// Lets everyone see what was written.
        func flush() {
            if case .sink(let sink) = self { sink.flush() }
        }
    }

    /// argv, with the program's name first.
    public var arguments: [String]
    /// The environment, `K=V`, in order.
    public var environment: [String]
    /// The folders that are open, in order, from descriptor 3 on.
    public var folders: [Folder]
    /// Where relative paths start; anything but `/` needs a folder that the guest knows as `/`.
    public var workingDirectory: String
    /// The descriptor of this process that standard input reads from; `nil`: it is at its end.
    public var standardInput: Int32?
    /// Where standard output goes.
    public var standardOutput: Output
    /// Where standard error goes.
    public var standardError: Output
    /// What the guest may do with the network; nothing unless told otherwise.
    public var network: NetworkRules
    /// Whether paths are resolved by openat2(2), where the kernel has it; not, to test the other way.
    public var usesOpenat2: Bool

    /// A guest with the streams of this process, and nothing else.
    public init(arguments: [String] = [], environment: [String] = []) {
        self.arguments = arguments
        self.environment = environment
        folders = []
        workingDirectory = "/"
        standardInput = 0
        standardOutput = .descriptor(1)
        standardError = .descriptor(2)
        network = NetworkRules()
        usesOpenat2 = true
    }
}

/// Takes what a guest writes to a standard stream.
public protocol OutputSink: AnyObject {
    /// Takes all of the bytes, whatever becomes of them; must not wait for anyone.
    func write(_ bytes: [UInt8])

    /// Called before the guest waits for something: what was taken so far should be visible now.
    func flush()
}

/// What is wrong with a configuration.
public enum WASIError: Error, Equatable, Sendable {
    /// A folder cannot be opened.
    case folder(hostPath: String, errno: Int32, reason: String)
    /// A word for the guest holds a zero byte, which ends words there.
    case zeroByte(in: String)
    /// The system gives us no descriptor to wait on.
    case noInterruption(errno: Int32)
}

extension WASIError: CustomStringConvertible {
    /// One sentence that names the folder or the word.
    public var description: String {
        switch self {
        case .folder(let path, _, let reason): "folder \(path): \(reason)"
        case .zeroByte(let what): "\(what) holds a zero byte"
        case .noInterruption(let errno): "eventfd: errno \(errno)"
        }
    }
}
