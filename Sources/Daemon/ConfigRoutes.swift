internal import ControlAPI
internal import Documents
internal import KubeModel
internal import StateStore

/// What the control socket answers about ConfigMaps and Secrets.
///
/// Values of Secrets go in and never come out: who may read the socket is not who may read them.
struct ConfigRoutes: Sendable {
    let store: StateStore
    let inbox: Inbox

    /// All of a kind; nil for a kind that is none of ours.
    func list(_ kind: ObjectKind) async -> ControlResponse? {
        guard kind == .configMap || kind == .secret else { return nil }
        do throws(StoreError) {
            let objects = try await store.desired(kind).filter { $0.deletionRequestedAt == nil }
            let list = ObjectList.document(objects.map(shown), kind: "\(kind.rawValue)List")
            return .json(list.json(), status: 200)
        } catch {
            return .failure(error)
        }
    }

    /// One object, by method; nil for what is none of ours.
    func one(
        _ request: ControlRequest,
        _ kind: ObjectKind,
        _ name: ObjectName
    ) async
        -> ControlResponse?
    {
        guard kind == .configMap || kind == .secret else { return nil }
        let address = DesiredObject.Address(kind: kind, name: name)
        do throws(StoreError) {
            switch request.method {
            case .get:
                let object = try await store.desired(kind, name.namespace, name.name)
                guard let object, object.deletionRequestedAt == nil else { return none(address) }
                return .json(shown(object).json(), status: 200)
            case .put: return try await put(request.body, address)
            case .delete:
                if let file = try await inbox.staticFile(of: address) { return .isStatic(file) }
                guard try await !inbox.isUnderManifest() else { return .manifestCounts }
                guard let object = try await store.desired(kind, name.namespace, name.name),
                    try await store.remove(object.reference)
                else { return none(address) }
                return .json(shown(object).json(), status: 200)
            case .post: return nil
            }
        } catch {
            return .failure(error)
        }
    }

    private func put(
        _ body: [UInt8],
        _ address: DesiredObject.Address
    ) async throws(StoreError) -> ControlResponse {
        guard try await !inbox.isUnderManifest() else { return .manifestCounts }
        switch try await inbox.take(body, as: address) {
        case .staged: return .manifestCounts
        case .refused(let refusal):
            return .failure(status: 422, reason: refusal.reason, message: refusal.message)
        case .taken(let object, let acceptance):
            return .json(shown(object).json(), status: acceptance == .stored ? 201 : 200)
        }
    }

    private func none(_ address: DesiredObject.Address) -> ControlResponse {
        let name = address.name
        return .failure(
            status: 404,
            reason: "NotFound",
            message:
                "\(address.kind.plural) \"\(name.name)\" not found in namespace \(name.namespace)"
        )
    }

    private func shown(_ object: DesiredObject) -> Document {
        var document = (try? Document(json: object.payload)) ?? .object([])
        if object.kind == .secret { document = Secret.redacted(document) }
        var metadata = document["metadata"]?.members ?? []
        // What the author may leave out, as it was stored.
        for (name, value) in [
            ("namespace", object.namespace), ("uid", object.uid),
            ("resourceVersion", object.resourceVersion),
        ] where !metadata.contains(where: { $0.name == name }) {
            metadata.append(.init(name: name, value: .string(value)))
        }
        var members = (document.members ?? []).filter { $0.name != "metadata" }
        let place = members.firstIndex { $0.name != "apiVersion" && $0.name != "kind" }
        members.insert(
            .init(name: "metadata", value: .object(metadata)),
            at: place ?? members.endIndex
        )
        return .object(members)
    }
}

extension ControlResponse {
    /// What stands in the machine's own folder is changed there.
    static func isStatic(_ file: String) -> ControlResponse {
        .failure(
            status: 409,
            reason: "Static",
            message: "it is a static object of \(file): remove the file, or change it"
        )
    }

    /// Text for programs and people alike.
    static func plain(_ text: String) -> ControlResponse {
        ControlResponse(status: 200, contentType: "text/plain", body: .bytes(Array(text.utf8)))
    }

    // Why: the next message of the controller would undo it, and the signature is not ours to make.
    /// Nothing can be changed on this node by hand.
    static let manifestCounts = ControlResponse.failure(
        status: 409,
        reason: "ManifestCounts",
        message: "a manifest says what this node runs: apply and delete over the broker"
    )

    /// What kept the database from taking it.
    static func failure(_ error: StoreError) -> ControlResponse {
        .failure(status: 507, reason: "InsufficientStorage", message: error.description)
    }
}
