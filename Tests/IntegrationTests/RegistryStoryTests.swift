import Documents
import KubeModel
import TestKit
import Testing

// Goal: a pod's image comes from a registry that asks for a password, with the pod's own Secret and no
// other. Method: Debian's docker-registry with a password file, a real broker, daemon and workload.
@Suite(
    "A gateway and a registry with a password",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.registry.isMet, Comment(rawValue: Requirement.registry.comment)),
    .enabled(if: Requirement.skopeo.isMet, Comment(rawValue: Requirement.skopeo.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct RegistryStoryTests {
    @Test("imagePullSecrets open the registry, and the password is seen nowhere")
    func secrets() async throws {
        try await Fixture.with { fixture in
            let registry = try await DockerRegistry.start(
                in: fixture,
                auth: DockerRegistry.withPassword
            )
            let configuration = "images: {plainHTTP: [\"\(registry.host)\"]}"
            try await Gateway.with(configuration: configuration) { gateway in
                let layout = gateway.fixture.path("layouts/tests")
                try await registry.push(layout, "ticker", ["--dest-creds", "us:sesam"])
                let image = "\(registry.host)/org/app:ticker"
                try await gateway.publish("desired/pods/default/web", pod(image, "v1").json())
                try await gateway.upstream("web", "refused by the registry") { pod in
                    let reason = pod.waitingReason
                    return reason == "ErrImagePull" || reason == "ImagePullBackOff"
                }
                let auths =
                    #"{"auths": {"\#(registry.host)": {"username": "us", "password": "sesam"}}}"#
                let secret: Document = [
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "registry"],
                    "type": "kubernetes.io/dockerconfigjson",
                    "stringData": [".dockerconfigjson": .string(auths)],
                ]
                try await gateway.publish("desired/secrets/default/registry", secret.json())
                // Another pod: the back-off of the first one is not what is shown here.
                try await gateway.publish("desired/pods/default/web", pod(image, "v2").json())
                try await gateway.upstream("web", "running") { $0.phase == "Running" }
                let events = try gateway.swiftlet(["get", "events", "-o", "json"]).standardOutput
                let said = try #require(gateway.daemon?.output)
                #expect(!(events + said).contains("sesam"))
            }
        }
    }

    private func pod(_ image: String, _ uid: String) -> Document {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "web", "uid": .string(uid), "resourceVersion": "1"],
            "spec": [
                "imagePullSecrets": [["name": "registry"]], "terminationGracePeriodSeconds": 0,
                "containers": [["name": "main", "image": .string(image)]],
            ],
        ]
    }
}
