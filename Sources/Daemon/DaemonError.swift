public import ControlAPI
public import Host
public import Images
public import StateStore

/// Why the daemon cannot run.
public enum DaemonError: Error, Equatable, Sendable {
    /// The configuration file cannot be used.
    case configuration(path: String, ConfigurationError)
    /// A file or folder that it names.
    case host(HostError)
    /// The database.
    case store(StoreError)
    /// The image store.
    case images(ImageError)
    /// The control socket.
    case control(ControlError)
}

extension DaemonError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .configuration(let path, let error): "\(path): \(error)"
        case .host(let error): error.description
        case .store(let error): error.description
        case .images(let error): error.description
        case .control(let error): "\(error)"
        }
    }
}
