import Glibc
import Images
import Synchronization
import TestKit
import Testing

@testable import Registry

// Goal: whatever a registry does, the blob is whole at the end or refused, and no byte that is here is
// asked for again. Method: a registry of our own that misbehaves by a script and counts.
@Suite("A registry that misbehaves")
struct MisbehavingRegistryTests {
    /// A store, and a source that does not wait but writes down how long it would have.
    struct Place {
        let store: ImageStore
        let registry: ScriptedRegistry
        let waits = Waits()

        func source(
            _ credentials: Credentials = Credentials(),
            stallSeconds: Int = 60
        ) -> RegistrySource {
            var settings = RegistrySettings()
            settings.usesPlainHTTP = true
            settings.stallSeconds = stallSeconds
            return RegistrySource(
                host: registry.host,
                repository: "org/app",
                settings: settings,
                credentials: credentials,
                pace: Pace(wait: { [waits] in waits.add($0) }, random: { _ in 0 })
            )
        }
    }

    final class Waits: Sendable {
        private let all = Mutex<[Int64]>([])
        func add(_ wait: Int64) { all.withLock { $0.append(wait) } }
        var list: [Int64] { all.withLock { $0 } }
    }

    static let bytes: [UInt8] = {
        var random = SeededGenerator(seed: 5)
        return random.bytes(12_000_000)
    }()

    static func with(
        _ script: @escaping @Sendable (Ask) -> Fault? = { _ in nil },
        _ body: (Place) throws -> Void
    ) throws {
        try withScratchDirectory { folder in
            let registry = try ScriptedRegistry(script)
            defer { registry.close() }
            try body(Place(store: ImageStore(directory: folder), registry: registry))
        }
    }

    /// Fetches the blob and compares it.
    func fetch(
        _ place: Place,
        credentials: Credentials = Credentials(),
        stallSeconds: Int = 60
    ) throws {
        let blob = place.registry.add(Self.bytes)
        let fetched = try place.store.ingest(
            blob,
            from: place.source(credentials, stallSeconds: stallSeconds)
        )
        #expect(try readBytes(fetched.path) == Self.bytes)
    }

