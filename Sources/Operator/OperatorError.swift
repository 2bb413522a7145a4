public import ControlAPI
public import Uplink

/// Why a command of the operator did not do what it was asked.
public enum OperatorError: Error, Equatable, Sendable {
    /// The command line makes no sense in this combination.
    case usage(String)
    /// A file holds something that is not an object of ours.
    case file(path: String, message: String)
    /// A file could not be read; the message names it.
    case notRead(message: String)
    /// No such object on the node.
    case notFound(kind: String, name: String)
    /// The node or the daemon refused, in its own words.
    case refused(what: String, message: String)
    /// The daemon's socket could not be used.
    case control(ControlError)
    /// The broker could not be used.
    case broker(UplinkError)
    /// The database could not be read.
    case database(path: String, message: String)
    /// It was said, but the answer did not come in time.
    case unanswered(what: String, seconds: Int, advice: String)
    /// This way of reaching the node cannot do that.
    case notThisWay(what: String, advice: String)
    /// Some of several nodes could not do it, each with a reason of its own; the code is the last one's.
    case someFailed(Int32, nodeCount: Int)
    /// What came back is not what was asked for.
    case unreadable(source: String, message: String)

    /// What the program exits with; see `swiftlet(1)`.
    public var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .someFailed(let code, _): code
        case .control(.timedOut), .unanswered, .broker(.timedOut): 75
        case .control(.notRunning), .control(.notPermitted), .control(.endedEarly),
            .control(.malformedReply), .broker(.disconnected), .broker(.refused), .database:
            69
        case .file, .notRead, .notFound, .refused, .control, .broker, .notThisWay, .unreadable: 1
        }
    }
}

extension OperatorError: CustomStringConvertible {
    /// One sentence, and what to do next where that is known.
    public var description: String {
        switch self {
        case .usage(let message): message
        case .file(let path, let message): "\(path): \(message)"
        case .notRead(let message): message
        case .notFound(let kind, let name): "\(kind) \"\(name)\" not found"
        case .refused(let what, let message): "\(what) was refused: \(message)"
        case .control(let error): error.description
        case .broker(let error): error.description
        case .database(let path, let message): "\(path): \(message)"
        case .unanswered(let what, let seconds, let advice):
            "\(what) was not confirmed within \(seconds) s: \(advice)"
        case .notThisWay(let what, let advice): "\(what): \(advice)"
        case .someFailed(_, let count): "not all of \(count) nodes have done it; see above"
        case .unreadable(let source, let message): "\(source): \(message)"
        }
    }
}
