/// Answers the requests of one control socket.
///
/// Called for several connections at once. The task is cancelled when the peer goes away or the
/// server stops; an answer is then thrown away.
public protocol ControlHandler: Sendable {
    /// Answers one request. Never throws: a failure is an answer, see ``ControlResponse/failure(status:reason:message:)``.
    func handle(_ request: ControlRequest) async -> ControlResponse
}
