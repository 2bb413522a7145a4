import Documents
import Testing

@testable import KubeModel

/// Annotations of our own are read as strictly as fields.
@Suite struct PodAnnotationTests {
    private func pod(_ annotation: String, policy: String = "OnFailure") throws -> Pod {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, annotations: {\(annotation)}}
            spec:
              restartPolicy: \(policy)
              activeDeadlineSeconds: 30
              containers: [{name: a, image: "x:1"}]
            """
        return try Pod(try #require(try Document.yaml(text: text).first))
    }

    @Test func whatTheySayIsRead() throws {
        let pod = try pod(
            #"swiftlet.dev/backoff-limit: "3", swiftlet.dev/progress-deadline: "60""#
        )
        let annotations = PodAnnotations(pod.metadata.annotations)
        #expect(annotations.backoffLimit == 3 && annotations.progressDeadlineSeconds == 60)
        #expect(pod.spec.activeDeadlineSeconds == 30)
        #expect(pod.document["spec"]?["activeDeadlineSeconds"]?.integer == 30)
        let none = PodAnnotations([:])
        #expect(none.backoffLimit == nil && none.progressDeadlineSeconds == nil)
    }

    @Test(arguments: [
        ("backoff-limit", "-1"), ("backoff-limit", "x"), ("backoff-limit", ""),
        ("backoff-limit", "99999999999999999999"), ("progress-deadline", "0"),
        ("progress-deadline", "1.5"), ("progress-deadline", "86401"),
    ])
    func whatCannotBeReadIsRefusedByName(name: String, text: String) {
        let error = #expect(throws: FieldError.self) {
            try pod("swiftlet.dev/\(name): \"\(text)\"")
        }
        #expect(error?.path == "metadata.annotations[swiftlet.dev/\(name)]")
    }

    @Test func aLimitThatCouldNeverBeReachedIsRefused() throws {
        _ = try pod(#"swiftlet.dev/backoff-limit: "0""#, policy: "Never")
        let error = #expect(throws: FieldError.self) {
            try pod(#"swiftlet.dev/backoff-limit: "0""#, policy: "Always")
        }
        #expect(error?.message.contains("OnFailure") == true)
    }

    @Test(arguments: ["livenessProbe", "readinessProbe", "startupProbe"])
    func initContainersAreAskedNothing(probe: String) throws {
        func pod(_ policy: String) throws -> Pod {
            let text = """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  initContainers: [{name: i, image: "x:1", \(probe): {tcpSocket: {port: 1}}\(policy)}]
                  containers: [{name: a, image: "x:1"}]
                """
            return try Pod(try #require(try Document.yaml(text: text).first))
        }
        _ = try pod(", restartPolicy: Always")
        let error = #expect(throws: FieldError.self) { try pod("") }
        #expect(error?.path == "spec.initContainers[0].\(probe)")
    }
}
