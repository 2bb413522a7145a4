import KubeModel
import StateStore
import TestKit
import Testing

/// The last message of each topic goes out once, also over restarts, and nothing goes out twice.
@Suite struct OutboxTests {
    private func message(
        _ topic: String,
        _ text: String,
        isUrgent: Bool = false,
        isFinal: Bool = false
    ) -> OutboxMessage {
        OutboxMessage(
            topic: topic,
            payload: Array(text.utf8),
            isUrgent: isUrgent,
            isFinal: isFinal
        )
    }

    private func due(_ store: StateStore, limit: Int = 100) async throws -> [String] {
        try await store.due(limit: limit)
            .map { "\($0.topic)=\(String(decoding: $0.payload, as: UTF8.self))" }
    }

    private func acknowledge(_ store: StateStore, _ topic: String, _ text: String) async throws {
        try await store.acknowledge(topic: topic, payload: Array(text.utf8))
    }

    @Test func theLastMessageOfATopicWaitsUntilItIsAcknowledged() async throws {
        try await withStore { (store, _) async throws in
            #expect(try await store.enqueue(message("a", "1")))
            #expect(try await !store.enqueue(message("a", "1")), "it waits already")
            #expect(try await due(store) == ["a=1"])
            #expect(try await due(store) == ["a=1"], "the same again")
            #expect(try await store.enqueue(message("a", "2")))
            #expect(try await due(store) == ["a=2"])
            try await acknowledge(store, "a", "1")
            #expect(try await due(store) == ["a=2"], "the old bytes do not answer for the new")
            try await acknowledge(store, "a", "2")
            #expect(try await due(store) == [])
            #expect(try await !store.enqueue(message("a", "2")), "the broker has it")
            #expect(try await store.enqueue(message("a", "1")), "and not this any more")
            #expect(try await store.dueCount() == 1)
        }
    }

