import Documents
@testable import KubeModel
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
        #expect(pod.metadata.uid.isEmpty)
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

    @Test func aFullPodIsReadField() throws {
        let pod = try pod(Self.full)
        let spec = pod.spec
        #expect(pod.metadata.labels == ["app": "web", "example.com/tier": ""])
        #expect(pod.metadata.generation == 3)
        #expect(pod.metadata.ownerReferences.first?.kind == "DaemonSet")
        #expect(spec.restartPolicy == .onFailure)
        #expect(spec.terminationGracePeriodSeconds == 5)
        #expect(spec.nodeName == "gw-1")
        #expect(spec.hostNetwork)
        #expect(spec.imagePullSecrets == ["registry"])
        #expect(spec.initContainers.map(\.name) == ["prepare"])
        let container = try #require(spec.containers.first)
        #expect(container.command == ["/app.wasm"])
        #expect(container.args == ["--name", "$(NAME)"])
        #expect(container.workingDir == "/data")
        #expect(container.imagePullPolicy == .never)
        #expect(
            container.env == [
                EnvironmentVariable(name: "A", value: "1"),
                EnvironmentVariable(name: "NAME", value: .field(.name)),
                EnvironmentVariable(name: "EMPTY", value: ""),
            ]
        )
        #expect(
            container.ports == [
                ContainerPort(name: "http", containerPort: 80, hostPort: 80),
                ContainerPort(containerPort: 53, hostPort: 53, transportProtocol: .udp),
            ]
        )
        #expect(container.resources.limits["memory"] == Quantity("64Mi"))
        #expect(container.resources.requests["memory"] == Quantity("32Mi"))
        #expect(
            container.resources.requests["cpu"] == Quantity("500m"),
            "a limit is also a request"
        )
        #expect(
            container.volumeMounts == [
                VolumeMount(name: "cache", mountPath: "/cache"),
                VolumeMount(name: "host", mountPath: "/host", readOnly: true),
            ]
        )
        #expect(
            spec.volumes == [
                Volume(name: "cache", source: .emptyDirectory(EmptyDirectory(isInMemory: true))),
                Volume(
                    name: "host",
                    source: .hostPath(HostPath(path: "/srv/x", kind: .directoryOrCreate))
                ),
                Volume(name: "kube-api-access-x1", source: .serviceAccountToken),
                Volume(name: "plain", source: .emptyDirectory(EmptyDirectory())),
            ]
        )
        #expect(spec.qosClass == .burstable)
    }

    @Test func aLimitOfTheDiskIsEnforcedAndNoRemark() throws {
        #expect(try pod(Self.full).remarks == [])
        #expect(try pod(Self.full).limitsOfDisk == [])
        let text = Self.full.split(separator: "limits: {").joined(
            separator: "limits: {ephemeral-storage: 1Gi, "
        )
        #expect(try pod(text).remarks == [])
        #expect(try pod(text).limitsOfDisk == ["1Gi"])
    }

    @Test func everyKindOfHostPathAndAClaimAreReadAndWrittenAgain() throws {
        for kind in HostPath.Kind.allCases {
            let text = """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  containers: [{name: a, image: "x:1"}]
                  volumes:
                  - {name: h, hostPath: {path: /srv/x, type: "\(kind.rawValue)"}}
                  - {name: c, persistentVolumeClaim: {claimName: data, readOnly: true}}
                  - {name: d, persistentVolumeClaim: {claimName: data}}
                """
            let first = try pod(text)
            #expect(
                first.spec.volumes.map(\.source) == [
                    .hostPath(HostPath(path: "/srv/x", kind: kind)),
                    .persistentClaim(PersistentClaim(name: "data", isReadOnly: true)),
                    .persistentClaim(PersistentClaim(name: "data")),
                ]
            )
            #expect(try Pod(first.document).spec == first.spec)
        }
    }

    @Test func aPodReadsBackFromWhatItWrites() throws {
        let first = try pod(Self.full)
        let second = try Pod(first.document)
        #expect(second.spec == first.spec)
        #expect(second.metadata == first.metadata)
        #expect(second.document == first.document)
    }

    @Test func whatHasNoMeaningHereIsShownAgain() throws {
        let document = try pod(Self.full).document
        #expect(document["spec"]?["tolerations"]?[0]?["operator"] == "Exists")
        #expect(document["spec"]?["containers"]?[0]?["terminationMessagePath"] == "/dev/x")
        #expect(document["spec"]?["initContainers"]?[0]?["imagePullPolicy"] == "Always")
        #expect(document["status"]?["phase"] == "Pending")
    }

    @Test(
        arguments: [
            ("app", .always), ("app:latest", .always), ("app:1", .ifNotPresent),
            ("host:5000/app", .always), ("host:5000/app:1", .ifNotPresent),
            ("host:5000/app:latest", .always), ("app@sha256:00", .ifNotPresent),
            ("app:latest@sha256:00", .ifNotPresent), ("oci:/images/app:1", .ifNotPresent),
        ] as [(String, ImagePullPolicy)]
    )
    func thePullPolicyFollowsTheTag(image: String, expected: ImagePullPolicy) {
        #expect(ImagePullPolicy.absent(for: image) == expected)
    }

    static let full = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          namespace: shop
          uid: 6f1c0a56-7f2d-4c2e-9a53-3f0e5f9a1b2c
          resourceVersion: "1234"
          generation: 3
          creationTimestamp: "2026-01-31T23:59:59Z"
          labels: {app: web, example.com/tier: ""}
          annotations: {module.wasm.image/variant: compat-smart}
          ownerReferences:
          - {apiVersion: apps/v1, kind: DaemonSet, name: web, uid: u, controller: true}
          managedFields: []
        spec:
          restartPolicy: OnFailure
          terminationGracePeriodSeconds: 5
          nodeName: gw-1
          hostNetwork: true
          hostPID: false
          dnsPolicy: ClusterFirst
          schedulerName: default-scheduler
          enableServiceLinks: true
          securityContext: {}
          priority: 7
          tolerations: [{operator: Exists}]
          imagePullSecrets: [{name: registry}]
          runtimeClassName: wasmedge
          initContainers:
          - name: prepare
            image: prepare
          containers:
          - name: app
            image: app:1
            imagePullPolicy: Never
            command: [/app.wasm]
            args: ["--name", $(NAME)]
            workingDir: /data
            terminationMessagePath: /dev/x
            stdin: false
            env:
            - {name: A, value: "1"}
            - name: NAME
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
            - name: EMPTY
            ports:
            - {name: http, containerPort: 80}
            - {containerPort: 53, hostPort: 53, protocol: UDP}
            resources:
              limits: {cpu: 500m, memory: 64Mi}
              requests: {memory: 32Mi}
            securityContext:
              allowPrivilegeEscalation: false
              privileged: false
              capabilities: {drop: [ALL]}
            volumeMounts:
            - {name: cache, mountPath: /cache}
            - {name: host, mountPath: /host, readOnly: true}
          volumes:
          - name: cache
            emptyDir: {medium: Memory}
          - name: host
            hostPath: {path: /srv/x, type: DirectoryOrCreate}
          - name: kube-api-access-x1
            projected:
              sources:
              - serviceAccountToken: {path: token}
              - configMap: {name: kube-root-ca.crt}
          - name: plain
        """
}

/// The pod that `yaml` describes.
func pod(_ yaml: String) throws -> Pod {
    let document = try #require(try Document.yaml(text: yaml).first)
    return try Pod(document)
}

extension Pod {
    fileprivate var limitsOfDisk: [String] {
        spec.containers.compactMap { $0.resources.limits["ephemeral-storage"]?.text }
    }
}
