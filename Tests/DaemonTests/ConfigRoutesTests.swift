import ControlAPI
import Daemon
import Documents
import KubeModel
import StateStore
import Supervisor
import TestKit
import Testing

// Goal: ConfigMaps and Secrets can be put, read and deleted, and what a Secret holds never comes out.
// Method: the routes without a socket, on a real database.
@Suite("Control routes of ConfigMaps and Secrets")
struct ConfigRoutesTests {
    private func with(
        _ body: (_ ask: (ControlMethod, String, String) async -> Answer) async throws -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            let routes = ControlRoutes(
                supervisor: Supervisor.empty(in: fixture, store: store),
                store: store,
                inbox: Inbox(store: store, nodeName: "gw-1"),
                nodeName: "gw-1"
            )
            try await body { method, path, text in
                await Answer(routes.handle(.made(method, path, Array(text.utf8))))
            }
        }
    }

    private static let base = "api/v1/namespaces/shop"

    @Test("a ConfigMap is put, read, listed and deleted")
    func configMap() async throws {
        try await with { ask in
            let text =
                #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":"1"}}"#
            #expect(await ask(.put, "\(Self.base)/configmaps/c", text).status == 201)
            #expect(await ask(.put, "\(Self.base)/configmaps/c", text).status == 200)
            let one = await ask(.get, "\(Self.base)/configmaps/c", "").json
            #expect(one["data"]?["a"] == "1")
            #expect(one["metadata"]?["namespace"] == "shop")
            #expect(one["metadata"]?["uid"]?.string?.isEmpty == false)
            let list = await ask(.get, "api/v1/configmaps", "").json
            #expect(list["kind"] == "ConfigMapList")
            #expect(list["items"]?.array?.count == 1)
            #expect(await ask(.delete, "\(Self.base)/configmaps/c", "").status == 200)
            #expect(await ask(.get, "\(Self.base)/configmaps/c", "").status == 404)
            #expect(await ask(.delete, "\(Self.base)/configmaps/c", "").status == 404)
            #expect(await ask(.get, "api/v1/configmaps", "").json["items"]?.array?.isEmpty == true)
        }
    }

    @Test("no answer holds what a Secret holds, encoded or not")
    func secret() async throws {
        try await with { ask in
            let text = """
                {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"type":"Opaque",
                 "data":{"user":"YWRtaW4="},"stringData":{"password":"hunter2"}}
                """
            let answers = [
                await ask(.put, "\(Self.base)/secrets/s", text),
                await ask(.get, "\(Self.base)/secrets/s", ""),
                await ask(.get, "api/v1/secrets", ""),
                await ask(.delete, "\(Self.base)/secrets/s", ""),
            ]
            #expect(answers.map(\.status) == [201, 200, 200, 200])
            for answer in answers {
                let text = String(decoding: answer.json.json(), as: UTF8.self)
                for leak in ["hunter2", "admin", "YWRtaW4", "aHVudGVyMg"] {
                    #expect(!text.contains(leak))
                }
                #expect(text.contains("<5 bytes>") && text.contains("<7 bytes>"))
            }
        }
    }

    @Test(
        "what is wrong is refused by its field, and what is not there is not found",
        arguments: [
            (ControlMethod.put, "api/v1/namespaces/shop/configmaps/c", #"{"kind":"Pod"}"#, 422),
            (.put, "api/v1/namespaces/shop/configmaps/c", "{", 422),
            (.put, "api/v1/namespaces/shop/configmaps/C", "{}", 422),
            (.get, "api/v1/namespaces/shop/configmaps/none", "", 404),
            (.get, "api/v1/namespaces/shop/nodes/none", "", 404),
            (.get, "api/v1/namespaces/shop/things/none", "", 404),
            (.get, "api/v1/things", "", 404),
            (.post, "api/v1/namespaces/shop/secrets/s", "{}", 404),
        ] as [(ControlMethod, String, String, Int)]
    )
    func bad(method: ControlMethod, path: String, body: String, status: Int) async throws {
        try await with { ask in #expect(await ask(method, path, body).status == status) }
    }
}
