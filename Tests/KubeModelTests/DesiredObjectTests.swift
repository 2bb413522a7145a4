import Documents
import KubeModel
import Testing

/// What arrives on a topic is checked, named and versioned, or refused with a reason.
@Suite struct DesiredObjectTests {
    /// Digests that let a test see what was digested.
    private static let digests = Digests(
        sha1: { Array($0.suffix(20)) },
        sha256: { Array($0.prefix(32)) }
    )

    private static func address(
        _ kind: ObjectKind = .pod,
        _ name: String = "web",
        namespace: String = "shop"
    ) throws -> DesiredObject.Address {
        DesiredObject.Address(kind: kind, name: try ObjectName(namespace: namespace, name: name))
    }

    private func identify(_ json: String, _ kind: ObjectKind = .pod) throws -> DesiredObject {
        try DesiredObject.identify(
            Array(json.utf8),
            as: Self.address(kind),
            node: "gw-1",
            digests: Self.digests
        )
    }

    private static func pod(_ metadata: String = "", spec: String = "") -> String {
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"\(metadata)},
        "spec":{"containers":[{"name":"a","image":"b:1"}]\(spec)}}
        """
    }

    @Test func whatTheSenderGivesIsKept() throws {
        let json = Self.pod(
            #","namespace":"shop","uid":"u","resourceVersion":"7","generation":2,"#
                + #""deletionTimestamp":"1970-01-01T00:00:01Z","deletionGracePeriodSeconds":3"#
        )
        let object = try identify(json)
        #expect(
            object.reference
                == ObjectReference(kind: .pod, namespace: "shop", name: "web", uid: "u")
        )
        #expect(
            object.version == ObjectVersion(uid: "u", resourceVersion: "7", generation: 2)
        )
        #expect(object.deletionRequestedAt == Timestamp(nanosecondsSinceEpoch: 1_000_000_000))
        #expect(object.deletionGracePeriodSeconds == 3)
        #expect(object.payload == Array(json.utf8))
    }

    @Test func whatIsMissingIsMadeFromNodeNameAndBytes() throws {
        let object = try identify(Self.pod())
        #expect(object.version.isDerived)
        #expect(object.resourceVersion == Hexadecimal.text(object.payload.prefix(8)))
        // Version 5 of RFC 9562 over "gw-1/Pod/shop/web", with the digest above.
        #expect(object.uid.count == 36)
        #expect(object.uid.dropFirst(14).first == "5")
        #expect(try identify(Self.pod()).uid == object.uid)
        #expect(try identify(Self.pod()) == object)
        let other = try DesiredObject.identify(
            object.payload,
            as: Self.address(.pod, "web", namespace: "other"),
            node: "gw-1",
            digests: Self.digests
        )
        #expect(other.uid != object.uid)
    }

    @Test func thePodReadsBackWithItsUidAndVersion() throws {
        var object = try identify(Self.pod())
        object.deletionRequestedAt = Timestamp(nanosecondsSinceEpoch: 5)
        let pod = try object.pod()
        #expect(pod.metadata.uid == object.uid)
        #expect(pod.metadata.resourceVersion == object.resourceVersion)
        #expect(pod.metadata.namespace == "shop")
        #expect(pod.metadata.deletionTimestamp == object.deletionRequestedAt)
    }

    @Test(arguments: [
        (
            pod(#","namespace":"other""#), "NameMismatch",
            "metadata.name: object calls itself other/web, but its topic says shop/web"
        ),
        (
            pod().replaced(#""web""#, #""wob""#), "NameMismatch",
            "metadata.name: object calls itself shop/wob, but its topic says shop/web"
        ),
        (pod(spec: #","nodeName":"gw-2""#), "OtherNode", "spec.nodeName: object is for node gw-2"),
        (
            "{", "Unreadable",
            "not readable as JSON: line 1, column 1: string or '}' expected near end of file"
        ),
        (
            pod(spec: #","hostPID":true"#), "Invalid",
            "spec.hostPID: a guest cannot see processes (line 2)"
        ),
        (
            String(repeating: " ", count: 256 * 1024 + 1), "TooLarge",
            "object has 262145 bytes, more than 262144"
        ),
    ])
    func whatIsWrongIsRefusedWithAReason(json: String, reason: String, message: String) {
        let error = #expect(throws: ObjectError.self) { try identify(json) }
        #expect(error?.reason == reason)
        #expect(error?.description == message)
    }

    @Test func whatCannotBeRunCanStillBeDeleted() throws {
        let tombstone = #","deletionTimestamp":"2026-01-01T00:00:00Z""#
        let refused = Self.pod(tombstone, spec: #","hostPID":true"#)
        #expect(try identify(refused).deletionRequestedAt != nil)
        #expect(throws: ObjectError.self) { try identify(refused).pod() }
        let bare = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web""# + tombstone + "}}"
        #expect(try identify(bare).deletionRequestedAt != nil)
        #expect(throws: ObjectError.self) { try identify(bare, .secret) }
        let other = Self.pod(tombstone, spec: #","nodeName":"gw-2""#)
        #expect(throws: ObjectError.otherNode("gw-2")) { try identify(other) }
    }

    @Test func nodesAndEventsCannotBeSent() {
        let error = #expect(throws: ObjectError.self) { try identify("{}", .node) }
        #expect(error == .unsupportedKind(.node))
    }

    @Test func configMapsAndSecretsAreRead() throws {
        let map = try ConfigMap(
            Document(
                jsonText: """
                    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},
                    "data":{"a":"x"},"binaryData":{"b":"AP8="},"immutable":true}
                    """
            )
        )
        #expect(map.data == ["a": [0x78], "b": [0, 255]])
        let text = """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"web"},
            "data":{"a":"eA==","b":"eQ=="},"stringData":{"a":"z"}}
            """
        let secret = try Secret(Document(jsonText: text))
        #expect(secret.data == ["a": [0x7A], "b": [0x79]])
        #expect(secret.type == "Opaque")
        #expect(try identify(text, .secret).kind == .secret)
    }

    @Test(arguments: [
        (#""data":{"a":"hunter2!"}"#, "data[a]: must be base64"),
        (#""data":{"a/b":"eA=="}"#, "data[a/b]: Invalid value"),
        (#""data":{"a":1}"#, "data[a]: must be a string, but is an integer"),
        (#""datas":{}"#, "datas: unknown field; did you mean data?"),
    ])
    func mistakesInSecretsAreNamedWithoutTheirValue(members: String, expected: String) throws {
        let text = """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},\(members)}
            """
        let document = try Document(jsonText: text)
        let error = #expect(throws: FieldError.self) { try Secret(document) }
        #expect(error?.description.hasPrefix(expected) == true, "\(error as Any)")
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(
        arguments: [
            ("", []), ("AA==", [0]), ("AP8=", [0, 255]), ("AP8A", [0, 255, 0]),
            ("//8=", [255, 255]),
            ("+/+/", [0xFB, 0xFF, 0xBF]), ("AA\n==\n", [0]),
            ("A", nil), ("AA", nil), ("AA=", nil), ("AB==", nil), ("A===", nil), ("====", nil),
            ("AA==AA==", nil), ("A-==", nil), ("é===", nil),
        ] as [(String, [UInt8]?)]
    )
    func base64IsReadStrictly(text: String, expected: [UInt8]?) {
        #expect(Base64.decode(text) == expected)
    }

    @Test func base64ReadsBack() {
        for count in 0..<40 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }
}

extension String {
    fileprivate func replaced(_ old: String, _ new: String) -> String {
        let parts = self.split(separator: old, omittingEmptySubsequences: false)
        return parts.joined(separator: new)
    }
}
