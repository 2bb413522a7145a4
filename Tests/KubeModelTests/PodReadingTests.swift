import Documents
import KubeModel
import Testing

/// A pod as people write it becomes values with Kubernetes' defaults.
@Suite struct PodReadingTests {
    @Test func aSmallPodGetsTheDefaults() throws {
        let pod = try pod(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - name: a
                image: registry.example/app:1
            """
        )
        #expect(pod.metadata.namespace == "default")
        #expect(pod.spec.restartPolicy == .always)
        #expect(pod.spec.terminationGracePeriodSeconds == 30)
        #expect(pod.spec.serviceAccountName == "default")
        #expect(
            pod.spec.containers == [
                Container(
                    name: "a",
                    image: "registry.example/app:1",
                    imagePullPolicy: .ifNotPresent
                )
            ]
        )
        #expect(pod.spec.qosClass == .bestEffort)
        #expect(pod.remarks.isEmpty)
    }
}

/// The pod that `yaml` describes.
func pod(_ yaml: String) throws -> Pod {
    let document = try #require(try Document.yaml(text: yaml).first)
    return try Pod(document)
}
