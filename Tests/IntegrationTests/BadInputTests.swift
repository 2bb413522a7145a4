import Documents
import Glibc
import TestKit
import Testing

// Goal: one bad apple spoils nothing: each wrong object is refused by name, with the reason, and a
// pod that runs beside it notices nothing. Method: the whole gateway, and one story for each fault.
@Suite(
    "Bad input to a gateway",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct BadInputTests {
    /// Runs a story beside a pod that must come through it in one piece.
    private func undisturbed(_ body: (Gateway) async throws -> Void) async throws {
        try await Gateway.with { gateway in
            let (uid, process) = try await gateway.runTicker("neighbour")
            try await body(gateway)
            #expect(gateway.processID(ofPod: uid) == process)
            let pod = try #require(try gateway.localPod("neighbour"))
            #expect(PodView(document: pod).phase == "Running")
            #expect(PodView(document: pod).restartCount == 0)
        }
    }

    @Test(
        "rule 8: an unreadable object is refused by the name in its topic",
        arguments: [
            ("{", "line"), (#"{"kind":"Pod","kind":"Pod"}"#, "kind"),
            (#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"}}"#, "spec"),
            (
                #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"},"spec":{"containers":[{"name":"a","image":"oci:tests:hello","lifecycel":{}}]}}"#,
                "lifecycel"
            ),
        ]
    )
    func unreadable(text: String, named: String) async throws {
        try await undisturbed { gateway in
            try await gateway.publish("desired/pods/default/bad", Array(text.utf8))
            let pod = try await gateway.upstream("bad", "refused") { $0.accepted == "False" }
            #expect(pod.acceptedMessage.contains(named), "\(pod.acceptedMessage)")
        }
    }

    @Test("an object for another node is refused")
    func otherNode() async throws {
        try await undisturbed { gateway in
            var change = PodChange()
            change.nodeName = "gw-2"
            try await gateway.publishPod("lost", image: "ticker", change)
            let pod = try await gateway.upstream("lost", "refused") { $0.accepted == "False" }
            #expect(pod.acceptedMessage.contains("gw-2"), "\(pod.acceptedMessage)")
        }
    }

    @Test("rule 8: an object above 256 KiB is refused by the name in its topic")
    func tooLarge() async throws {
        try await undisturbed { gateway in
            try await gateway.publishRaw("desired/pods/default/large", byteCount: 300 * 1_024)
            let pod = try await gateway.upstream("large", "refused") { $0.accepted == "False" }
            #expect(pod.acceptedMessage.contains("262144"), "\(pod.acceptedMessage)")
        }
    }

    @Test("an image that is not there makes the pod wait, and says which")
    func missingImage() async throws {
        try await undisturbed { gateway in
            try await gateway.publishPod("web", image: "nowhere")
            let pod = try await gateway.upstream("web", "waiting for its image") {
                ["ErrImagePull", "ImagePullBackOff"].contains($0.waitingReason ?? "")
            }
            #expect(pod.accepted == "True")
            #expect(pod.waitingMessage?.contains("nowhere") == true, "\(pod.waitingMessage ?? "")")
        }
    }

    @Test("a module that does not validate never runs, and its status says why")
    func invalidModule() async throws {
        try await undisturbed { gateway in
            try await gateway.publishPod("web", image: "invalid")
            let pod = try await gateway.upstream("web", "refused for its module") {
                $0.document.jsonText().contains("byte")
            }
            #expect(pod.phase != "Running")
        }
    }

    @Test("rule 4: an invalid new version leaves the last good one running")
    func invalidVersion() async throws {
        try await undisturbed { gateway in
            let (uid, process) = try await gateway.runTicker("web")
            let text =
                #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","uid":"\#(uid)","resourceVersion":"2"}}"#
            try await gateway.publish("desired/pods/default/web", Array(text.utf8))
            try await gateway.upstream("web", "refused") { $0.accepted == "False" }
            #expect(gateway.processID(ofPod: uid) == process)
        }
    }
}
