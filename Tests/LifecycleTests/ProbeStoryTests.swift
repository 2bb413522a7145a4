import KubeModel
import Testing

@testable import Lifecycle

extension Pod {
    /// A pod of one container that is asked.
    static func asked(
        startup: Probe? = nil,
        readiness: Probe? = nil,
        liveness: Probe? = nil,
        hooks: ContainerHooks = ContainerHooks(),
        policy: RestartPolicy = .always,
        grace: Int64 = 30
    ) -> Pod {
        var pod = Pod.made(policy: policy, grace: grace)
        pod.spec.containers[0].startupProbe = startup
        pod.spec.containers[0].readinessProbe = readiness
        pod.spec.containers[0].livenessProbe = liveness
        pod.spec.containers[0].hooks = hooks
        return pod
    }
}

extension Probe {
    static let port = Probe.Action.tcpSocket(port: .number(80), host: nil)

    static func every(
        _ period: Int64,
        delay: Int64 = 0,
        successes: Int64 = 1,
        failures: Int64 = 3,
        grace: Int64? = nil
    ) -> Probe {
        Probe(
            action: port,
            initialDelaySeconds: delay,
            periodSeconds: period,
            successThreshold: successes,
            failureThreshold: failures,
            terminationGracePeriodSeconds: grace
        )
    }
}

extension PodStory {
    mutating func answers(_ kind: Check.Kind, _ isGood: Bool, _ name: String = "main") {
        let check = Check(attempt: pod.container(name)?.attempt ?? 0, kind: kind)
        happens(.checked(check, isGood ? .yes : .no("refused")), name)
    }
}

// Goal: probes decide what the kubelet lets them decide. Method: scripts; time is a number.
@Suite("Probes")
struct ProbeStoryTests {
    @Test(
        "a container with a readiness probe is ready only when it says so, and unready after three"
    )
    func readiness() {
        var story = PodStory(.asked(readiness: .every(10, delay: 5)))
        story.wake()
        story.runs()
        #expect(story.look() == ["image main", "start main 1"])
        #expect(story.status()?.ready == false && story.status()?.started == true)
        #expect(!story.holds("Ready") && !story.holds("ContainersReady"))
        #expect(story.pod.wakeAt == 5_000_000_000)
        story.after(5)
        #expect(story.look() == ["readiness main 1"])
        story.answers(.readiness, true)
        #expect(story.status()?.ready == true && story.holds("Ready"))
        for failure in 1...3 {
            story.after(10)
            #expect(story.look() == ["readiness main 1"])
            story.answers(.readiness, false)
            #expect(story.holds("Ready") == (failure < 3), "\(failure)")
        }
        // Being unready ends nothing.
        #expect(story.look() == [])
        #expect(story.shown() == "Running")
        let unhealthy = story.notes.filter { $0.reason == "Unhealthy" }
        #expect(unhealthy.count == 3)
        #expect(unhealthy.first?.message == "Readiness probe failed: refused")
        story.after(10)
        story.answers(.readiness, true)
        #expect(story.holds("Ready"))
    }

    @Test("successes and failures count only in a row", arguments: [1, 2, 3] as [Int64])
    func inARow(threshold: Int64) {
        var story = PodStory(.asked(readiness: .every(1, successes: threshold)))
        story.wake()
        story.runs()
        var count: Int64 = 0
        for isGood in [true, false, true, true, false, true, true, true] {
            count = isGood ? count + 1 : 0
            story.answers(.readiness, isGood)
            #expect(story.status()?.ready == (count >= threshold || story.holds("Ready")))
            if count >= threshold { break }
            story.after(1)
        }
        #expect(story.holds("Ready"))
    }

