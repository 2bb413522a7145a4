@testable import KubeModel
import Testing

/// The tables know every field of the API, so that none is refused as unknown or ignored in silence.
@Suite struct FieldTableTests {
    @Test(arguments: [
        (
            FieldTable.podSpec,
            """
            activeDeadlineSeconds affinity automountServiceAccountToken containers dnsConfig dnsPolicy
            enableServiceLinks ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers
            hostname hostnameOverride imagePullSecrets initContainers nodeName nodeSelector os overhead
            preemptionPolicy priority priorityClassName readinessGates resourceClaims resources
            restartPolicy runtimeClassName schedulerName schedulingGates securityContext
            serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain
            terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes workloadRef
            """
        ),
        (
            FieldTable.container,
            """
            args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports
            readinessProbe resizePolicy resources restartPolicy restartPolicyRules securityContext
            startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty
            volumeDevices volumeMounts workingDir
            """
        ),
        (
            FieldTable.volume,
            """
            awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir
            ephemeral fc flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi
            name nfs persistentVolumeClaim photonPersistentDisk portworxVolume projected quobyte rbd
            scaleIO secret storageos vsphereVolume
            """
        ),
        (
            FieldTable.objectMetadata,
            """
            annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers
            generateName generation labels managedFields name namespace ownerReferences
            resourceVersion selfLink uid
            """
        ),
        (
            FieldTable.podSecurityContext,
            """
            appArmorProfile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser
            seLinuxChangePolicy seLinuxOptions seccompProfile supplementalGroups
            supplementalGroupsPolicy sysctls windowsOptions
            """
        ),
        (
            FieldTable.securityContext,
            """
            allowPrivilegeEscalation appArmorProfile capabilities privileged procMount
            readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxOptions seccompProfile
            windowsOptions
            """
        ),
        (FieldTable.containerPort, "containerPort hostIP hostPort name protocol"),
        (
            FieldTable.volumeMount,
            "mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr"
        ),
        (FieldTable.resources, "claims limits requests"),
        (
            FieldTable.probe,
            """
            exec failureThreshold grpc httpGet initialDelaySeconds periodSeconds successThreshold
            tcpSocket terminationGracePeriodSeconds timeoutSeconds
            """
        ),
        (FieldTable.lifecycle, "postStart preStop stopSignal"),
        (FieldTable.lifecycleHandler, "exec httpGet sleep tcpSocket"),
        (
            FieldTable.environmentSource,
            "configMapKeyRef fieldRef fileKeyRef resourceFieldRef secretKeyRef"
        ),
        (FieldTable.projected, "defaultMode sources"),
        (
            FieldTable.projection,
            "clusterTrustBundle configMap downwardAPI podCertificate secret serviceAccountToken"
        ),
        (FieldTable.downwardVolume, "defaultMode items"),
        (FieldTable.downwardFile, "fieldRef mode path resourceFieldRef"),
    ])
    func everyFieldOfTheAPIHasATreatment(table: FieldTable, fields: String) {
        let expected = fields.split { $0 == " " || $0 == "\n" }.map(String.init)
        #expect(table.fields.keys.sorted() == expected.sorted(), "\(table.name)")
    }

    @Test func everyTreatmentThatIsNotHonouredSaysWhy() {
        #expect(Set(FieldTable.all.map(\.name)).count == FieldTable.all.count)
        for table in FieldTable.all {
            for (field, treatment) in table.fields {
                switch treatment {
                case .honoured, .notYet: break
                case .harmless(let reason), .unenforced(let reason), .refused(let reason, _):
                    #expect(reason.count > 10, "\(table.name).\(field)")
                }
            }
        }
    }
}
