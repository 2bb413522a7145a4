import NIOCore
import NIOHTTP1

/// Makes one checked ``ControlRequest`` from the parts of an HTTP request.
enum RequestAssembly {
    /// How the attempt ended.
    enum Outcome: Sendable {
        case complete(ControlRequest)
        case refused(ControlResponse)
        /// The peer went away, or was too slow.
        case ended
    }

    typealias Parts = NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator

    static func receive(
        from parts: inout Parts,
        channel: any Channel,
        peer: PeerCredentials,
        permission: Permission,
        limits: ControlLimits
    ) async throws -> Outcome {
        guard case .head(let head) = try await parts.next(isolation: #isolation) else {
            return .ended
        }
        var request: ControlRequest
        switch check(head, peer: peer, permission: permission, limits: limits) {
        case .success(let accepted): request = accepted
        case .failure(let refusal): return .refused(refusal.response)
        }
        if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
            try await channel.writeAndFlush(HTTPServerResponsePart.head(goOn))
        }
        while let part = try await parts.next(isolation: #isolation) {
            switch part {
            case .head: return .ended
            case .body(let bytes):
                guard bytes.readableBytes <= limits.requestBodyByteCountMax - request.body.count
                else { return .refused(tooLarge(limits).response) }
                request.body.append(contentsOf: bytes.readableBytesView)
            case .end: return .complete(request)
            }
        }
        return .ended
    }

    /// Decides from the head alone, before a byte of the body is kept.
    static func check(
        _ head: HTTPRequestHead,
        peer: PeerCredentials,
        permission: Permission,
        limits: ControlLimits
    ) -> Result<ControlRequest, Refusal> {
        guard let method = ControlMethod(rawValue: head.method.rawValue) else {
            return .failure(
                Refusal(405, "MethodNotAllowed", "use GET, PUT, POST or DELETE")
            )
        }
        guard permission.allows(method, by: peer) else {
            return .failure(
                Refusal(403, "Forbidden", "user \(peer.userID) may read; to change, become root")
            )
        }
        let announced = head.headers.first(name: "content-length").map { Int($0) ?? .max }
        guard announced ?? 0 <= limits.requestBodyByteCountMax else {
            return .failure(tooLarge(limits))
        }
        do throws(RequestTarget.Refusal) {
            let target = try RequestTarget(head.uri, limits: limits)
            return .success(
                ControlRequest(method: method, path: target.path, query: target.query, peer: peer)
            )
        } catch {
            return .failure(Refusal(400, "BadRequest", error.message))
        }
    }

    /// An answer that is given instead of calling the handler.
    struct Refusal: Error, Equatable {
        var status: Int
        var reason: String
        var message: String

        init(_ status: Int, _ reason: String, _ message: String) {
            self.status = status
            self.reason = reason
            self.message = message
        }

        var response: ControlResponse {
            .failure(status: status, reason: reason, message: message)
        }
    }

    private static func tooLarge(_ limits: ControlLimits) -> Refusal {
        Refusal(
            413,
            "RequestEntityTooLarge",
            "the request body is longer than \(limits.requestBodyByteCountMax) bytes"
        )
    }
}
