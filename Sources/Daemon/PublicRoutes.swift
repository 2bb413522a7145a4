public import ControlAPI

/// What strangers on the metrics address may see: health, metrics, and the kubelet's read-only paths.
public struct PublicRoutes: ControlHandler {
    private let routes: any ControlHandler
    private static let paths: Set<[String]> = [
        ["healthz"], ["livez"], ["readyz"], ["metrics"], ["pods"], ["stats", "summary"],
    ]

    /// The public part of all routes.
    public init(_ routes: any ControlHandler) { self.routes = routes }

    /// Answers one request.
    public func handle(_ request: ControlRequest) async -> ControlResponse {
        guard request.method == .get, Self.paths.contains(request.path) else {
            return .failure(
                status: 404,
                reason: "NotFound",
                message: "there is nothing at \(request.method.rawValue) /"
                    + request.path.joined(separator: "/") + " on this address"
            )
        }
        return await routes.handle(request)
    }
}
