internal import Documents

// The tables of volumes, probes and security contexts; see FieldTable+Pod.swift.

extension FieldTable {
    static let volumeMount = FieldTable(
        "v1.VolumeMount",
        honoured: ["name", "mountPath", "readOnly", "subPath", "subPathExpr"],
        [
            "mountPropagation": .refused("there are no mounts to propagate", unless: "None"),
            "recursiveReadOnly": .refused("there are no mounts inside", unless: "Disabled"),
        ]
    )

    static let volume = FieldTable(
        "v1.Volume",
        honoured: [
            "name", "emptyDir", "hostPath", "configMap", "secret", "downwardAPI", "projected",
            "persistentVolumeClaim",
        ],
        Dictionary(
            uniqueKeysWithValues: [
                "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi",
                "ephemeral", "fc", "flexVolume", "flocker", "gcePersistentDisk", "gitRepo",
                "glusterfs", "image", "iscsi", "nfs",
                "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos",
                "vsphereVolume",
            ].map { ($0, .refused("volumes of this type are not supported", unless: .null)) }
        )
    )

    static let projected = FieldTable(
        "v1.ProjectedVolumeSource",
        honoured: ["sources", "defaultMode"]
    )

    static let projection = FieldTable(
        "v1.VolumeProjection",
        honoured: ["configMap", "secret", "downwardAPI"],
        [
            "serviceAccountToken": .harmless("nobody here takes tokens; there is no file"),
            "clusterTrustBundle": .refused("there is no cluster to trust", unless: .null),
            "podCertificate": .refused("nobody here issues certificates", unless: .null),
        ]
    )

    static let downwardVolume = FieldTable(
        "v1.DownwardAPIVolumeSource",
        honoured: ["items", "defaultMode"]
    )

    static let downwardFile = FieldTable(
        "v1.DownwardAPIVolumeFile",
        honoured: ["path", "fieldRef", "resourceFieldRef", "mode"]
    )

    static let emptyDir = FieldTable(
        "v1.EmptyDirVolumeSource",
        honoured: ["medium", "sizeLimit"]
    )

    static let persistentClaim = FieldTable(
        "v1.PersistentVolumeClaimVolumeSource",
        honoured: ["claimName", "readOnly"]
    )

    static let hostPath = FieldTable("v1.HostPathVolumeSource", honoured: ["path", "type"])

    static let configVolume = FieldTable(
        "v1.ConfigMapVolumeSource and v1.SecretVolumeSource",
        honoured: ["name", "secretName", "items", "defaultMode", "optional"]
    )

    static let keyToPath = FieldTable("v1.KeyToPath", honoured: ["key", "path", "mode"])

    static let probe = FieldTable(
        "v1.Probe",
        honoured: [
            "exec", "httpGet", "tcpSocket", "initialDelaySeconds", "timeoutSeconds",
            "periodSeconds", "successThreshold", "failureThreshold",
            "terminationGracePeriodSeconds",
        ],
        ["grpc": .refused("gRPC probes are not supported", unless: .null)]
    )

    static let lifecycle = FieldTable(
        "v1.Lifecycle",
        honoured: ["postStart", "preStop"],
        ["stopSignal": .refused("a guest is asked to end by SIGTERM", unless: "SIGTERM")]
    )

    static let lifecycleHandler = FieldTable(
        "v1.LifecycleHandler",
        honoured: ["exec", "httpGet", "tcpSocket", "sleep"]
    )

    static let podSecurityContext = FieldTable(
        "v1.PodSecurityContext",
        sharedSecurity.merging([
            "fsGroup": .honoured,
            "fsGroupChangePolicy": .harmless("volumes that fsGroup is given to are new"),
            "supplementalGroups": .honoured,
            "supplementalGroupsPolicy": .harmless("an image has no groups of its own here"),
            "seLinuxChangePolicy": .harmless("there is no SELinux"),
            "sysctls": .refused("kernel parameters cannot be set"),
        ]) { $1 }
    )

    static let securityContext = FieldTable(
        "v1.SecurityContext",
        sharedSecurity.merging([
            "allowPrivilegeEscalation": .harmless("a guest has no way to gain privileges"),
            "capabilities": .honoured,
            "privileged": .refused("a guest has no privileges"),
            "procMount": .refused("a guest has no /proc", unless: "Default"),
            "readOnlyRootFilesystem": .honoured,
        ]) { $1 }
    )

    private static let sharedSecurity: [String: FieldTreatment] = [
        "runAsUser": .honoured,
        "runAsGroup": .honoured,
        "runAsNonRoot": .honoured,
        "seccompProfile": .harmless("a guest makes no system calls of its own"),
        "appArmorProfile": .harmless("a guest makes no system calls of its own"),
        "seLinuxOptions": .refused("there is no SELinux"),
        "windowsOptions": .refused("this is not Windows"),
    ]
}
