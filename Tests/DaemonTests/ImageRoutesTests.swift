import ControlAPI
import Daemon
import Documents
import Glibc
import Images
import StateStore
import Supervisor
import TestKit
import Testing

// Goal: an operator can bring, look at, check, take along and remove images with nothing but the socket.
// Method: the routes without a socket, over the real store and the real swiftlet-pull.
@Suite(
    "Image routes",
    .timeLimit(.minutes(2)),
    .enabled(if: Requirement.programs.isMet, "\(Requirement.programs.comment)")
)
struct ImageRoutesTests {
    /// A node with routes; `ask` collects answers that come in pieces.
    struct Node: Sendable {
        let folder: String
        let routes: ControlRoutes
        let store: StateStore

        func ask(
            _ method: ControlMethod,
            _ path: String,
            _ query: [String: String] = [:],
            _ body: [UInt8] = []
        ) async -> (status: Int, body: [UInt8]) {
            var request = ControlRequest.made(method, "swiftlet/v1/images/" + path, body)
            request.query = query
            let response = await routes.handle(request)
            switch response.body {
            case .bytes(let bytes): return (response.status, bytes)
            case .stream(let chunks):
                var bytes: [UInt8] = []
                for await chunk in chunks { bytes += chunk }
                return (response.status, bytes)
            }
        }

        func json(
            _ method: ControlMethod,
            _ path: String,
            _ query: [String: String] = [:],
            _ body: [UInt8] = []
        ) async -> (status: Int, json: Document) {
            let (status, bytes) = await ask(method, path, query, body)
            return (status, (try? Document(json: bytes)) ?? .null)
        }

        /// The lines of an answer in lines.
        func lines(
            _ path: String,
            _ query: [String: String] = [:]
        ) async -> (status: Int, lines: [Document]) {
            let (status, bytes) = await ask(.post, path, query)
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            return (status, lines.compactMap { try? Document(jsonText: String($0)) })
        }

        func names() async -> [String] {
            let items = await json(.get, "").json["items"]?.array ?? []
            return items.compactMap { $0["metadata"]?["name"]?.string }
        }

        /// Sends an archive in pieces and takes it in.
        func take(_ archive: [UInt8], name: String?) async -> (status: Int, lines: [Document]) {
            let id = await json(.post, "uploads").json["id"]?.string ?? ""
            var offset = 0
            while offset < archive.count {
                let piece = Array(archive[offset...].prefix(100_000))
                let answer = await json(.put, "uploads/\(id)", ["offset": "\(offset)"], piece)
                offset = Int(answer.json["bytes"]?.integer ?? .max)
            }
            return await lines("uploads/\(id)", name.map { ["name": $0] } ?? [:])
        }

        /// Packs a module under `oci:L:TAG`.
        func pack(_ tag: String) async throws {
            let module = Array("\0asm".utf8) + [1, 0, 0, 0]
            try writeFile("\(folder)/app.wasm", module)
            try writeFile("\(folder)/data", tag)
            let tool = repositoryRoot + "/config/examples/make-image"
            let words = ["--layout", "\(folder)/L", "--tag", tag, "--entrypoint", "/app.wasm"]
            let made = try await runAside(tool, words + ["\(folder)/app.wasm", "\(folder)/data"])
            #expect(made.exitCode == 0, "\(made.standardError)")
        }
    }

