import Glibc
import NIOCore
import NIOHTTP1

extension ControlError {
    /// What an error of the networking library means to somebody who knows only the path.
    init(_ error: any Error, call: String, path: String) {
        switch error {
        case let error as ControlError: self = error
        case let error as IOError: self = Self.meaning(of: error.errnoCode, call, path)
        case HTTPParserError.invalidEOFState: self = .endedEarly(path: path)
        case is HTTPParserError: self = .malformedReply(path: path)
        case SocketAddressError.unixDomainSocketPathTooLong:
            self = .pathTooLong(path: path, byteCountMax: ControlServer.pathByteCountMax)
        default: self = .endedEarly(path: path)
        }
    }

    private static func meaning(of number: Int32, _ call: String, _ path: String) -> ControlError {
        switch number {
        case ENOENT, ECONNREFUSED, ENOTDIR: .notRunning(path: path)
        case EACCES, EPERM: .notPermitted(path: path)
        case ECONNRESET, EPIPE: .endedEarly(path: path)
        default: .system(call: call, path: path, errno: number)
        }
    }
}
