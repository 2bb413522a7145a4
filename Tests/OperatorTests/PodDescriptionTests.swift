import Documents
import Testing

@testable import Operator

// Goal: describe tells all there is about a pod, and copes with there being little.
// Method: golden text.
@Suite("Descriptions")
struct PodDescriptionTests {
    @Test("a pod with everything")
    func full() {
        let pod = json(
            """
            {"metadata":{"name":"wasi-demo","namespace":"default","uid":"u1","resourceVersion":"3",
              "labels":{"run":"wasi-demo","tier":"edge"},"annotations":{"note":"two\\nlines"}},
             "spec":{"nodeName":"edge","containers":[{"name":"wasi-demo","image":"example-wasi:latest",
               "args":["/wasi_example_main.wasm","50000000"],
               "env":[{"name":"A","value":"b"},
                {"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},
                {"name":"S","valueFrom":{"secretKeyRef":{"name":"db","key":"pw"}}}],
               "resources":{"limits":{"memory":"16Mi"}},
               "volumeMounts":[{"name":"data","mountPath":"/data","readOnly":true}]}],
              "volumes":[{"name":"data","emptyDir":{}},{"name":"h","hostPath":{"path":"/srv"}}]},
             "status":{"phase":"Succeeded","startTime":"2026-11-23T07:00:00Z","qosClass":"BestEffort",
              "conditions":[{"type":"Initialized","status":"True"},
               {"type":"swiftlet.dev/Accepted","status":"True","reason":"Stored"}],
              "containerStatuses":[{"name":"wasi-demo","ready":false,"restartCount":1,
               "containerID":"swiftlet://ab","imageID":"sha256:cd",
               "state":{"terminated":{"reason":"Completed","exitCode":0,
                "startedAt":"2026-11-23T07:00:01Z","finishedAt":"2026-11-23T07:00:02Z"}},
               "lastState":{"terminated":{"reason":"Error","exitCode":137,"signal":9}}}]}}
            """
        )
        let event = json(
            """
            {"type":"Normal","reason":"Started","count":3,"lastTimestamp":"2026-11-23T07:20:00Z",
             "source":{"component":"swiftletd"},"message":"Started container"}
            """
        )
        #expect(
            PodDescription.text(pod, events: [event], now: Collector.now) == """
                Name:             wasi-demo
                Namespace:        default
                UID:              u1
                Resource Version: 3
                Node:             edge
                Start Time:       2026-11-23T07:00:00Z
                Labels:           run=wasi-demo
                                  tier=edge
                Annotations:      note: two lines
                Status:           Succeeded
                IP:               <none>
                Containers:
                  wasi-demo:
                    Container ID: swiftlet://ab
                    Image:        example-wasi:latest
                    Image ID:     sha256:cd
                    Args:
                      /wasi_example_main.wasm
                      50000000
                    State:        Terminated
                      Reason:     Completed
                      Exit Code:  0
                      Started:    2026-11-23T07:00:01Z
                      Finished:   2026-11-23T07:00:02Z
                    Last State:   Terminated
                      Reason:     Error
                      Exit Code:  137
                      Signal:     9
                    Ready:        False
                    Restart Count: 1
                    Limits:
                      memory:  16Mi
                    Environment:
                      A:  b
                      POD:  (metadata.name)
                      S:  <set to the key 'pw' in secret 'db'>
                    Mounts:
                      /data from data (ro)
                Conditions:
                  Type                    Status   Reason   Message
                  Initialized             True
                  swiftlet.dev/Accepted   True     Stored
                Volumes:
                  data:           emptyDir
                  h:              hostPath
                    path:         /srv
                QoS Class:        BestEffort
                Events:
                  Type     Reason    Age        From        Message
                  Normal   Started   10m (x3)   swiftletd   Started container

                """
        )
    }

    @Test("a pod of which only the name is known")
    func bare() {
        let text = PodDescription.text(
            json(#"{"metadata":{"name":"a"}}"#),
            events: [],
            now: Collector.now
        )
        #expect(
            text == """
                Name:             a
                Namespace:        default
                UID:              <none>
                Resource Version: <none>
                Node:             <none>
                Start Time:       <none>
                Labels:           <none>
                Annotations:      <none>
                Status:           Pending
                IP:               <none>
                QoS Class:        <none>
                Events:           <none>

                """
        )
    }

    @Test("a waiting container says why, and a pod on its way out says that")
    func waiting() {
        let pod = json(
            """
            {"metadata":{"name":"a","deletionTimestamp":"2026-11-23T07:00:00Z"},
             "status":{"phase":"Running","containerStatuses":[{"name":"c","image":"i","state":
              {"waiting":{"reason":"CrashLoopBackOff","message":"back-off 10s"}}}]}}
            """
        )
        let text = PodDescription.text(pod, events: [], now: Collector.now)
        #expect(text.contains("Status:           Terminating\n"))
        #expect(text.contains("    State:        Waiting\n      Reason:     CrashLoopBackOff\n"))
        #expect(text.contains("      Message:    back-off 10s\n"))
    }

    @Test("the daemon's account of itself, with what we do not know after what we know")
    func status() {
        let status = json(
            """
            {"kind":"SwiftletStatus","apiVersion":"swiftlet.dev/v1","bootID":"b",
             "node":"gw-1","version":"0.1.0","uptimeSeconds":12,"outbox":{"due":4},
             "link":{"state":"connected","since":"2026-11-23T07:29:00Z","url":"mqtt://b:1883"},
             "pods":{"desired":3,"running":2},
             "pulls":[{"image":"a:1","bytes":1048576,"total":10485760,"resumedFrom":524288,
               "bytesPerSecond":104857},{"image":"b:1"}],
             "lastErrors":[{"namespace":"default","name":"a","reason":"ErrImagePull",
               "message":"no such image","at":"2026-11-23T07:29:30Z"},"disk is full"]}
            """
        )
        #expect(
            StatusReport.text(status, now: Collector.now) == """
                node:       gw-1
                version:    0.1.0
                link:       connected since 2026-11-23T07:29:00Z (60s), mqtt://b:1883
                pods:       3 desired, 2 running
                outbox:     4 messages wait for the broker
                pulls:
                  a:1: 1.0 MiB of 10.0 MiB, resumed from 512.0 KiB, 102.3 KiB/s, 90s left
                  b:1: begins
                last errors:
                  default/a ErrImagePull: no such image (30s ago)
                  disk is full
                uptimeSeconds: 12

                """
        )
    }

    private func pod(_ name: String, _ status: String) -> Document {
        json(
            #"{"metadata":{"name":"\#(name)"},"spec":{"containers":[{"name":"c"}]},"status":\#(status)}"#
        )
    }

    @Test("what is not as it is wanted stands in the account, with the reason; all else is counted")
    func trouble() {
        let node = json(
            """
            {"status":{"conditions":[{"type":"Ready","status":"True"},
             {"type":"DiskPressure","status":"True","message":"kubelet has disk pressure"},
             {"type":"PIDPressure","status":"False","message":"enough"},
             {"type":"swiftlet.dev/Sandboxed","status":"False","message":"no landlock"}]}}
            """
        )
        let pods = [
            pod(
                "a",
                #"{"phase":"Running","containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}}]}"#
            ),
            pod("b", #"{"phase":"Succeeded"}"#),
            pod("c", #"{"phase":"Failed","reason":"Evicted","message":"short of memory"}"#),
            pod(
                "d",
                """
                {"phase":"Running","containerStatuses":[{"name":"c","restartCount":7,
                 "state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 40s"}}}]}
                """
            ),
            pod(
                "e",
                #"{"phase":"Running","containerStatuses":[{"name":"c","ready":false,"state":{"running":{}}}]}"#
            ),
            pod("f", #"{"phase":"Pending"}"#),
        ]
        let status = json(#"{"node":"gw-1","pods":{"desired":6,"running":2}}"#)
        #expect(
            StatusReport.text(status, node: node, pods: pods, now: Collector.now) == """
                node:       gw-1
                conditions: Ready, DiskPressure
                  DiskPressure is True: kubelet has disk pressure
                  swiftlet.dev/Sandboxed is False: no landlock
                pods:       6 desired, 2 running, 1 completed, 1 failed
                  default/c Evicted: short of memory
                  default/d CrashLoopBackOff, 7 restarts: back-off 40s
                  default/e Running, 0 of 1 ready
                  default/f Pending

                """
        )
        let many = (0..<25).map { pod("p\($0)", #"{"phase":"Pending"}"#) }
        let text = StatusReport.text(status, pods: many, now: Collector.now)
        #expect(text.hasSuffix("  default/p19 Pending\n  and 5 more: swiftlet get pods -A\n"))
        let well = json(#"{"status":{"conditions":[{"type":"Ready","status":"True"}]}}"#)
        #expect(
            StatusReport.text(status, node: well, now: Collector.now).contains(
                "conditions: Ready, no pressure\npods:       6 desired, 2 running\n"
            )
        )
    }
}
