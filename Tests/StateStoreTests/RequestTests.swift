import StateStore
import TestKit
import Testing

// Goal: the contract's requests act once, across restarts, within a bound. Method: a real database.
@Suite("Requests on disk")
struct RequestTests {
    @Test("an ID is claimed once, also after the database was opened again")
    func once() async throws {
        try await withStore { store, path in
            #expect(try await store.claim(request: "a"))
            #expect(try await !store.claim(request: "a"))
            #expect(try await store.claim(request: "b"))
            let again = try StateStore(path: path)
            #expect(try await !again.claim(request: "b"))
        }
    }

    @Test("the oldest are forgotten when there are too many, the newest never")
    func bounded() async throws {
        var limits = StoreLimits()
        limits.requestCountMax = 3
        try await withStore(limits: limits) { store, _ in
            var isNew: [Bool] = []
            for id in ["a", "b", "c", "d", "b", "c", "d", "a"] {
                isNew.append(try await store.claim(request: id))
            }
            #expect(isNew == [true, true, true, true, false, false, false, true])
        }
    }
}
