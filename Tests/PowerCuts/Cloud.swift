import TestKit
import Uplink

/// The controller's side of a recorded load.
struct Cloud {
    let broker: Mosquitto

    /// Publishes what a controller would, retained.
    func publish(_ path: String, _ payload: String) async throws {
        try await ControllerClient.withConnection(try configuration) { client in
            try await client.publish(
                "swiftlet/v1/\(Site.nodeName)/\(path)",
                payload: Array(payload.utf8),
                retain: true
            )
        }
    }

    /// Publishes a version of a pod.
    func publish(_ pod: String, _ version: Story.Version, image: String) async throws {
        let end = version.text == nil ? #","deletionTimestamp":"2026-01-01T00:00:00Z""# : ""
        try await publish(
            "desired/pods/default/\(pod)",
            #"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"\#(pod)","namespace":"default",\#
            "uid":"\#(version.uid)","resourceVersion":"\#(version.version)"\#(end)},\#
            "spec":{"restartPolicy":"\#(version.isLasting ? "Always" : "Never")",\#
            "terminationGracePeriodSeconds":1,\#
            "containers":[{"name":"main","image":"\#(image.contains(":") ? image : "oci:tests:\(image)")",\#
            "volumeMounts":[{"name":"settings","mountPath":"/settings"}]}],\#
            "volumes":[{"name":"settings","configMap":{"name":"settings","optional":true}}]}}
            """#
        )
    }

    /// Asks for something to be done, once.
    func request(_ id: String, _ verb: String) async throws {
        try await ControllerClient.withConnection(try configuration) { client in
            _ = try await client.request(
                Array(#"{"verb":"\#(verb)"}"#.utf8),
                id: id,
                expirySeconds: 60
            )
        }
    }

    private var configuration: UplinkConfiguration {
        get throws {
            UplinkConfiguration(
                url: try BrokerURL("mqtt://127.0.0.1:\(broker.port)"),
                nodeName: Site.nodeName
            )
        }
    }
}
