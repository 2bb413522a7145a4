import ControlAPI
import Documents
import Synchronization

/// Asks a daemon about images, over its socket.
struct ImageSocket {
    private static let root = ["swiftlet", "v1", "images"]

    let path: String
    private let client: ControlClient

    init(path: String) {
        self.path = path
        client = ControlClient(path: path)
    }

    /// The document of an answer; `nil` for what is not there.
    func ask(
        _ method: ControlMethod,
        _ rest: [String] = [],
        query: [String: String] = [:],
        body: [UInt8] = [],
        what: String
    ) async throws(OperatorError) -> Document? {
        let reply: ControlReply
        do throws(ControlError) {
            reply = try await client.request(method, Self.root + rest, query: query, body: body)
        } catch {
            throw .control(error)
        }
        if reply.status == 404 { return nil }
        guard reply.isSuccess else { throw refusal(reply, what) }
        do throws(DocumentError) {
            return try Document(json: reply.body, limits: .file)
        } catch {
            throw .unreadable(source: path, message: "the answer is not JSON: \(error)")
        }
    }

    /// Hands over the lines of an answer as they come; a line that tells of a failure is thrown at the
    /// end.
    func lines(
        _ rest: [String],
        query: [String: String],
        what: String,
        _ take: @escaping @Sendable (Document) -> Void
    ) async throws(OperatorError) {
        let state = Mutex<(rest: [UInt8], failure: String?)>(([], nil))
        let reply: ControlReply
        do throws(ControlError) {
            reply = try await client.stream(Self.root + rest, query: query, method: .post) {
                chunk in
                for line in state.withLock({ Self.lines(of: chunk, &$0.rest) }) {
                    guard let document = try? Document(json: line) else { continue }
                    if let error = document["error"] {
                        let message = error["message"]?.string ?? "it failed"
                        state.withLock { $0.failure = Printable.cell(message) }
                    } else {
                        take(document)
                    }
                }
                return true
            }
        } catch {
            throw .control(error)
        }
        guard reply.isSuccess else { throw refusal(reply, what) }
        if let failure = state.withLock({ $0.failure }) {
            throw .refused(what: what, message: failure)
        }
    }

    /// Hands over the bytes of an answer; `take` says whether it wants more.
    func bytes(
        _ rest: [String],
        query: [String: String],
        what: String,
        _ take: @escaping @Sendable ([UInt8]) async -> Bool
    ) async throws(OperatorError) {
        let reply: ControlReply
        do throws(ControlError) {
            reply = try await client.stream(Self.root + rest, query: query, onChunk: take)
        } catch {
            throw .control(error)
        }
        guard reply.isSuccess else { throw refusal(reply, what) }
    }

    /// Whole lines of what came; what is left of the last one stays.
    private static func lines(of chunk: [UInt8], _ rest: inout [UInt8]) -> [[UInt8]] {
        rest += chunk
        let parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = parts.last.map(Array.init) ?? []
        return parts.dropLast().map(Array.init)
    }

    private func refusal(_ reply: ControlReply, _ what: String) -> OperatorError {
        let message = (try? Document(json: reply.body))?["message"]?.string.map(Printable.cell)
        return .refused(what: what, message: message ?? "HTTP status \(reply.status)")
    }
}