    @Test("a dead container is asked to end, killed after the grace, and begins anew")
    func liveness() {
        var story = PodStory(.asked(liveness: .every(10, failures: 2), grace: 5))
        story.wake()
        story.runs()
        story.answers(.liveness, false)
        #expect(story.shown() == "Running" && story.holds("Ready"))
        story.after(10)
        _ = story.look()
        story.answers(.liveness, false)
        #expect(story.look() == ["terminate main 1"])
        let killing = story.notes.last
        #expect(killing?.reason == "Killing")
        #expect(killing?.message == "Container main failed liveness probe, will be restarted")
        story.after(5)
        #expect(story.look() == ["kill main 1"])
        story.exits(137)
        #expect(story.look() == ["image main"])
        story.runs()
        #expect(story.status()?.restartCount == 1)
        // The second end in a row waits, as after any crash.
        for _ in 1...2 {
            story.answers(.liveness, false)
            story.after(10)
        }
        story.exits(143)
        #expect(story.shown() == "CrashLoopBackOff")
    }

    @Test(
        "whether a container that failed a probe begins anew is for the policy, not its exit code",
        arguments: RestartPolicy.allCases
    )
    func policies(policy: RestartPolicy) {
        var story = PodStory(.asked(liveness: .every(10, failures: 1), policy: policy))
        story.wake()
        story.runs()
        story.answers(.liveness, false)
        _ = story.look()
        story.exits(0)
        #expect(story.look() == (policy == .never ? [] : ["image main"]))
    }