    @Test("a good registry is asked for closed ranges, and each byte once")
    func good() throws {
        try Self.with { place in
            try fetch(place)
            let ranges = place.registry.asks.map { $0.headers["range"] }
            #expect(
                ranges == [
                    "bytes=0-4194303", "bytes=4194304-8388607", "bytes=8388608-11999999",
                ]
            )
            #expect(place.registry.sentByteCount == Self.bytes.count)
            #expect(place.waits.list.isEmpty)
        }
    }

    /// One fault at the second request, and how many bytes may be sent in all.
    @Test(
        "one misbehaviour is got over, and costs what it must",
        arguments: [
            (Fault.cut(after: 300_000), 12_000_000), (.answer(500, []), 12_000_000),
            (.answer(429, ["Retry-After: 7"]), 12_000_000), (.answer(416, []), 17_000_000),
            (.ignoreRange, 17_000_000), (.wrongRange, 24_400_000), (.gzip, 36_000_000),
            (.extra(4_096), 12_200_000), (.stall(after: 100_000), 12_000_000),
        ]
    )
    func faults(fault: Fault, sentMax: Int) throws {
        let script = { @Sendable (ask: Ask) -> Fault? in
            if case .gzip = fault { return ask.number > 0 ? fault : nil }
            return ask.number == 1 ? fault : nil
        }
        var stallSeconds = 60
        if case .stall = fault { stallSeconds = 1 }
        try Self.with(script) { place in
            try fetch(place, stallSeconds: stallSeconds)
            #expect(place.registry.sentByteCount <= sentMax)
            if case .answer(429, _, _) = fault { #expect(place.waits.list == [7_000]) }
        }
    }

    @Test("a registry that says 503 for ever is given up after a bounded number of tries")
    func givenUp() throws {
        try Self.with({ _ in .answer(503, [], #"{"errors":[{"code":"BUSY","message":"no"}]}"#) }) {
            place in
            do {
                try fetch(place)
                Issue.record("fetched")
            } catch ImageError.registry(let message, true) {
                #expect(message.contains("HTTP 503 (BUSY: no)"), "\(message)")
            }
            #expect(place.registry.asks.count == Pace.triesMax)
        }
    }

    @Test("a registry that asks for an hour is left to the daemon's back-off")
    func longWait() throws {
        try Self.with({ _ in .answer(429, ["Retry-After: 3600"]) }) { place in
            #expect(throws: ImageError.self) { try fetch(place) }
            #expect(place.registry.asks.count == 1 && place.waits.list.isEmpty)
        }
    }

    @Test("what never succeeds is not tried twice", arguments: [400, 405, 501])
    func never(status: Int) throws {
        try Self.with({ _ in .answer(status, []) }) { place in
            do {
                try fetch(place)
                Issue.record("fetched")
            } catch ImageError.registry(_, false) {}
            #expect(place.registry.asks.count == 1)
        }
    }

    @Test(
        "a link cut at random in each answer costs no byte twice",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func cuts(seed: UInt64) throws {
        let random = Mutex(SeededGenerator(seed: seed))
        let script = { @Sendable (ask: Ask) -> Fault? in
            ask.number < 20
                ? .cut(after: random.withLock { Int.random(in: 1...250_000, using: &$0) }) : nil
        }
        try Self.with(script) { place in
            try fetch(place)
            #expect(place.registry.sentByteCount == Self.bytes.count)
        }
    }

    @Test("where a mirror breaks off, the registry goes on; no byte is fetched twice")
    func mirrors() throws {
        let cut = { @Sendable (ask: Ask) -> Fault? in ask.isBlob ? .cut(after: 700_000) : nil }
        try Self.with { place in
            let mirror = try ScriptedRegistry(cut)
            let empty = try ScriptedRegistry()
            defer { [mirror, empty].forEach { $0.close() } }
            mirror.add(Self.bytes)
            let blob = place.registry.add(Self.bytes)
            let warnings = Mutex<[String]>([])
            let sources = [empty, mirror, place.registry].map { registry in
                var settings = RegistrySettings()
                settings.usesPlainHTTP = true
                return RegistrySource(
                    host: registry.host,
                    repository: "org/app",
                    settings: settings,
                    credentials: Credentials(),
                    pace: Pace(triesMax: 1, wait: { _ in }, random: { _ in 0 })
                )
            }
            let source = MirroredSource(sources) { text in warnings.withLock { $0.append(text) } }
            let fetched = try place.store.ingest(blob, from: source)
            #expect(try readBytes(fetched.path) == Self.bytes)
            #expect(mirror.sentByteCount + place.registry.sentByteCount == Self.bytes.count)
            #expect(mirror.sentByteCount > 0)
            #expect(warnings.withLock(\.self).count == 2)
            // Who failed once is not asked again in this pull.
            let asks = mirror.asks.count
            _ = try place.store.ingest(place.registry.add([1, 2, 3]), from: source)
            #expect(mirror.asks.count == asks && empty.asks.count == 1)
        }
    }

    @Test("credentials and tokens never follow a redirect to another host")
    func redirects() throws {
        try Self.with { other in
            let elsewhere = other.registry.add(Self.bytes)
            let location = "http://\(other.registry.host)/v2/x/blobs/\(elsewhere.digest)"
            let script = { @Sendable (ask: Ask) -> Fault? in
                guard ask.headers["authorization"] == "Basic dTpw" else {
                    return .answer(401, ["WWW-Authenticate: Basic realm=\"r\""])
                }
                return .answer(307, ["Location: \(location)"])
            }
            try Self.with(script) { place in
                let json = #"{"auths": {"127.0.0.1:\#(place.registry.port)": {"auth": "dTpw"}}}"#
                try fetch(place, credentials: Credentials(json: Array(json.utf8)))
                #expect(other.registry.asks.count == 3)
                #expect(other.registry.asks.allSatisfy { $0.headers["authorization"] == nil })
            }
        }
    }

    @Test("a redirect that expired is asked for anew")
    func expired() throws {
        let other = Mutex(0)
        try Self.with({ _ in
            other.withLock {
                $0 += 1; return $0 == 2 ? .answer(403, []) : nil
            }
        }) {
            far in
            let blob = far.registry.add(Self.bytes)
            let location = "http://\(far.registry.host)/v2/x/blobs/\(blob.digest)"
            try Self.with({ _ in .answer(307, ["Location: \(location)"]) }) { place in
                try fetch(place)
                #expect(place.registry.asks.count == 2)
                #expect(far.registry.sentByteCount == Self.bytes.count)
            }
        }
    }

    @Test("a token that expires in the middle is fetched again")
    func tokens() throws {
        let script = { @Sendable (ask: Ask) -> Fault? in
            if ask.path.hasPrefix("/token") {
                return .answer(200, [], #"{"token": "t\#(ask.number)"}"#)
            }
            let isFresh = ask.number < 3 ? "Bearer t1" : "Bearer t4"
            guard ask.headers["authorization"] == isFresh else {
                let realm = "http://\(ask.headers["host"] ?? "")/token"
                return .answer(
                    401,
                    [
                        "WWW-Authenticate: Bearer realm=\"\(realm)\",service=\"s\",scope=\"a b\""
                    ]
                )
            }
            return nil
        }
        try Self.with(script) { place in
            try fetch(place)
            let tokens = place.registry.asks.filter { $0.path.hasPrefix("/token") }
            #expect(
                tokens.map(\.path) == Array(repeating: "/token?service=s&scope=a%20b", count: 2)
            )
            #expect(place.registry.sentByteCount == Self.bytes.count)
        }
    }

    @Test("a manifest that is too large is refused, and one with another digest is not believed")
    func manifests() throws {
        try Self.with { place in
            let type = "application/vnd.oci.image.manifest.v1+json"
            place.registry.tag("huge", String(repeating: " ", count: 5_000_000), type: type)
            let huge = try ImageReference("\(place.registry.host)/org/app:huge")
            #expect(throws: ImageError.self) { try place.source().resolve(huge) }
            place.registry.tag("it", #"{"config": 1}"#, type: type)
            let it = try ImageReference("\(place.registry.host)/org/app:it")
            let found = try place.source().resolve(it)
            #expect(found.digest == Digest.of(Array(#"{"config": 1}"#.utf8)))
            #expect(found.mediaType == type)
            let none = try ImageReference("\(place.registry.host)/org/app:none")
            #expect(throws: ImageError.self) { try place.source().resolve(none) }
        }
    }
}
