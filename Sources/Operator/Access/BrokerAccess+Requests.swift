import Documents
import KubeModel
import Trust
import Uplink

// Asking a node over its broker: one request, one answer in parts.

extension BrokerAccess {
    /// An answer on its way.
    struct Answer {
        var id: String
        var stream: AsyncStream<ReplyPart>
    }

    /// Sends a request that is good for as long as we would wait for it.
    func ask(_ verb: NodeRequest.Verb) async throws(OperatorError) -> Answer {
        let id = UniqueID.random()
        let seconds = UInt32(clamping: timeoutSeconds)
        // Why a minute more: the two clocks need not agree to the second.
        let span = (Int64(seconds) + 60) * 1_000_000_000
        let deadline = Timestamp(nanosecondsSinceEpoch: console.now() &+ span)
        let payload = try signed(NodeRequest(verb, deadline: deadline).payload, id: id)
        do {
            let stream = try await client.request(
                payload,
                id: id,
                expirySeconds: seconds,
                timeoutSeconds: timeoutSeconds
            )
            return Answer(id: id, stream: stream)
        } catch {
            throw .broker(error)
        }
    }

    private func signed(_ payload: [UInt8], id: String) throws(OperatorError) -> [UInt8] {
        guard let signingKey else { return payload }
        do throws(TrustError) {
            return try signingKey.sign(request: payload, id: id, node: topics.nodeName)
        } catch {
            throw .refused(what: "the request", message: error.description)
        }
    }

    /// The next part of an answer.
    func next(
        of parts: AsyncStream<ReplyPart>,
        what: String,
        seconds: Int
    ) async throws(OperatorError) -> ReplyPart {
        let part = await firstValue(withinSeconds: seconds) { () -> ReplyPart? in
            for await part in parts { return part }
            return nil
        }
        guard let part else {
            throw .unanswered(what: what, seconds: seconds, advice: await presence())
        }
        return part
    }
}

extension OperatorError {
    /// What a node answered instead of doing it.
    init(_ failure: ReplyPart.Failure, pod: PodName, what: String) {
        let message = Printable.cell(failure.message)
        switch failure.reason {
        case "NotFound": self = .notFound(kind: "pod", name: pod.name)
        case _:
            self = .refused(what: what, message: "\(Printable.cell(failure.reason)): \(message)")
        }
    }
}
