/// Why an image cannot be had, or not be used.
///
/// Each case says what to do next, because the supervisor decides from the case alone and never from
/// the wording: see ``isWorthRetrying``.
public enum ImageError: Error, Equatable, Sendable {
    /// The text is no image reference; `position` is a 0-based UTF-8 byte offset into it.
    case malformedReference(String, position: Int, reason: String)
    /// There is no such image, tag or blob where the reference points.
    case notFound(String)
    /// A manifest, index or configuration is not what it should be.
    case malformed(what: String, message: String)
    /// The image is of a form that we do not run; `found` names what it is.
    case unsupported(found: String)
    /// An index holds nothing for WebAssembly; `found` lists its platforms.
    case noPlatform(found: [String])
    /// The bytes are all here and have not the digest that was promised.
    case digestMismatch(what: String, expected: Digest, actual: Digest)
    /// The bytes are more or fewer than was promised.
    case sizeMismatch(what: String, expected: Int64, actual: Int64)
    /// More than we take.
    case tooLarge(what: String, actual: Int64, most: Int64)
    /// An archive entry that wants to be somewhere, or something, it must not be.
    case hostileEntry(layer: String, name: String, reason: String)
    /// The module does not validate; the message names the byte.
    case invalidModule(path: String, message: String)
    /// The container's command names nothing that can be run.
    case noEntry(String)
    /// The signature policy demands what the image does not have.
    case untrusted(reference: String, reason: String)
    /// The file system has no room left.
    case diskFull(path: String)
    /// The file system has less room than the image needs; nothing was fetched of it.
    case noRoom(path: String, neededByteCount: Int64, freeByteCount: Int64)
    /// A registry, or the way to it, did not give what was asked for.
    case registry(message: String, isWorthRetrying: Bool)
    /// The program that pulls could not give up its rights, and so read nothing.
    case notConfined(reason: String)
    /// A system call failed.
    case system(call: String, path: String, errno: Int32)

    /// Whether the same pull, unchanged, can succeed later.
    public var isWorthRetrying: Bool {
        switch self {
        case .notFound, .digestMismatch, .sizeMismatch, .diskFull, .noRoom, .notConfined, .system:
            true
        case .malformedReference, .malformed, .unsupported, .noPlatform, .tooLarge, .hostileEntry,
            .invalidModule, .untrusted, .noEntry:
            false
        case .registry(_, let isWorthRetrying): isWorthRetrying
        }
    }

    /// The word that kubectl's users know for it.
    public var reason: String {
        switch self {
        case .malformedReference: "InvalidImageName"
        case .notFound, .digestMismatch, .sizeMismatch, .diskFull, .noRoom, .system, .malformed,
            .unsupported, .noPlatform, .tooLarge, .hostileEntry, .invalidModule, .untrusted,
            .registry, .notConfined:
            "ErrImagePull"
        case .noEntry: "CreateContainerError"
        }
    }
}

extension ImageError: CustomStringConvertible {
    /// One line for a log or a pod condition.
    public var description: String {
        switch self {
        case .malformedReference(let text, let position, let reason):
            "image reference \"\(text)\" is malformed at byte \(position): \(reason)"
        case .notFound(let what): what
        case .malformed(let what, let message): "\(what) is malformed: \(message)"
        case .unsupported(let found): "the image is not one that swiftlet runs: \(found)"
        case .noPlatform(let found):
            "the index has no image for WebAssembly, only \(found.joined(separator: ", "))"
        case .digestMismatch(let what, let expected, let actual):
            "\(what) has digest \(actual), but \(expected) was promised"
        case .sizeMismatch(let what, let expected, let actual):
            "\(what) has \(actual) bytes, but \(expected) were promised"
        case .tooLarge(let what, let actual, let most):
            "\(what) is too large: \(actual), and at most \(most) are taken"
        case .hostileEntry(let layer, let name, let reason):
            "layer \(layer) is refused: entry \"\(name)\" \(reason)"
        case .invalidModule(let path, let message): "module \(path) is refused: \(message)"
        case .untrusted(let reference, let reason):
            "image \(reference) is not signed as the policy demands: \(reason)"
        case .noEntry(let message): message
        case .registry(let message, _): message
        case .diskFull(let path): "no space left on the file system of \(path)"
        case .noRoom(let path, let needed, let free):
            "the image needs \(needed) bytes on the file system of \(path), and \(free) are free"
        case .notConfined(let reason):
            "the rights that are too many for a pull could not be given up: \(reason)"
        case .system(let call, let path, let errno): "\(call) \(path) failed with errno \(errno)"
        }
    }
}
