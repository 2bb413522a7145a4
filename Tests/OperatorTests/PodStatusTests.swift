import Documents
import Testing

@testable import Operator

// Goal: STATUS, READY and RESTARTS say what kubectl would say of the same pod.
// Method: a table of pods as JSON, each with its three cells.
@Suite("Pod columns")
struct PodStatusTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var pod: String
        var ready = "0/1"
        var status: String
        var restarts = "0"
        var testDescription: String { name }
    }

    private static let running =
        #"{"name":"a","ready":true,"restartCount":0,"state":{"running":{}}}"#
    private static let completed =
        #"{"name":"a","ready":false,"restartCount":0,"state":{"terminated":{"reason":"Completed","exitCode":0}}}"#

    static let cases = [
        Case(name: "nothing reported", pod: pod("{}"), status: "Pending"),
        Case(name: "phase alone", pod: pod(#"{"phase":"Unknown"}"#), status: "Unknown"),
        Case(
            name: "evicted",
            pod: pod(#"{"phase":"Failed","reason":"Evicted"}"#),
            status: "Evicted"
        ),
        Case(name: "running", pod: started(running), ready: "1/1", status: "Running"),
        Case(
            name: "creating",
            pod: started(#"{"name":"a","state":{"waiting":{"reason":"ContainerCreating"}}}"#),
            status: "ContainerCreating"
        ),
        Case(
            name: "image cannot be pulled",
            pod: started(#"{"name":"a","state":{"waiting":{"reason":"ImagePullBackOff"}}}"#),
            status: "ImagePullBackOff"
        ),
        Case(
            name: "crash loop",
            pod: started(
                #"{"name":"a","restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}"#
            ),
            status: "CrashLoopBackOff",
            restarts: "7"
        ),
        Case(
            name: "restarted a while ago",
            pod: started(
                #"{"name":"a","ready":true,"restartCount":2,"state":{"running":{}},"#
                    + #""lastState":{"terminated":{"finishedAt":"2026-11-23T07:00:00Z"}}}"#
            ),
            ready: "1/1",
            status: "Running",
            restarts: "2 (30m ago)"
        ),
        Case(name: "completed", pod: started(completed, phase: "Succeeded"), status: "Completed"),
        Case(
            name: "error",
            pod: started(
                #"{"name":"a","state":{"terminated":{"reason":"Error","exitCode":1}}}"#,
                phase: "Failed"
            ),
            status: "Error"
        ),
        Case(
            name: "exit code without a reason",
            pod: started(#"{"name":"a","state":{"terminated":{"exitCode":3}}}"#),
            status: "ExitCode:3"
        ),
        Case(
            name: "signal without a reason",
            pod: started(#"{"name":"a","state":{"terminated":{"exitCode":137,"signal":9}}}"#),
            status: "Signal:9"
        ),
        Case(
            name: "one done, one running, pod ready",
            pod: two(completed, running, ready: "True"),
            ready: "1/2",
            status: "Running"
        ),
        Case(
            name: "one done, one running, pod not ready",
            pod: two(completed, running, ready: "False"),
            ready: "1/2",
            status: "NotReady"
        ),
        Case(
            name: "waiting for its first init container",
            pod: initial(#"[{"name":"i","state":{"running":{}}},{"name":"j"}]"#),
            status: "Init:0/2"
        ),
        Case(
            name: "first init container done",
            pod: initial(
                #"[{"name":"i","restartCount":1,"state":{"terminated":{"exitCode":0}}},{"name":"j"}]"#
            ),
            status: "Init:1/2",
            restarts: "1"
        ),
        Case(
            name: "init container fails",
            pod: initial(#"[{"name":"i","state":{"terminated":{"exitCode":5}}},{"name":"j"}]"#),
            status: "Init:ExitCode:5"
        ),
        Case(
            name: "init container fails with a reason",
            pod: initial(
                #"[{"name":"i","state":{"terminated":{"exitCode":1,"reason":"Error"}}},{"name":"j"}]"#
            ),
            status: "Init:Error"
        ),
        Case(
            name: "init container waits",
            pod: initial(
                #"[{"name":"i","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]"#
            ),
            status: "Init:CrashLoopBackOff",
            restarts: "3"
        ),
        Case(
            name: "init container about to start",
            pod: initial(#"[{"name":"i","state":{"waiting":{"reason":"PodInitializing"}}}]"#),
            status: "Init:0/2"
        ),
        Case(
            name: "a sidecar that runs is counted",
            pod: """
                {"spec":{"initContainers":[{"name":"i","restartPolicy":"Always"}],
                 "containers":[{"name":"a"}]},
                 "status":{"phase":"Running","initContainerStatuses":[{"name":"i","started":true,
                  "ready":true,"restartCount":4,"state":{"running":{}}}],
                 "containerStatuses":[\(running)]}}
                """,
            ready: "2/2",
            status: "Running",
            restarts: "4"
        ),
        Case(
            name: "on its way out",
            pod: #"{"metadata":{"deletionTimestamp":"2026-11-23T07:00:00Z"},"#
                + started(running).dropFirst(),
            ready: "1/1",
            status: "Terminating"
        ),
        Case(
            name: "on its way out, and already done",
            pod: #"{"metadata":{"deletionTimestamp":"2026-11-23T07:00:00Z"},"#
                + started(completed, phase: "Succeeded").dropFirst(),
            status: "Completed"
        ),
        Case(
            name: "node lost",
            pod: #"{"metadata":{"deletionTimestamp":"2026-11-23T07:00:00Z"},"#
                + #""spec":{"containers":[{}]},"status":{"phase":"Running","reason":"NodeLost"}}"#,
            status: "Unknown"
        ),
        Case(
            name: "a status without a spec counts what it has",
            pod: #"{"status":{"phase":"Running","containerStatuses":[\#(running)]}}"#,
            ready: "1/1",
            status: "Running"
        ),
        Case(
            name: "fields of the wrong kind count as absent",
            pod:
                #"{"metadata":[],"spec":{"containers":"x"},"status":{"phase":7,"containerStatuses":{}}}"#,
            ready: "0/0",
            status: "Pending"
        ),
        Case(name: "no object at all", pod: "[]", ready: "0/0", status: "Pending"),
    ]

    @Test("the cells of a pod", arguments: cases)
    func cells(_ example: Case) throws {
        let summary = PodSummary(try Document(jsonText: example.pod))
        // 2026-11-23T07:30:00Z
        let cells = summary.cells(now: 1_795_419_000_000_000_000, isWide: false)
        #expect(cells[1] == example.ready)
        #expect(cells[2] == example.status)
        #expect(cells[3] == example.restarts)
    }

    @Test("wide cells name what is missing")
    func wide() throws {
        let pod = """
            {"metadata":{"name":"web","namespace":"shop"},"spec":{"nodeName":"gw-1",
             "containers":[{"name":"a","image":"oci:web:1"},{"name":"b","image":"oci:b"}]}}
            """
        let cells = PodSummary(try Document(jsonText: pod)).cells(now: 0, isWide: true)
        #expect(cells.suffix(4) == ["<unknown>", "<none>", "gw-1", "oci:web:1,oci:b"])
    }

    private static func pod(_ status: String) -> String {
        #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"a"}]},"status":\#(status)}"#
    }

    private static func started(_ container: String, phase: String = "Running") -> String {
        #"{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"\#(phase)","#
            + #""containerStatuses":[\#(container)]}}"#
    }

    private static func two(_ first: String, _ second: String, ready: String) -> String {
        #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]},"status":{"phase":"Running","#
            + #""conditions":[{"type":"Ready","status":"\#(ready)"}],"#
            + #""containerStatuses":[\#(first),\#(second)]}}"#
    }

    private static func initial(_ statuses: String) -> String {
        #"{"spec":{"containers":[{"name":"a"}],"initContainers":[{"name":"i"},{"name":"j"}]},"#
            + #""status":{"phase":"Pending","initContainerStatuses":\#(statuses),"#
            + #""containerStatuses":[{"name":"a","state":{"waiting":{"reason":"PodInitializing"}}}]}}"#
    }
}
