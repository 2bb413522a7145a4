internal import Documents

// The tables of a pod and its containers. The field names are those of the Kubernetes API reference,
// version 1.34; a test holds them complete.

extension FieldTable {
    /// All tables of what a pod may hold, for the table in the README.
    public static let all: [FieldTable] = [
        pod, objectMetadata, podSpec, container, containerPort, environmentVariable,
        environmentSource, resources, volumeMount, podSecurityContext, securityContext, volume,
        emptyDir, hostPath, persistentClaim, configVolume, keyToPath, projected, projection,
        downwardVolume,
        downwardFile, probe, lifecycle, lifecycleHandler, configReference, environmentFrom,
    ]

    static let pod = FieldTable(
        "v1.Pod",
        honoured: ["apiVersion", "kind", "metadata", "spec"],
        ["status": .harmless("the status is this node's to say")]
    )

    static let objectMetadata = FieldTable(
        "v1.ObjectMeta",
        honoured: [
            "name", "namespace", "uid", "resourceVersion", "generation", "labels", "annotations",
            "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
            "ownerReferences",
        ],
        [
            "generateName": .harmless("the name is given by whoever sends the object"),
            "finalizers": .harmless("they bind the API server"),
            "managedFields": .harmless("they are the API server's notes"),
            "selfLink": .harmless("nothing reads it any more"),
        ]
    )

    static let podSpec = FieldTable(
        "v1.PodSpec",
        honoured: [
            "containers", "initContainers", "volumes", "restartPolicy",
            "terminationGracePeriodSeconds", "activeDeadlineSeconds", "nodeName", "hostNetwork",
            "hostname",
            "imagePullSecrets", "runtimeClassName", "nodeSelector", "serviceAccountName",
            "securityContext", "priority", "tolerations",
        ],
        scheduling.merging(environment) { first, _ in first }
    )

    private static let scheduling: [String: FieldTreatment] = [
        "affinity": .harmless("the scheduler has decided"),
        "topologySpreadConstraints": .harmless("the scheduler has decided"),
        "schedulerName": .harmless("the scheduler has decided"),
        "schedulingGates": .refused("a pod that is held back must not be sent to a node"),
        "priorityClassName": .harmless("priority says the number"),
        "preemptionPolicy": .harmless("the scheduler has decided"),
        "overhead": .harmless("the cost of a sandbox is counted by the scheduler"),
        "workloadRef": .harmless("the scheduler has decided"),
        "readinessGates": .notYet,
        "resources": .notYet,
        "resourceClaims": .refused("devices cannot be claimed"),
    ]

    private static let environment: [String: FieldTreatment] = [
        "serviceAccount": .harmless("the old name of serviceAccountName"),
        "automountServiceAccountToken": .harmless("there is no API server to present a token to"),
        "enableServiceLinks": .harmless("there are no services to link"),
        "dnsPolicy": .refused("resolvers cannot be chosen", unless: "ClusterFirst"),
        "dnsConfig": .refused("resolvers cannot be chosen"),
        "hostAliases": .refused("/etc/hosts cannot be changed"),
        "subdomain": .harmless("there is no cluster DNS"),
        "setHostnameAsFQDN": .harmless("there is no cluster DNS"),
        "hostnameOverride": .refused("the host name is taken from hostname"),
        "hostPID": .refused("a guest cannot see processes"),
        "hostIPC": .refused("a guest has no System V IPC"),
        "hostUsers": .refused("user namespaces are not supported", unless: true),
        "shareProcessNamespace": .refused("a guest cannot see processes"),
        "ephemeralContainers": .refused("containers cannot be added to debug a pod"),
        "os": .refused("the operating system must be linux", unless: ["name": "linux"]),
    ]

    static let container = FieldTable(
        "v1.Container",
        honoured: [
            "name", "image", "imagePullPolicy", "command", "args", "workingDir", "env", "ports",
            "resources", "volumeMounts", "securityContext", "envFrom", "restartPolicy",
            "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
        ],
        [
            "restartPolicyRules": .notYet,
            "resizePolicy": .harmless("resources change with a new pod"),
            "volumeDevices": .refused("block devices are not supported"),
            "terminationMessagePath": .harmless("the message is the guest's trap or exit"),
            "terminationMessagePolicy": .harmless("the message is the guest's trap or exit"),
            "stdin": .refused("nothing can be attached to standard input"),
            "stdinOnce": .harmless("only stdin gives it a meaning"),
            "tty": .refused("there is no terminal to attach"),
        ]
    )

    static let containerPort = FieldTable(
        "v1.ContainerPort",
        honoured: ["name", "containerPort", "hostPort", "protocol"],
        ["hostIP": .notYet]
    )

    static let environmentVariable = FieldTable(
        "v1.EnvVar",
        honoured: ["name", "value", "valueFrom"]
    )

    static let environmentSource = FieldTable(
        "v1.EnvVarSource",
        honoured: ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef"],
        ["fileKeyRef": .notYet]
    )

    static let environmentFrom = FieldTable(
        "v1.EnvFromSource",
        honoured: ["prefix", "configMapRef", "secretRef"]
    )

    static let configReference = FieldTable(
        "v1.ConfigMapKeySelector",
        honoured: ["name", "key", "optional"]
    )

    static let resources = FieldTable(
        "v1.ResourceRequirements",
        honoured: ["limits", "requests"],
        ["claims": .refused("devices cannot be claimed")]
    )
}
