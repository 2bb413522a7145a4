internal import Documents

/// One line that `swiftlet-pull` writes to its standard output, as JSON.
public enum PullReport: Equatable, Sendable {
    /// How far it is.
    case progress(PullProgress)
    /// It is done: the manifest's digest, and the bytes that came over the link.
    case done(digest: Digest, fetchedByteCount: Int64)
    /// An image of an archive is here under a name.
    case imported(name: String, digest: Digest)
    /// So many bytes are missing on the disk before it can begin.
    case shortage(byteCount: Int64)
    /// The registry wants to be left alone for so many seconds, more than a pull waits.
    case retryAfter(seconds: Int64)
    /// Something that people should know; the pull goes on.
    case warning(String)
    /// It failed: a word for the pod's status, a sentence, and whether to try again.
    case failed(reason: String, message: String, isWorthRetrying: Bool)

    /// The line, without its end.
    public var line: String {
        switch self {
        case .progress(let progress): return progress.document.jsonText()
        case .done(let digest, let fetched):
            let document: Document = [
                "digest": .string("\(digest)"), "fetchedBytes": .integer(fetched),
            ]
            return document.jsonText()
        case .imported(let name, let digest):
            let document: Document = ["image": .string(name), "digest": .string("\(digest)")]
            return document.jsonText()
        case .shortage(let byteCount):
            let document: Document = ["shortage": .integer(byteCount)]
            return document.jsonText()
        case .retryAfter(let seconds):
            let document: Document = ["retryAfterSeconds": .integer(seconds)]
            return document.jsonText()
        case .warning(let text): return (["warning": .string(text)] as Document).jsonText()
        case .failed(let reason, let message, let isWorthRetrying):
            let document: Document = [
                "error": [
                    "reason": .string(reason), "message": .string(message),
                    "retry": .bool(isWorthRetrying),
                ]
            ]
            return document.jsonText()
        }
    }

    /// Reads a line; `nil` when it is none of these.
    public init?(line: String) {
        guard let document = try? Document(jsonText: line) else { return nil }
        if let error = document["error"] {
            guard let reason = error["reason"]?.string, let message = error["message"]?.string,
                let retry = error["retry"]?.bool
            else { return nil }
            self = .failed(reason: reason, message: message, isWorthRetrying: retry)
        } else if let text = document["warning"]?.string {
            self = .warning(text)
        } else if let byteCount = document["shortage"]?.integer {
            self = .shortage(byteCount: byteCount)
        } else if let seconds = document["retryAfterSeconds"]?.integer {
            self = .retryAfter(seconds: seconds)
        } else if let text = document["digest"]?.string {
            guard let digest = Digest(text) else { return nil }
            if let name = document["image"]?.string {
                self = .imported(name: name, digest: digest)
                return
            }
            self = .done(digest: digest, fetchedByteCount: document["fetchedBytes"]?.integer ?? 0)
        } else {
            guard let progress = PullProgress(document) else { return nil }
            self = .progress(progress)
        }
    }
}
