import Documents
import TestKit
import Testing

// Goal: logs and restarts work from the cloud side as on the device. Method: real broker, daemon and
// command line.
@Suite(
    "Requests to a gateway",
    .serialized,
    .enabled(if: Requirement.mosquitto.isMet, Comment(rawValue: Requirement.mosquitto.comment)),
    .enabled(if: Requirement.programs.isMet, Comment(rawValue: Requirement.programs.comment))
)
struct RequestStoryTests {
    @Test("swiftlet logs --broker writes what the container wrote: all, the tail, by container")
    func logs() async throws {
        try await Gateway.with { gateway in
            var once = PodChange()
            once.restartPolicy = "Never"
            try await gateway.publishPod("good", image: "hello", once)
            try await gateway.upstream("good", "succeeded") { $0.phase == "Succeeded" }
            #expect(try gateway.remotely(["logs", "good"]).standardOutput == "hello\n")
            #expect(
                try gateway.remotely(["logs", "good", "-c", "main"]).standardOutput == "hello\n"
            )
            let none = try gateway.remotely(["logs", "good", "-c", "other"])
            #expect(none.exitCode == 1 && none.standardError.contains("main"))
            #expect(try gateway.remotely(["logs", "nobody"]).exitCode == 1)
            #expect(try gateway.remotely(["logs", "good", "--tail", "0"]).standardOutput == "")
            #expect(
                try gateway.remotely(["logs", "good", "--since", "1h"]).standardOutput == "hello\n"
            )
            // It follows to the end of a container that has ended.
            #expect(try gateway.remotely(["logs", "-f", "good"]).standardOutput == "hello\n")
        }
    }

    @Test("swiftlet logs -f --broker goes on as lines are written")
    func follow() async throws {
        try await Gateway.with { gateway in
            _ = try await gateway.runTicker("web")
            let reader = try gateway.following(["logs", "-f", "--tail", "1", "web"])
            try await eventually("several lines have come") {
                reader.output.split(separator: "\n").count >= 4
            }
            let lines = reader.output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.contains("tick") })
            reader.kill()
        }
    }

    @Test("swiftlet restart --broker stops the container in good order and starts it again")
    func restart() async throws {
        try await Gateway.with { gateway in
            let (uid, before) = try await gateway.runTicker("web")
            let result = try gateway.remotely(["restart", "web"])
            #expect(result.exitCode == 0, "\(result.standardError)")
            #expect(result.standardOutput == "pod/web restarted: main\n")
            try await eventually("another process runs") {
                let now = gateway.processID(ofPod: uid)
                return now != nil && now != before
            }
            try await gateway.upstream("web", "restarted") {
                $0.phase == "Running" && $0.restartCount == 1
            }
            let previous = try gateway.remotely(["logs", "--previous", "web"])
            #expect(previous.standardOutput.contains("tick"))
            #expect(try gateway.swiftlet(["restart", "web"]).exitCode == 0, "on the device too")
            #expect(try gateway.remotely(["restart", "nobody"]).exitCode == 1)
        }
    }
}
