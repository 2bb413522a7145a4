import Documents
import KubeModel
import Testing

// Goal: who a pod wants to run as is read whole, written back, and refused where it cannot be. Method:
// pods of a few lines.
@Suite("who a pod runs as")
struct SecurityContextTests {
    private func pod(_ spec: String, _ container: String = "") throws -> Pod {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: a}
            spec:
              securityContext: {\(spec)}
              containers:
              - {name: a, image: "a:1", securityContext: {\(container)}}
            """
        return try Pod(try #require(try Document.yaml(Array(text.utf8)).first))
    }

    @Test("every field is read")
    func reads() throws {
        let pod = try pod(
            "runAsUser: 1000, runAsGroup: 2000, runAsNonRoot: true, fsGroup: 3000, "
                + "supplementalGroups: [4, 5]",
            "runAsUser: 7, runAsGroup: 8, runAsNonRoot: false, readOnlyRootFilesystem: true"
        )
        var whole = PodSecurityContext()
        whole.runAsUser = 1_000
        whole.runAsGroup = 2_000
        whole.runAsNonRoot = true
        whole.fsGroup = 3_000
        whole.supplementalGroups = [4, 5]
        #expect(pod.spec.securityContext == whole)
        var own = SecurityContext()
        own.runAsUser = 7
        own.runAsGroup = 8
        own.runAsNonRoot = false
        own.readOnlyRootFilesystem = true
        #expect(pod.spec.containers[0].securityContext == own)
    }

    @Test("user 0 is a user, not the lack of one")
    func zero() throws {
        let pod = try pod("runAsUser: 0", "runAsGroup: 0")
        #expect(pod.spec.securityContext.runAsUser == 0)
        #expect(pod.spec.securityContext.runAsGroup == nil)
        #expect(pod.spec.containers[0].securityContext.runAsGroup == 0)
    }

    @Test("what was read is written, and nothing is written of nothing")
    func writes() throws {
        let pod = try pod("runAsUser: 0, fsGroup: 9", "readOnlyRootFilesystem: true")
        let spec = try #require(pod.document["spec"])
        #expect(spec["securityContext"] == ["runAsUser": 0, "fsGroup": 9])
        #expect(
            spec["containers"]?.array?.first?["securityContext"]
                == ["readOnlyRootFilesystem": true]
        )
        #expect(try Pod(pod.document).spec == pod.spec)
        let plain = PodSpec(containers: [Container(name: "a", image: "a:1")]).document
        #expect(plain["securityContext"] == nil)
        #expect(plain["containers"]?.array?.first?["securityContext"] == nil)
    }

    @Test(
        "what cannot be is refused by its path",
        arguments: [
            ("runAsUser: x", "spec.securityContext.runAsUser"),
            ("supplementalGroups: [1, -1]", "spec.securityContext.supplementalGroups[1]"),
            ("sysctls: [{name: a, value: b}]", "spec.securityContext.sysctls"),
            ("seLinuxOptions: {level: x}", "spec.securityContext.seLinuxOptions"),
            ("nonsense: 1", "spec.securityContext.nonsense"),
        ]
    )
    func refused(field: String, path: String) {
        let error = #expect(throws: FieldError.self) { try pod(field) }
        #expect(error?.path == path)
    }

    @Test("capabilities may be dropped and not added")
    func capabilities() throws {
        _ = try pod("", "capabilities: {drop: [ALL]}")
        let error = #expect(throws: FieldError.self) {
            try pod("", "capabilities: {add: [SYS_ADMIN]}")
        }
        #expect(error?.path == "spec.containers[0].securityContext.capabilities.add")
    }

    @Test("too many groups are refused")
    func groups() {
        let list = (0...64).map { "\($0)" }.joined(separator: ", ")
        #expect(throws: FieldError.self) { try pod("supplementalGroups: [\(list)]") }
    }
}