    @Test("a probe may have a grace of its own")
    func ownGrace() {
        var story = PodStory(.asked(liveness: .every(10, failures: 1, grace: 3), grace: 60))
        story.wake()
        story.runs()
        story.answers(.liveness, false)
        _ = story.look()
        story.after(2)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["kill main 1"])
    }

    @Test("nothing else is asked, and nothing is ready, before the startup probe has passed once")
    func startup() {
        var story = PodStory(
            .asked(
                startup: .every(10, failures: 3),
                readiness: .every(5),
                liveness: .every(7)
            )
        )
        story.wake()
        story.runs()
        #expect(story.look() == ["image main", "start main 1", "startup main 1"])
        #expect(story.status()?.started == false)
        story.answers(.startup, false)
        story.after(9)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["startup main 1"])
        story.answers(.startup, true)
        #expect(story.status()?.started == true && story.status()?.ready == false)
        #expect(story.look() == ["readiness main 1", "liveness main 1"])
        story.answers(.readiness, true)
        story.answers(.liveness, true)
        #expect(story.holds("Ready"))
        story.after(100)
        #expect(!story.look().contains("startup main 1"))
    }

    @Test("a container that never starts is ended after its last chance")
    func neverStarts() {
        var story = PodStory(.asked(startup: .every(10, failures: 2), liveness: .every(1)))
        story.wake()
        story.runs()
        story.answers(.startup, false)
        story.after(10)
        _ = story.look()
        story.answers(.startup, false)
        #expect(story.look() == ["terminate main 1"])
        #expect(
            story.notes.last?.message == "Container main failed startup probe, will be restarted"
        )
    }

    @Test("answers of another run, of another time or to nothing that was asked change nothing")
    func stale() {
        var story = PodStory(.asked(liveness: .every(10, failures: 1)))
        story.wake()
        story.runs()
        story.answers(.liveness, true)
        let before = story.pod
        story.answers(.liveness, false)
        story.answers(.readiness, false)
        story.answers(.preStop, false)
        story.happens(.checked(Check(attempt: 7, kind: .liveness), .no("")))
        #expect(story.pod == before)
        story.after(10)
        story.exits(1)
        story.answers(.liveness, false)
        #expect(story.shown() != "Running")
        #expect(story.notes.allSatisfy { $0.reason != "Unhealthy" })
    }

    @Test("an answer that is lost counts as a no, a minute after it was due")
    func lost() {
        var story = PodStory(.asked(liveness: .every(10, failures: 1)))
        story.wake()
        story.runs()
        _ = story.look()
        story.after(60)
        #expect(story.look() == [])
        story.after(1)
        #expect(story.look() == ["terminate main 1"])
    }

    @Test("a slow answer is followed by the next question at once, and never by two")
    func slow() {
        var story = PodStory(.asked(readiness: .every(2)))
        story.wake()
        story.runs()
        _ = story.look()
        story.after(7)
        #expect(story.look() == [])
        story.answers(.readiness, true)
        #expect(story.look() == ["readiness main 1"])
        #expect(story.pod.wakeAt == 68_000_000_000)
    }

    @Test("a pod that is to go is asked no more, and its end is no failure")
    func deleting() {
        var story = PodStory(.asked(liveness: .every(10, failures: 1)))
        story.wake()
        story.runs()
        story.take(story.pod.delete(at: story.now))
        _ = story.look()
        story.answers(.liveness, false)
        story.after(10)
        #expect(story.look() == [])
        story.exits(0)
        #expect(story.look() == ["remove"])
    }

    @Test("a deletion while a sick container ends is a deletion")
    func deletedWhileFailing() {
        var story = PodStory(.asked(liveness: .every(10, failures: 1)))
        story.wake()
        story.runs()
        story.answers(.liveness, false)
        story.take(story.pod.delete(at: story.now))
        _ = story.look()
        story.exits(137)
        #expect(story.look() == ["remove"])
    }

    @Test("a sidecar counts as there only when it has started")
    func sidecar() {
        var pod = Pod.made(sidecars: ["log"])
        pod.spec.initContainers[0].startupProbe = .every(10)
        var story = PodStory(pod)
        story.wake()
        story.runs("log")
        #expect(story.look() == ["image log", "start log 1", "startup log 1"])
        #expect(!story.holds("Initialized"))
        story.answers(.startup, true, "log")
        #expect(story.look() == ["image main"])
        #expect(story.holds("Initialized"))
    }

    @Test("a later life of the daemon believes what was known, and asks again")
    func recorded() throws {
        var story = PodStory(.asked(startup: .every(10), readiness: .every(10)))
        story.wake()
        story.runs()
        story.answers(.startup, true)
        story.answers(.readiness, true)
        #expect(story.holds("Ready"))
        let record = story.pod.record(bootID: "b")
        var next = try PodLifecycle(
            story.pod.pod,
            record: record,
            status: story.pod.status,
            bootID: "b"
        )
        let found = ContainerLifecycle.Event.found(attempt: 1, startedAt: story.now.wall)
        let actions = next.handle(found, of: "main", at: story.now)
        #expect(next.status.condition("Ready")?.status == .yes)
        #expect(next.status.containerStatuses.first?.started == true)
        let kinds = actions.compactMap { action -> Check.Kind? in
            guard case .container(_, .check(let check, _, _)) = action else { return nil }
            return check.kind
        }
        #expect(kinds == [.readiness])
    }

    @Test("the restart of a sick container is not forgotten over a restart of the daemon")
    func recordedWhileFailing() throws {
        var story = PodStory(.asked(liveness: .every(10, failures: 1)))
        story.wake()
        story.runs()
        story.answers(.liveness, false)
        var next = try PodLifecycle(
            story.pod.pod,
            record: story.pod.record(bootID: "b"),
            status: story.pod.status,
            bootID: "b"
        )
        let end = ContainerState.Termination(exitCode: 143, reason: "Error")
        let actions = next.handle(.exited(attempt: 1, .init(end)), of: "main", at: story.now)
        #expect(actions.contains(.container("main", .ensureImage)))
    }

    @Test("a run that was only lost from sight goes on as it was")
    func foundAgain() {
        var story = PodStory(
            .asked(readiness: .every(10), hooks: ContainerHooks(postStart: .ask(Probe.port)))
        )
        story.wake()
        story.runs()
        story.answers(.postStart, true)
        story.answers(.readiness, true)
        _ = story.look()
        let before = story.pod
        story.happens(.found(attempt: 1, startedAt: story.now.wall))
        #expect(story.look() == [] && story.pod == before && story.holds("Ready"))
    }

    @Test("what only probes count is not written down")
    func counts() {
        var story = PodStory(.asked(liveness: .every(10), policy: .always))
        story.wake()
        story.runs()
        let before = story.pod
        story.answers(.liveness, true)
        #expect(story.pod != before)
        #expect(story.pod.isRecordedAs(before))
        story.exits(1)
        #expect(!story.pod.isRecordedAs(before))
    }
}
