import ControlAPI
import Daemon
import Documents
import TestKit
import Testing

// Goal: strangers see health and numbers and change nothing. Method: the routes as values, and a real
// TCP listener that a real client asks.
@Suite("Public routes")
struct PublicRoutesTests {
    private struct Everything: ControlHandler {
        func handle(_ request: ControlRequest) async -> ControlResponse {
            .json(Array(#"{"seen":true}"#.utf8), status: 200)
        }
    }

    @Test(
        "only reading what is meant for strangers gets through",
        arguments: [
            (ControlMethod.get, "metrics", 200), (.get, "healthz", 200), (.get, "readyz", 200),
            (.get, "livez", 200), (.get, "pods", 200), (.get, "stats/summary", 200),
            (.get, "api/v1/pods", 404), (.get, "swiftlet/v1/status", 404), (.get, "stats", 404),
            (.get, "api/v1/secrets", 404), (.put, "metrics", 404), (.delete, "pods", 404),
            (.post, "healthz", 404),
        ] as [(ControlMethod, String, Int)]
    )
    func paths(method: ControlMethod, path: String, status: Int) async {
        let answer = await PublicRoutes(Everything()).handle(.made(method, path, []))
        #expect(answer.status == status)
    }

    @Test("over TCP a change is forbidden before anybody looks at it, and a reading answered")
    func listener() async throws {
        let port = try freePort()
        let server = ControlServer(host: "127.0.0.1", port: Int(port), handler: Everything())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await eventually("it listens") { accepts(port: port) }
            let curl = try Requirement.curl.path()
            func ask(_ method: String) throws -> String {
                let url = "http://127.0.0.1:\(port)/metrics"
                return try run(curl, ["-sS", "-X", method, "-w", "%{http_code}", url])
                    .standardOutput
            }
            #expect(try ask("GET").hasSuffix("200"))
            for method in ["PUT", "POST", "DELETE"] { #expect(try ask(method).hasSuffix("403")) }
            group.cancelAll()
        }
    }

    @Test(
        "the address in the configuration is numeric, with a port",
        arguments: [
            ("127.0.0.1:9100", true), ("\"[::1]:9100\"", true), ("0.0.0.0:1", true),
            ("localhost:9100", false),
            ("127.0.0.1", false), ("127.0.0.1:0", false), ("127.0.0.1:99999", false),
            ("\":9100\"", false),
        ]
    )
    func address(text: String, isGood: Bool) {
        let yaml = "node: {name: gw-1}\nmetrics: {listen: \(text)}\n"
        let configuration = try? DaemonConfiguration(yaml: Array(yaml.utf8))
        #expect((configuration?.metrics != nil) == isGood)
    }
}
