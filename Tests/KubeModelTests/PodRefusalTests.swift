import Documents
@testable import KubeModel
import TestKit
import Testing

/// What is wrong or cannot be honoured is named by its path, in Kubernetes' words where it has any.
@Suite struct PodRefusalTests {
    /// What reading a pod with these lines says; nil when it is taken.
    private func refusal(
        spec: String = "",
        container: String = "",
        metadata: String = "name: web"
    ) -> String? {
        let spec = spec.isEmpty ? "" : "  \(spec)\n"
        let container = container.isEmpty ? "" : "    \(container)\n"
        let yaml = """
            apiVersion: v1
            kind: Pod
            metadata: {\(metadata)}
            spec:
            \(spec)  containers:
              - name: a
                image: app:1
            \(container)
            """
        do {
            _ = try pod(yaml)
            return nil
        } catch let error as FieldError {
            return "\(error.path): \(error.message)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (
            "livenessProbe: {grpc: {port: 80}}",
            "livenessProbe.grpc: gRPC probes are not supported"
        ),
        (
            "readinessProbe: {exec: {command: []}}",
            "readinessProbe.exec.command: Required value"
        ),
        (
            "lifecycle: {stopSignal: SIGUSR1}",
            "lifecycle.stopSignal: a guest is asked to end by SIGTERM"
        ),
        (
            "lifecycle: {preStop: {httpGet: {port: 1, scheme: HTTPS}}}",
            "lifecycle.preStop.httpGet.scheme: probes by HTTPS are not supported"
        ),
        (
            "lifecycle: {preStop: {sleep: {seconds: 1}, tcpSocket: {port: 1}}}",
            "lifecycle.preStop: Forbidden: may not specify more than 1 handler type"
        ),
        (
            "lifecycle: {postStart: {}}",
            "lifecycle.postStart: Required value: must specify a handler type"
        ),
        (
            "lifecycle: {preStop: {sleep: {seconds: -1}}}",
            "lifecycle.preStop.sleep.seconds: Invalid value: -1: must be between 0 and 86400, "
                + "inclusive"
        ),
        (
            "volumeDevices: [{name: a, devicePath: /d}]",
            "volumeDevices: block devices are not supported"
        ),
        ("stdin: true", "stdin: nothing can be attached to standard input"),
        ("tty: true", "tty: there is no terminal to attach"),
        (
            "restartPolicy: Always",
            "restartPolicy: only init containers have a policy of their own, and it must be Always"
        ),
        ("iamge: x", "iamge: unknown field; did you mean image?"),
        ("command: x", "command: must be an array, but is a string"),
        ("command: [1]", "command[0]: must be a string, but is an integer"),
        (
            "imagePullPolicy: Sometimes",
            "imagePullPolicy: Unsupported value: \"Sometimes\": supported values: "
                + "\"Always\", \"IfNotPresent\", \"Never\""
        ),
        (
            "securityContext: {privileged: true}",
            "securityContext.privileged: a guest has no privileges"
        ),
        (
            "securityContext: {runAsUser: -1}",
            "securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive"
        ),
        (
            "securityContext: {capabilities: {add: [NET_ADMIN]}}",
            "securityContext.capabilities.add: a guest has no capabilities to add to"
        ),
        ("env: [{value: x}]", "env[0].name: Required value"),
        (
            "env: [{name: a=b}]",
            "env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist "
                + "only of printable ASCII characters other than '='"
        ),
        (
            "env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
            "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"
        ),
        (
            "env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.x}}}]",
            "env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"spec.x\""
        ),
        (
            "env: [{name: A, valueFrom: {}}]",
            "env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`"
        ),
        (
            "ports: [{containerPort: 0}]",
            "ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive"
        ),
        (
            "ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 80}]",
            "ports[1].hostPort: Duplicate value: 80"
        ),
        (
            "ports: [{containerPort: 80, protocol: tcp}]",
            "ports[0].protocol: Unsupported value: \"tcp\": supported values: "
                + "\"SCTP\", \"TCP\", \"UDP\""
        ),
        (
            "ports: [{name: a, containerPort: 1}, {name: a, containerPort: 2}]",
            "ports[1].name: Duplicate value: \"a\""
        ),
        (
            "resources: {limits: {cpu: 1}, requests: {cpu: 2}}",
            "resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1"
        ),
        (
            "resources: {limits: {memory: 64MB}}",
            "resources.limits[memory]: Invalid value: \"64MB\": quantities are a number and a "
                + "suffix, like 250m, 64Mi or 1.5"
        ),
        (
            "resources: {limits: {memory: -1}}",
            "resources.limits[memory]: Invalid value: \"-1\": must be greater than or equal to 0"
        ),
        (
            "resources: {limits: {example.com/gpu: 1}}",
            "resources.limits[example.com/gpu]: this node has no resource of this name"
        ),
        ("resources: {claims: [{name: x}]}", "resources.claims: devices cannot be claimed"),
        ("volumeMounts: [{name: x, mountPath: /x}]", "volumeMounts[0].name: Not found: \"x\""),
        ("volumeMounts: [{name: x}]", "volumeMounts[0].mountPath: Required value"),
        (
            "volumeMounts: [{name: x, mountPath: a}]",
            "volumeMounts[0].mountPath: Invalid value: \"a\": must be an absolute path"
        ),
        (
            "volumeMounts: [{name: x, mountPath: /a/../b}]",
            "volumeMounts[0].mountPath: Invalid value: \"/a/../b\": must not contain '..'"
        ),
    ])
    func fieldsOfAContainerAreRefusedByPath(line: String, expected: String) {
        #expect(refusal(container: line) == "spec.containers[0].\(expected)")
    }

    @Test(arguments: [
        ("hostPID: true", "spec.hostPID: a guest cannot see processes"),
        ("hostUsers: false", "spec.hostUsers: user namespaces are not supported"),
        ("dnsPolicy: None", "spec.dnsPolicy: resolvers cannot be chosen"),
        ("dnsConfig: {nameservers: [1.1.1.1]}", "spec.dnsConfig: resolvers cannot be chosen"),
        ("os: {name: windows}", "spec.os: the operating system must be linux"),
        (
            "activeDeadlineSeconds: 0",
            "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, "
                + "inclusive"
        ),
        (
            "schedulingGates: [{name: x}]",
            "spec.schedulingGates: a pod that is held back must not be sent to a node"
        ),
        ("replicas: 1", "spec.replicas: unknown field"),
        (
            "restartPolicy: always",
            "spec.restartPolicy: Unsupported value: \"always\": supported values: "
                + "\"Always\", \"Never\", \"OnFailure\""
        ),
        (
            "terminationGracePeriodSeconds: -1",
            "spec.terminationGracePeriodSeconds: Invalid value: -1: must be between 0 and 86400, "
                + "inclusive"
        ),
        ("hostNetwork: 1", "spec.hostNetwork: must be a boolean, but is an integer"),
        (
            "initContainers: [{name: a, image: x}]",
            "spec.containers[0].name: Duplicate value: \"a\""
        ),
        ("initContainers: [{name: b}]", "spec.initContainers[0].image: Required value"),
        (
            "initContainers: [{name: B, image: x}]",
            "spec.initContainers[0].name: Invalid value: \"B\": a lowercase RFC 1123 label must "
                + "consist of lower case alphanumeric characters or '-', and must start and end "
                + "with an alphanumeric character (e.g. 'my-name')"
        ),
        (
            "volumes: [{name: v, nfs: {server: x, path: /}}]",
            "spec.volumes[0].nfs: volumes of this type are not supported"
        ),
        (
            "volumes: [{name: v, projected: {sources: [{configMap: {name: a}, secret: {name: b}}]}}]",
            "spec.volumes[0].projected.sources[0]: Forbidden: must specify exactly 1 volume type"
        ),
        (
            "volumes: [{name: v, projected: {sources: [{clusterTrustBundle: {path: a}}]}}]",
            "spec.volumes[0].projected.sources[0].clusterTrustBundle: there is no cluster to trust"
        ),
        (
            "volumes: [{name: v, downwardAPI: {items: [{path: ../a, fieldRef: {fieldPath: metadata.name}}]}}]",
            "spec.volumes[0].downwardAPI.items[0].path: Invalid value: \"../a\": must not contain '..'"
        ),
        (
            "volumes: [{name: v, downwardAPI: {items: [{path: a, fieldRef: {fieldPath: status.podIP}}]}}]",
            "spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath: Unsupported value: \"status.podIP\""
        ),
        (
            "volumes: [{name: v, downwardAPI: {items: [{path: a}]}}]",
            "spec.volumes[0].downwardAPI.items[0]: Required value: one of fieldRef and "
                + "resourceFieldRef is required"
        ),
        (
            "volumes: [{name: v, downwardAPI: {items: [{path: a, resourceFieldRef: {resource: limits.cpu}}]}}]",
            "spec.volumes[0].downwardAPI.items[0].resourceFieldRef.containerName: Required value"
        ),
        (
            "volumes: [{name: v, emptyDir: {sizeLimit: -1Mi}}]",
            "spec.volumes[0].emptyDir.sizeLimit: Invalid value: \"-1Mi\": SizeLimit field must be a "
                + "valid resource quantity"
        ),
        (
            "volumes: [{name: v, emptyDir: {medium: Huge}}]",
            "spec.volumes[0].emptyDir.medium: Unsupported value: \"Huge\": supported values: "
                + "\"\", \"Memory\""
        ),
        (
            "volumes: [{name: v, emptyDir: {}, hostPath: {path: /}}]",
            "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"
        ),
        ("volumes: [{name: v}, {name: v}]", "spec.volumes[1].name: Duplicate value: \"v\""),
        (
            "volumes: [{name: v, hostPath: {path: /a/../etc}}]",
            "spec.volumes[0].hostPath.path: Invalid value: \"/a/../etc\": must not contain '..'"
        ),
        (
            "volumes: [{name: v, persistentVolumeClaim: {}}]",
            "spec.volumes[0].persistentVolumeClaim.claimName: Required value"
        ),
        (
            "volumes: [{name: v, hostPath: {path: /x, type: Fifo}}]",
            "spec.volumes[0].hostPath.type: Unsupported value: \"Fifo\": supported values: \"\", "
                + "\"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", "
                + "\"FileOrCreate\", \"Socket\""
        ),
        (
            "securityContext: {fsGroup: 4294967296}",
            "spec.securityContext.fsGroup: Invalid value: 4294967296: "
                + "must be between 0 and 2147483647, inclusive"
        ),
    ])
    func fieldsOfThePodAreRefusedByPath(line: String, expected: String) {
        #expect(refusal(spec: line) == expected)
    }

    @Test(arguments: [
        ("namespace: x", "metadata.name: Required value: name or generateName is required"),
        (
            "name: Web",
            "metadata.name: Invalid value: \"Web\": a lowercase RFC 1123 subdomain must consist of "
                + "lower case alphanumeric characters, '-' or '.', and must start and end with an "
                + "alphanumeric character (e.g. 'example.com')"
        ),
        (
            "name: web, labels: {a: b c}",
            "metadata.labels[a]: Invalid value: \"b c\": a valid label must be an empty string or "
                + "consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
                + "an alphanumeric character"
        ),
        (
            "name: web, labels: {/a: b}",
            "metadata.labels: Invalid value: \"/a\": prefix part must be non-empty"
        ),
        (
            "name: web, labels: {a: 1}",
            "metadata.labels[a]: must be a string, but is an integer"
        ),
        (
            "name: web, creationTimestamp: yesterday",
            "metadata.creationTimestamp: Invalid value: \"yesterday\": must be a time in RFC 3339, "
                + "like 2026-01-31T23:59:59Z"
        ),
        (
            "name: web, generation: -1",
            "metadata.generation: Invalid value: -1: must be between 0 and 9223372036854775807, "
                + "inclusive"
        ),
        ("name: web, lables: {}", "metadata.lables: unknown field; did you mean labels?"),
    ])
    func metadataIsCheckedToo(metadata: String, expected: String) {
        #expect(refusal(metadata: metadata) == expected)
    }

    @Test func theSameLinesWithoutAskingForAnythingAreTaken() {
        for line in [
            "stdin: false", "volumeDevices: []", "lifecycle: {}", "envFrom: []", "tty: null",
        ] {
            #expect(refusal(container: line) == nil, "\(line)")
        }
        for line in ["hostPID: false", "hostUsers: true", "os: {name: linux}", "hostAliases: []"] {
            #expect(refusal(spec: line) == nil, "\(line)")
        }
        #expect(refusal() == nil)
    }

    @Test func aPodWithoutContainersAndOtherKindsAreRefused() {
        let texts = [
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}",
                "spec.containers: Required value"
            ),
            ("{apiVersion: v1, kind: Pod, metadata: {name: a}}", "spec: Required value"),
            ("{apiVersion: v1, kind: Pod, spec: {}}", "metadata: Required value"),
            ("{kind: Pod}", "apiVersion: Required value"),
            (
                "{apiVersion: apps/v1, kind: Deployment}",
                "kind: apps/v1 Deployment is not supported; send a v1 Pod"
            ),
            ("[1]", "must be an object, but is an array"),
        ]
        for (yaml, expected) in texts {
            let error = #expect(throws: FieldError.self) { try pod(yaml) }
            #expect(error?.description.hasPrefix(expected) == true, "\(error as Any)")
        }
    }

    @Test func errorsCarryTheLineOfTheManifest() {
        let error = #expect(throws: FieldError.self) {
            try pod(
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n"
            )
        }
        #expect(error?.description == "spec.containers[0].image: Required value (line 6)")
    }

    @Test(arguments: [UInt64](1...10))
    func damagedPodsNeverDoHarm(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let json = try pod(PodReadingTests.full).document.json()
        let yaml = Array(PodReadingTests.full.utf8)
        for round in 0..<200 {
            let bytes = generator.mutated(round % 2 == 0 ? json : yaml)
            for document in (try? Document.yaml(bytes)) ?? [] {
                var context = ReadingContext(acceptsUnfinished: true)
                guard let pod = try? Pod(document, &context) else { continue }
                _ = pod.document
                _ = pod.spec.qosClass
            }
        }
    }
}