    static func with(_ body: @escaping @Sendable (Node) async throws -> Void) async throws {
        try await Fixture.with { fixture in
            let store = try StateStore(path: fixture.path("state.db"))
            let images = StoredImages(
                store: try ImageStore(directory: fixture.path("images")),
                puller: try Requirement.programs.path() + "/swiftlet-pull",
                names: ImageNames(layouts: fixture.directory)
            )
            let supervisor = Supervisor.empty(in: fixture, store: store, images: images)
            let imageRoutes = ImageRoutes(images: images, supervisor: supervisor)
            let node = Node(
                folder: fixture.directory,
                routes: ControlRoutes(
                    supervisor: supervisor,
                    store: store,
                    inbox: Inbox(store: store, nodeName: "gw-1"),
                    nodeName: "gw-1",
                    images: imageRoutes
                ),
                store: store
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await imageRoutes.run() }
                group.addTask { await supervisor.run() }
                defer {
                    supervisor.stop()
                    group.cancelAll()
                }
                try await body(node)
            }
        }
    }

    @Test("an image is pulled, listed, looked at, verified, taken along, removed and brought back")
    func story() async throws {
        try await Self.with { node in
            try await node.pack("a")
            let pull = await node.lines("pull", ["reference": "oci:L:a"])
            let name = "oci:\(node.folder)/L:a"
            #expect(pull.lines.last?["imageID"]?.string?.hasPrefix("oci:L@sha256:") == true)
            #expect(await node.names() == [name])
            let image = await node.json(.get, "", ["reference": "oci:L:a"]).json
            #expect(image["kind"]?.string == "Image" && image["isPinned"]?.bool == true)
            #expect(image["modules"]?[0]?.string == "/app.wasm")
            #expect(image["entrypoint"]?[0]?.string == "/app.wasm")
            let digest = try #require(image["digest"]?.string)
            #expect(await node.json(.get, "", ["reference": digest]).json == image)
            let verdicts = await node.lines("verify")
            #expect(verdicts.lines.map { $0["isGood"]?.bool } == [true])
            let (status, archive) = await node.ask(.get, "export", ["reference": "oci:L:a"])
            #expect(status == 200 && archive.count % 512 == 0)
            #expect(await node.json(.delete, "", ["reference": "oci:L:a"]).status == 200)
            #expect(await node.names().isEmpty)
            #expect(await node.json(.delete, "", ["reference": "oci:L:a"]).status == 404)
            let taken = await node.take(archive, name: "shop/app:2")
            #expect(taken.lines.last?["image"]?.string == "docker.io/shop/app:2", "\(taken)")
            #expect(
                await node.json(.get, "", ["reference": "shop/app:2"]).json["digest"]?.string
                    == digest
            )
            #expect(await node.json(.post, "prune").json["removed"]?.array == [])
            let trial = await node.json(.post, "prune", ["all": "true", "dryRun": "true"]).json
            #expect(trial["removed"]?[0]?.string == "docker.io/shop/app:2")
            #expect(await node.names().count == 1)
            _ = await node.json(.post, "prune", ["all": "true"])
            #expect(await node.names().isEmpty)
        }
    }

    @Test(
        "an exported image is one that other tools read",
        .enabled(if: Requirement.skopeo.isMet, "\(Requirement.skopeo.comment)")
    )
    func exported() async throws {
        try await Self.with { node in
            try await node.pack("a")
            _ = await node.lines("pull", ["reference": "oci:L:a"])
            let (_, first) = await node.ask(.get, "export", ["reference": "oci:L:a"])
            _ = await node.take(first, name: "shop/app:2")
            let (_, archive) = await node.ask(.get, "export", ["reference": "shop/app:2"])
            try writeFile(node.folder + "/x.tar", archive)
            for kind in ["oci-archive", "docker-archive"] {
                let words = ["inspect", "--config", "\(kind):\(node.folder)/x.tar"]
                let home = ["HOME": node.folder, "TMPDIR": node.folder]
                let result = try await runAside(
                    try Requirement.skopeo.path(),
                    words,
                    environment: home
                )
                #expect(result.exitCode == 0, "\(kind): \(result.standardError)")
                #expect(result.standardOutput.contains("/app.wasm"))
            }
        }
    }

    @Test("a pod's image is not removed, by name or by pruning, until the pod is gone")
    func needed() async throws {
        try await Self.with { node in
            for tag in ["a", "b"] {
                try await node.pack(tag)
                _ = await node.lines("pull", ["reference": "oci:L:\(tag)"])
            }
            let pod =
                #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","annotations":{"swiftlet.io/pre-pull":"oci:L:b"}},"spec":{"containers":[{"name":"c","image":"oci:L:a"}]}}"#
            let path = "api/v1/namespaces/default/pods/web"
            #expect(await node.routes.handle(.made(.put, path, Array(pod.utf8))).status == 201)
            for tag in ["a", "b"] {
                let refused = await node.json(.delete, "", ["reference": "oci:L:\(tag)"])
                #expect(refused.status == 409)
                #expect(refused.json["message"]?.string?.contains("default/web") == true)
            }
            #expect(await node.json(.post, "prune", ["all": "true"]).json["removed"]?.array == [])
            let users = await node.json(.get, "", ["reference": "oci:L:a"]).json["usedBy"]
            #expect(users?[0]?.string == "default/web")
        }
    }

    @Test(
        "what cannot be done says why",
        arguments: [
            (.get, "", ["reference": "none:1"], 404, "not on this node"),
            (.get, "", ["reference": "oci:/etc"], 400, "layoutRoots"),
            (.delete, "", [:], 400, "reference="), (.post, "pull", [:], 400, "reference="),
            (.get, "export", ["reference": "none:1"], 503, "not on this node"),
            (.post, "uploads/7", [:], 404, "no such upload"),
            (.put, "uploads/7", ["offset": "0"], 404, "no such upload"),
            (.put, "uploads/7", ["offset": "-1"], 400, "offset"),
            (.delete, "uploads/7", [:], 404, "no such upload"),
            (.get, "uploads", [:], 404, "nothing at"), (.post, "frob", [:], 404, "nothing at"),
        ] as [(ControlMethod, String, [String: String], Int, String)]
    )
    func refused(
        method: ControlMethod,
        path: String,
        query: [String: String],
        status: Int,
        word: String
    ) async throws {
        try await Self.with { node in
            let answer = await node.json(method, path, query)
            #expect(answer.status == status)
            #expect(answer.json["message"]?.string?.contains(word) == true, "\(answer)")
        }
    }

    @Test("a failed pull and a bad archive say so in their last line")
    func failedLines() async throws {
        try await Self.with { node in
            let pull = await node.lines("pull", ["reference": "oci:L:none"])
            #expect(pull.status == 200)
            #expect(pull.lines.last?["error"]?["retry"]?.bool == true, "\(pull)")
            let taken = await node.take(Array("no archive".utf8), name: nil)
            let message = taken.lines.last?["error"]?["message"]?.string
            #expect(message?.contains("archive") == true, "\(taken)")
            let named = await node.take([1], name: "oci:/x")
            let reason = named.lines.last?["error"]?["reason"]?.string
            #expect(reason == "InvalidImageName")
        }
    }

    @Test("pieces of an archive must follow each other; the answer says where to go on")
    func pieces() async throws {
        try await Self.with { node in
            let id = await node.json(.post, "uploads").json["id"]?.string ?? ""
            func put(_ offset: Int, _ bytes: [UInt8]) async -> Int64? {
                await node.json(.put, "uploads/\(id)", ["offset": "\(offset)"], bytes)
                    .json["bytes"]?.integer
            }
            #expect(await put(0, [1, 2, 3]) == 3)
            #expect(await put(0, [1, 2, 3]) == 3)
            #expect(await put(9, [4]) == 3)
            #expect(await put(3, [4]) == 4)
            #expect(await node.json(.post, "uploads").status == 201)
            #expect(await node.json(.post, "uploads").status == 503)
            #expect(await node.json(.delete, "uploads/\(id)").status == 200)
            #expect(await node.json(.post, "uploads").status == 201)
        }
    }
}