    @Test func aRestartSendsNothingAgain() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            do {
                let store = try StateStore(path: path)
                try await store.enqueue(message("a", "1"))
                try await acknowledge(store, "a", "1")
                try await store.enqueue(message("b", "1"))
            }
            let store = try StateStore(path: path)
            #expect(try await due(store) == ["b=1"])
            #expect(try await !store.enqueue(message("a", "1")))
        }
    }

    @Test func aStateThatCameBackIsSentAgainWhenTheOneBetweenMayHaveArrived() async throws {
        try await withStore { (store, _) async throws in
            try await store.enqueue(message("a", "1"))
            try await acknowledge(store, "a", "1")
            try await store.enqueue(message("a", "2"))
            try await store.sending(topic: "a")
            // The link dies here: nobody knows whether the broker has 2.
            #expect(try await store.enqueue(message("a", "1")))
            #expect(try await due(store) == ["a=1"])
            try await store.sending(topic: StateStore.eventTopic)
            try await store.sending(topic: "never seen")
            #expect(try await due(store) == ["a=1"])
        }
    }

    @Test func aBrokerThatForgotGetsEverythingAgain() async throws {
        try await withStore { (store, _) async throws in
            for topic in ["a", "b", "c"] { try await store.enqueue(message(topic, "1")) }
            try await acknowledge(store, "a", "1")
            try await acknowledge(store, "b", "1")
            try await expect(store.outboxBell, rings: true) {
                try await store.forgetAcknowledgements()
            }
            #expect(try await due(store) == ["a=1", "b=1", "c=1"])
        }
    }

    /// Rule 6 of the contract: what came after a confirmed count may be lost with a snapshot.
    @Test func whatWasAcknowledgedAfterTheLastConfirmedCountIsSentAgain() async throws {
        try await withStore { store, path in
            for name in ["a", "b", "c"] {
                try await store.enqueue(message(name, name))
                try await acknowledge(store, name, name)
                if name == "b" {
                    try await store.confirmStatuses(store.statusCounts().acknowledged)
                }
            }
            #expect(try await due(store) == [])
            let again = try StateStore(path: path)
            let counts = try await again.statusCounts()
            #expect(counts == (3, 2))
            try await again.forgetUnconfirmed()
            #expect(try await due(again) == ["c=c"])
            try await acknowledge(again, "c", "c")
            try await again.confirmStatuses(4)
            try await again.forgetUnconfirmed()
            #expect(try await due(again) == [])
        }
    }

    @Test func aLocalEventIsKeptAndNotSent() async throws {
        try await withStore { store, _ in
            try await store.append(event: [1], isLocal: true)
            try await store.append(event: [2])
            #expect(try await store.events() == [[1], [2]])
            #expect(try await store.due(limit: 9).map(\.payload) == [[2]])
        }
    }

    @Test func urgentOnesGoFirstAndNobodyIsOvertakenForEver() async throws {
        try await withStore { (store, _) async throws in
            try await store.enqueue(message("a", "1"))
            try await store.enqueue(message("b", "1"))
            try await store.enqueue(message("c", "1", isUrgent: true))
            #expect(try await due(store) == ["c=1", "a=1", "b=1"])
            #expect(try await due(store, limit: 2) == ["c=1", "a=1"])
            #expect(try await due(store, limit: 0) == [])
            #expect(try await due(store, limit: -1) == [])
            // A change keeps the place in the queue, and what was urgent stays so until it is sent.
            try await store.enqueue(message("a", "2"))
            try await store.enqueue(message("c", "2"))
            #expect(try await due(store) == ["c=2", "a=2", "b=1"])
            try await acknowledge(store, "a", "2")
            try await acknowledge(store, "c", "2")
            try await store.enqueue(message("c", "3"))
            try await store.enqueue(message("a", "3"))
            #expect(try await due(store) == ["b=1", "c=3", "a=3"], "a new turn goes to the end")
        }
    }

    @Test func theLastWordAboutSomethingLeavesNoRow() async throws {
        try await withStore { (store, _) async throws in
            try await store.enqueue(message("a", "1"))
            try await store.enqueue(message("a", "gone", isFinal: true))
            try await acknowledge(store, "a", "1")
            #expect(try await due(store) == ["a=gone"])
            try await acknowledge(store, "a", "gone")
            try await store.forgetAcknowledgements()
            #expect(try await due(store) == [])
            // The same bytes as the last acknowledged ones: nothing to send, nothing to keep.
            try await store.enqueue(message("b", "1"))
            try await acknowledge(store, "b", "1")
            #expect(try await !store.enqueue(message("b", "1", isFinal: true)))
            try await store.forgetAcknowledgements()
            #expect(try await due(store) == [])
            try await store.enqueue(message("c", "1"))
            try await store.clear(topic: "c")
            #expect(try await due(store) == [])
        }
    }

    @Test func theBellRingsForNewsOnly() async throws {
        try await withStore { (store, _) async throws in
            let bell = store.outboxBell
            try await expect(bell, rings: true) { try await store.enqueue(message("a", "1")) }
            try await expect(bell, rings: false) { try await store.enqueue(message("a", "1")) }
            try await expect(bell, rings: false) { try await acknowledge(store, "a", "1") }
            try await expect(bell, rings: true) { try await store.append(event: [1]) }
            try await expect(store.desiredBell, rings: false) { try await store.append(event: [2]) }
        }
    }

    @Test func thereIsABoundOnTopics() async throws {
        var limits = StoreLimits()
        limits.outboxRowCountMax = 2
        try await withStore(limits: limits) { (store, _) async throws in
            try await store.enqueue(message("a", "1"))
            try await store.enqueue(message("b", "1"))
            let error = await #expect(throws: StoreError.self) {
                try await store.enqueue(message("c", "1"))
            }
            #expect(error == .tooMany(table: "outbox", rowCountMax: 2))
            #expect(try await store.enqueue(message("b", "2")))
        }
    }

    @Test func eventsComeAfterStatusesAndEachIsSentOnce() async throws {
        try await withStore { (store, _) async throws in
            for text in ["x", "y", "x"] { try await store.append(event: Array(text.utf8)) }
            try await store.enqueue(message("a", "1"))
            #expect(try await due(store) == ["a=1", "events=x", "events=y", "events=x"])
            #expect(try await due(store, limit: 2) == ["a=1", "events=x"])
            #expect(try await store.due(limit: 9).map(\.isRetained) == [true, false, false, false])
            #expect(try await store.dueCount() == 4)
            try await acknowledge(store, "events", "x")
            #expect(try await due(store) == ["a=1", "events=y", "events=x"])
            try await acknowledge(store, "events", "x")
            #expect(try await due(store) == ["a=1", "events=y"])
            try await acknowledge(store, "events", "z")
            #expect(
                try await store.events().map { String(decoding: $0, as: UTF8.self) } == [
                    "x", "y", "x",
                ]
            )
            #expect(try await store.events(limit: 1).count == 1)
        }
    }

    @Test func tooManyEventsCostTheOldestAndTheLossIsCounted() async throws {
        var limits = StoreLimits()
        limits.eventCountMax = 3
        try await withStore(limits: limits) { (store, _) async throws in
            for number in UInt8(0)..<3 { try await store.append(event: [number]) }
            try await store.acknowledge(topic: StateStore.eventTopic, payload: [0])
            try await store.append(event: [3])
            #expect(try await store.droppedEventCount() == 0, "the one that went was sent")
            try await store.append(event: [4])
            try await store.append(event: [5])
            #expect(try await store.droppedEventCount() == 2)
            #expect(try await store.events() == [[3], [4], [5]])
        }
    }

    @Test func sessionsAndFactsOnlyGrow() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            do {
                let store = try StateStore(path: path)
                #expect(try await store.nextSession() == 1)
                #expect(try await store.nextSession() == 2)
                #expect(try await store.lastAcknowledgedSession() == nil)
                try await store.sessionAcknowledged(2)
            }
            let store = try StateStore(path: path)
            #expect(try await store.nextSession() == 3)
            #expect(try await store.lastAcknowledgedSession() == 2)
            try await store.raiseSession(to: 2)
            #expect(try await store.nextSession(count: 10) == 4)
            #expect(try await store.nextSession(count: 0) == 14)
            #expect(try await store.nextSession() == 15)
            try await store.raiseSession(to: 1 << 40)
            #expect(try await store.nextSession() == 1 << 40 + 1)
            try await store.setValue("x", for: "k")
            #expect(try await store.value("k") == "x")
            try await store.setValue(nil, for: "k")
            #expect(try await store.value("k") == nil)
        }
    }

    @Test func whatWasSeenIsKeptByUid() async throws {
        try await withStore { (store, _) async throws in
            var pod = ObservedPod(uid: "u", namespace: "n", name: "a", record: [1], status: [2])
            try await store.saveObserved(pod)
            pod.record = [3]
            try await store.saveObserved(pod)
            let other = ObservedPod(uid: "v", namespace: "n", name: "a", record: [], status: [])
            try await store.saveObserved(other)
            #expect(try await store.observed() == [pod, other])
            #expect(
                try await store.snapshot() == StoreSnapshot(desired: [], observed: [pod, other])
            )
            try await store.removeObserved(uid: "u")
            #expect(try await store.observed() == [other])
        }
    }
}
