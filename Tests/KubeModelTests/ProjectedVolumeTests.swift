import Documents
import Testing

@testable import KubeModel

// Goal: files and variables made of the pod hold what Kubernetes would put there. Method: tables of
// amounts and texts; a pod with everything is read, written and read again.
@Suite("Projected volumes and the downward API")
struct ProjectedVolumeTests {
    private static let text = """
        apiVersion: v1
        kind: Pod
        metadata: {name: web, labels: {app: web, tier: front}, annotations: {note: "x\\n\\"y"}}
        spec:
          containers:
          - name: a
            image: app:1
            resources: {limits: {cpu: 1500m, memory: 64Mi}, requests: {cpu: 250m}}
            env:
            - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
            - {name: MIB, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
            - {name: OTHER, valueFrom: {resourceFieldRef: {containerName: b, resource: limits.cpu, divisor: 1m}}}
            volumeMounts: [{name: p, mountPath: /p, subPathExpr: $(CPU)/x}]
          - {name: b, image: "app:1"}
          volumes:
          - name: p
            projected:
              defaultMode: 0440
              sources:
              - configMap: {name: settings, items: [{key: a, path: x/y, mode: 0400}]}
              - secret: {name: passwords, optional: true}
              - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
              - serviceAccountToken: {path: token}
          - name: d
            downwardAPI:
              items:
              - {path: name, fieldRef: {fieldPath: metadata.name}, mode: 0600}
              - {path: notes, fieldRef: {fieldPath: metadata.annotations}}
              - {path: cpu, resourceFieldRef: {containerName: a, resource: requests.cpu, divisor: 1m}}
        """

    private static let facts = DownwardFacts(
        nodeName: "gw-1",
        allocatable: ["cpu": Quantity(count: 4), "memory": Quantity(bytes: 256 << 20)]
    )

    @Test("a pod with all of it is read as values")
    func reading() throws {
        let pod = try pod(Self.text)
        #expect(pod.remarks.isEmpty)
        let item = ConfigVolume.Item(key: "a", path: "x/y", mode: 0o400)
        let labels = DownwardFile(path: "labels", content: .labels)
        #expect(
            pod.spec.volumes[0].source
                == .projected(
                    ProjectedVolume(
                        sources: [
                            .configMap(
                                ConfigVolume(name: "settings", items: [item], defaultMode: 0o440)
                            ),
                            .secret(
                                ConfigVolume(
                                    name: "passwords",
                                    defaultMode: 0o440,
                                    isOptional: true
                                )
                            ),
                            .downward([labels]), .serviceAccountToken,
                        ],
                        defaultMode: 0o440
                    )
                )
        )
        #expect(pod.spec.containers[0].volumeMounts[0].subPathExpression == "$(CPU)/x")
        #expect(pod.spec.volumes[0].source != pod.spec.volumes[1].source)
    }

    @Test("it is written as it was read")
    func writing() throws {
        let pod = try pod(Self.text)
        let again = try Pod(pod.document)
        #expect(again.spec == pod.spec)
    }

    @Test("variables of resources are whole numbers, rounded up, of the container that is named")
    func variables() throws {
        let pod = try pod(Self.text)
        let values = pod.spec.containers[0].environment(in: pod, facts: Self.facts)
        #expect(values.map(\.name) == ["CPU", "MIB", "OTHER"])
        // The second has no limit, so all of the node's.
        #expect(values.map(\.value) == ["2", "64", "4000"])
    }

    @Test(
        "amounts",
        arguments: [
            (.limits, "memory", "1Mi", "a", "64"), (.limits, "memory", "1", "a", "67108864"),
            (.requests, "cpu", "1", "a", "1"), (.requests, "cpu", "1m", "a", "250"),
            (.requests, "memory", "1", "b", "0"), (.limits, "memory", "1Mi", "b", "256"),
            (.limits, "ephemeral-storage", "1", "b", "0"), (.limits, "cpu", "1", "none", nil),
        ] as [(ResourceSelector.Bound, String, String, String, String?)]
    )
    func amounts(
        bound: ResourceSelector.Bound,
        resource: String,
        divisor: String,
        container: String,
        expected: String?
    ) throws {
        let selector = ResourceSelector(
            containerName: container,
            bound: bound,
            resource: resource,
            divisor: try #require(Quantity(divisor))
        )
        #expect(Self.facts.amount(of: selector, in: try pod(Self.text), for: "a") == expected)
    }

    @Test("files hold fields as they are, and maps a line each, sorted and quoted")
    func texts() throws {
        let pod = try pod(Self.text)
        #expect(Self.facts.text(of: .field(.name), for: pod) == "web")
        #expect(Self.facts.text(of: .labels, for: pod) == "app=\"web\"\ntier=\"front\"")
        #expect(Self.facts.text(of: .annotations, for: pod) == #"note="x\n\"y""#)
    }

    @Test(
        "what cannot be a divisor, a resource or a field is refused with its path",
        arguments: [
            ("{resource: limits.gpu}", "resource: Unsupported value: \"limits.gpu\""),
            ("{resource: cpu}", "resource: Unsupported value: \"cpu\""),
            (
                "{resource: limits.cpu, divisor: 2}",
                "divisor: Invalid value: \"2\": must be one of 1, 1m"
            ),
            ("{resource: limits.cpu, divisors: 2}", "divisors: unknown field"),
        ]
    )
    func refusals(reference: String, message: String) {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - name: a
                image: app:1
                env: [{name: A, valueFrom: {resourceFieldRef: \(reference)}}]
            """
        let path = "spec.containers[0].env[0].valueFrom.resourceFieldRef."
        do {
            _ = try pod(text)
            Issue.record("taken")
        } catch {
            #expect("\(error)".hasPrefix(path + message), "\(error)")
        }
    }

    @Test("a mount has subPath or subPathExpr")
    func bothPaths() {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
              - {name: a, image: "app:1", volumeMounts: [{name: v, mountPath: /v, subPath: a, subPathExpr: b}]}
              volumes: [{name: v, emptyDir: {}}]
            """
        #expect(throws: (any Error).self) { try pod(text) }
    }
}
