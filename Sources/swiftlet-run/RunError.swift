import Host
import WASI
import Wasm

/// Why the guest did not come to run.
enum RunError: Error {
    case file(HostError)
    case module(path: String, ModuleError)
    case instantiation(InstantiationError)
    case wasi(WASIError)
    case noEntry(String)
    case arguments(entry: String, FunctionType)
}

extension RunError: CustomStringConvertible {
    /// One sentence with the file, and the byte where it is wrong.
    var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .module(let path, let error): "\(path): \(error)"
        case .instantiation(let error): "\(error)"
        case .wasi(let error): "\(error)"
        case .arguments(let entry, let type):
            "\"\(entry)\" is \(type), and the arguments do not fit"
        case .noEntry(let name): "the module exports no function \"\(name)\""
        }
    }
}
