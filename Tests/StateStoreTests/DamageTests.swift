import Glibc
import KubeModel
@testable import StateStore
import TestKit
import Testing

/// Full disks, damaged files, killed processes: what was acknowledged is there, and there is a way on.
@Suite struct DamageTests {
    @Test func aFullDatabaseRefusesAndKeepsWhatItHas() async throws {
        var limits = StoreLimits()
        limits.databaseByteCountMax = 256 * 1024
        try await withStore(limits: limits) { (store, path) async throws in
            var count = 0
            let payload = [UInt8](repeating: 1, count: 20_000)
            var failure: StoreError?
            while failure == nil, count < 100 {
                do {
                    _ = try await store.accept(object("p\(count)", version: "1", payload: payload))
                    count += 1
                } catch let error as StoreError {
                    failure = error
                }
            }
            #expect(failure == .full(path: path))
            #expect(count > 3 && count < 13)
            #expect(try await store.desired().count == count)
            #expect(try await store.desired().allSatisfy { $0.payload == payload })
            // An update that does not fit leaves the old version whole.
            let larger = object("p0", version: "2", payload: payload + payload + payload + payload)
            await #expect(throws: StoreError.full(path: path)) { try await store.accept(larger) }
            #expect(try await store.desired(.pod, "default", "p0")?.resourceVersion == "1")
            // Room again, and on it goes.
            #expect(try await store.remove(object("p0", version: "1").reference))
            #expect(try await store.accept(object("q", version: "1", payload: payload)) == .stored)
        }
    }

    @Test(arguments: ["this is no database", "", "SQLite format 3\u{0}"])
    func whatIsNoDatabaseIsSetAside(text: String) async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            try writeFile(path, text.isEmpty ? "" : text + String(repeating: "x", count: 5000))
            let store = try StateStore(path: path)
            #expect(store.opening.isNew)
            #expect(store.opening.setAside == (text.isEmpty ? nil : path + ".corrupt-1"))
            #expect(try await store.accept(object(version: "1")) == .stored)
        }
    }

    @Test func whatCanBeReadOfADamagedFileIsTakenOver() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            let names = (0..<200).map { "pod-\($0 + 100)" }
            do {
                let store = try StateStore(path: path)
                for name in names {
                    let payload = [UInt8](name.utf8) + [UInt8](repeating: 7, count: 900)
                    _ = try await store.accept(object(name, version: "1", payload: payload))
                }
            }
            // Scribble over two pages in the middle.
            var bytes = try readBytes(path)
            let middle = bytes.count / 2 / 4096 * 4096
            for index in middle..<(middle + 8192) { bytes[index] = 0xA5 }
            try writeFile(path, bytes)
            let store = try StateStore(path: path)
            #expect(store.opening.setAside == path + ".corrupt-1")
            #expect(store.opening.damage?.isEmpty == false)
            let rescued = try await store.desired()
            #expect(Int64(rescued.count) == store.opening.rescuedObjectCount)
            #expect(rescued.count > 100 && rescued.count < 200, "\(rescued.count)")
            #expect(rescued.allSatisfy { $0.payload.starts(with: Array($0.name.utf8)) })
            #expect(try await store.accept(object("new", version: "1")) == .stored)
        }
    }

    @Test func aRowWhoseBytesHaveChangedIsNotTakenOver() async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            let old = fixture.path("old.db")
            do {
                let store = try StateStore(path: old)
                _ = try await store.accept(object("good", version: "1"))
                _ = try await store.accept(object("bad", version: "1"))
                for uid in ["u", "v"] {
                    try await store.saveObserved(
                        ObservedPod(uid: uid, namespace: "n", name: "a", record: [1], status: [])
                    )
                }
                _ = try await store.nextSession()
                _ = try await store.nextSession()
            }
            do {
                let connection = try Connection(
                    path: old,
                    mode: .readWrite,
                    busyTimeoutMilliseconds: 0
                )
                try connection.run("UPDATE desired SET payload = x'00' WHERE name = 'bad'")
                try connection.run("UPDATE observed SET record = x'00' WHERE uid = 'v'")
            }
            let store = try StateStore(path: path)
            #expect(await store.rescue(from: old) == 1)
            #expect(try await store.desired().map(\.name) == ["good"])
            #expect(try await store.observed().map(\.uid) == ["u"])
            #expect(try await store.nextSession() == 3)
        }
    }

    @Test func damageThatComesBackDoesNotFillTheDisk() throws {
        try withScratchDirectory { directory in
            let path = directory + "/state.db"
            for round in 1...5 {
                try writeFile(path, "round \(round)" + String(repeating: "x", count: 2000))
                let opening = try StateStore(path: path).opening
                #expect(opening.setAside == path + ".corrupt-\(min(round, 3))")
            }
            #expect(try readFile(path + ".corrupt-1").hasPrefix("round 3"))
            #expect(try readFile(path + ".corrupt-3").hasPrefix("round 5"))
            #expect(access(path + ".corrupt-4", F_OK) != 0)
        }
    }

    @Test(arguments: [UInt64](1...6))
    func damagedFilesNeverDoHarm(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            let path = fixture.path("state.db")
            do {
                let store = try StateStore(path: path)
                for number in 0..<40 {
                    _ = try await store.accept(object("p\(number)", version: "1"))
                    try await store.append(event: [UInt8](repeating: 3, count: 300))
                }
            }
            let good = try readBytes(path)
            var generator = SeededGenerator(seed: seed)
            for round in 0..<15 {
                let damaged = fixture.path("d\(round).db")
                try writeFile(damaged, generator.mutated(good, changesMax: 40))
                do {
                    let store = try StateStore(path: damaged)
                    for object in try await store.desired() { #expect(object.name.hasPrefix("p")) }
                    _ = try await store.accept(object("new", version: "9"))
                } catch let error as StoreError {
                    switch error {
                    case .corrupt, .foreign, .newer, .sqlite: break
                    case .missing, .cannotOpen, .full, .readOnly, .device, .busy, .tooMany:
                        Issue.record("seed \(seed), round \(round): \(error)")
                    }
                }
            }
        }
    }
}

extension StateStore {
    /// Takes over what can be trusted from another database.
    func rescue(from path: String) -> Int64 {
        Rescue.copy(from: path, to: connection, limits)
    }
}
