import Documents
import Testing

@testable import KubeModel

/// Priorities and tolerations are read and written as Kubernetes does.
@Suite struct TolerationTests {
    private func pod(_ spec: String) throws(FieldError) -> Pod {
        let text = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},
             "spec":{"containers":[{"name":"a","image":"x:1"}],\(spec)}}
            """
        let document: Document
        do { document = try Document(json: Array(text.utf8)) } catch {
            throw FieldError(path: "", line: nil, message: "\(error)")
        }
        return try Pod(document)
    }

    @Test func aPriorityIsRead() throws {
        #expect(try pod("\"priority\":7").spec.priority == 7)
        #expect(try pod("\"priorityClassName\":\"mine\"").spec.priority == 0)
        #expect(try pod("\"priorityClassName\":\"system-node-critical\"").isCritical)
        #expect(try !pod("\"priority\":1999999999").isCritical)
        #expect(try pod("\"priority\":7").spec.document["priority"] == 7)
        #expect(throws: FieldError.self) { try pod("\"priority\":2147483648") }
    }

    @Test func aTolerationIsReadAndWritten() throws {
        let toleration = """
            {"key":"k","operator":"Exists","effect":"NoExecute","tolerationSeconds":60}
            """
        let pod = try pod("\"tolerations\":[\(toleration)]")
        #expect(pod.spec.tolerations.first?.tolerationSeconds == 60)
        let written = pod.spec.document["tolerations"]?[0]
        #expect(written == (try Document(json: Array(toleration.utf8))))
        #expect(pod.remarks.isEmpty)
    }

    @Test(arguments: [
        #"{"operator":"Equal"}"#, #"{"key":"k","operator":"Exists","value":"v"}"#,
        #"{"key":"k","effect":"Never"}"#, #"{"key":"k","tolerationSeconds":1}"#, #"{"kye":"k"}"#,
    ])
    func aWrongTolerationIsRefused(_ toleration: String) {
        #expect(throws: FieldError.self) { try pod("\"tolerations\":[\(toleration)]") }
    }

    @Test func aTolerationMatchesByKeyValueAndEffect() {
        let taint = Taint(key: "k", value: "v", effect: "NoExecute")
        let table: [(Toleration, Bool)] = [
            (Toleration(comparison: .exists), true),
            (Toleration(key: "k", comparison: .exists), true),
            (Toleration(key: "k", value: "v"), true),
            (Toleration(key: "k", value: "v", effect: "NoExecute"), true),
            (Toleration(key: "k", value: "w"), false),
            (Toleration(key: "j", comparison: .exists), false),
            (Toleration(key: "k", comparison: .exists, effect: "NoSchedule"), false),
        ]
        for (toleration, isTolerated) in table {
            #expect(toleration.tolerates(taint) == isTolerated)
        }
        #expect(Toleration(key: "k").tolerates(Taint(key: "k", effect: "NoSchedule")))
    }

    @Test func aPodIsStaticOnlyWithBothMarks() throws {
        var pod = Pod(
            metadata: ObjectMetadata(name: "a"),
            spec: PodSpec(containers: [Container(name: "a", image: "x")])
        )
        #expect(!pod.isStatic)
        pod.metadata.annotations[StaticOrigin.sourceAnnotation] = StaticOrigin.file
        #expect(!pod.isStatic)
        pod.metadata.annotations[StaticOrigin.fileAnnotation] = "a.yaml"
        #expect(pod.isStatic && pod.isCritical)
    }
}
