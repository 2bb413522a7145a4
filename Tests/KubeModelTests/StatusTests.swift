import Documents
import KubeModel
import Testing

/// Statuses are written as kubectl reads them, and read back.
@Suite struct StatusTests {
    private static let time = Timestamp(nanosecondsSinceEpoch: 1_795_419_176_000_000_000)
    private static let later = Timestamp(nanosecondsSinceEpoch: 1_795_419_186_000_000_000)

    private static let status = PodStatus(
        phase: .running,
        conditions: [
            PodCondition(
                type: ConditionType.ready,
                status: .no,
                reason: "ContainersNotReady",
                message: "b",
                lastTransitionTime: time
            )
        ],
        message: "m",
        reason: "r",
        podIP: "127.64.0.1",
        hostIP: "192.0.2.1",
        startTime: time,
        initContainerStatuses: [
            ContainerStatus(
                name: "init",
                image: "x",
                state: .terminated(
                    ContainerState.Termination(
                        exitCode: 0,
                        reason: "Completed",
                        startedAt: time,
                        finishedAt: later,
                        containerID: "swiftlet://1"
                    )
                )
            )
        ],
        containerStatuses: [
            ContainerStatus(
                name: "a",
                image: "app:1",
                imageID: "app@sha256:00",
                containerID: "swiftlet://2",
                ready: true,
                restartCount: 2,
                started: true,
                state: .running(startedAt: later),
                lastState: .terminated(
                    ContainerState.Termination(exitCode: 137, signal: 9, reason: "OOMKilled")
                )
            ),
            ContainerStatus(
                name: "b",
                image: "b",
                state: .waiting(reason: "ImagePullBackOff", message: "no route")
            ),
        ],
        qosClass: .burstable
    )

    @Test func aStatusReadsBackFromWhatItWrites() throws {
        let document = Self.status.document
        #expect(try PodStatus(document) == Self.status)
        #expect(try PodStatus(Document(json: document.json())) == Self.status)
        let report = PodReport(metadata: ObjectMetadata(name: "web", uid: "u"), status: Self.status)
        #expect(try PodReport(Document(json: report.document.json())) == report)
    }

    @Test func aStatusLooksLikeAKubelets() throws {
        let document = Self.status.document
        #expect(document["phase"] == "Running")
        #expect(document["podIPs"] == [["ip": "127.64.0.1"]])
        #expect(document["startTime"] == "2026-11-23T07:32:56Z")
        let first = document["containerStatuses"]?[0]
        #expect(first?["state"] == ["running": ["startedAt": "2026-11-23T07:33:06Z"]])
        #expect(first?["lastState"]?["terminated"]?["exitCode"] == 137)
        #expect(document["containerStatuses"]?[1]?["lastState"] == [:])
        #expect(
            document["containerStatuses"]?[1]?["state"]?["waiting"]?["reason"] == "ImagePullBackOff"
        )
    }

    @Test func aNewerNodesStatusIsReadAsFarAsItIsKnown() throws {
        let document: Document = [
            "phase": "Running", "future": [1, 2],
            "containerStatuses": [["name": "a", "state": ["paused": [:]], "x": 1]],
        ]
        let status = try PodStatus(document)
        #expect(status.phase == .running)
        #expect(status.containerStatuses[0].state == .waiting(reason: "", message: nil))
        #expect(throws: FieldError.self) { try PodStatus(["phase": 1]) }
        #expect(throws: FieldError.self) { try PodStatus(["phase": "Flying"]) }
        #expect(throws: FieldError.self) { try PodStatus(["startTime": "now"]) }
    }

    @Test func aConditionKeepsItsTimeUntilItsStatusChanges() {
        var status = PodStatus()
        let ready = { (value: PodCondition.Status, time: Timestamp, reason: String) in
            PodCondition(type: "Ready", status: value, reason: reason, lastTransitionTime: time)
        }
        status.set(ready(.no, Self.time, "a"))
        status.set(ready(.no, Self.later, "b"))
        #expect(status.condition("Ready")?.lastTransitionTime == Self.time)
        #expect(status.condition("Ready")?.reason == "b")
        status.set(ready(.yes, Self.later, "c"))
        #expect(status.condition("Ready")?.lastTransitionTime == Self.later)
        #expect(status.conditions.count == 1)
        #expect(status.condition("Other") == nil)
    }

    @Test func nodesAndEventsAndListsAreV1Objects() {
        let node = Node(
            metadata: ObjectMetadata(name: "gw-1", namespace: ""),
            taints: [Taint(key: "a", effect: "NoSchedule")],
            status: NodeStatus(
                capacity: ["memory": Quantity(bytes: 1 << 30), "cpu": Quantity(count: 2)],
                conditions: [
                    PodCondition(type: "Ready", status: .yes, lastHeartbeatTime: Self.time)
                ],
                addresses: [NodeAddress(type: "Hostname", address: "gw-1")],
                info: NodeInfo(kernelVersion: "6.1", architecture: "arm64"),
                images: [NodeImage(names: ["a:1"], sizeBytes: 7)]
            )
        ).document
        #expect(node["metadata"] == ["name": "gw-1"])
        #expect(node["status"]?["capacity"] == ["cpu": "2", "memory": "1Gi"])
        #expect(node["status"]?["nodeInfo"]?["architecture"] == "arm64")
        #expect(node["status"]?["conditions"]?[0]?["lastHeartbeatTime"] == "2026-11-23T07:32:56Z")
        let event = Event(
            metadata: ObjectMetadata(name: "web.1"),
            involvedObject: ObjectReference(
                kind: .pod,
                namespace: "default",
                name: "web",
                uid: "u"
            ),
            reason: "BackOff",
            message: "m",
            severity: .warning,
            firstTimestamp: Self.time,
            lastTimestamp: Self.later,
            host: "gw-1"
        ).document
        #expect(event["type"] == "Warning")
        #expect(event["involvedObject"]?["kind"] == "Pod")
        let list = ObjectList.document([node, event])
        #expect(ObjectList.items(of: list) == [node, event])
        #expect(ObjectList.items(of: node) == [node])
        #expect(
            ObjectList.failure(code: 404, reason: "NotFound", message: "m")["code"] == 404
        )
    }
}
