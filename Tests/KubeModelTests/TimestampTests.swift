import KubeModel
import TestKit
import Testing

/// Times go to text and back without a calendar of the system.
@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:01Z", 1), ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T12:00:00Z", 951_825_600), ("2026-11-23T07:32:56Z", 1_795_419_176),
            ("1900-03-01T00:00:00Z", -2_203_891_200), ("2038-01-19T03:14:08Z", 2_147_483_648),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] as [(String, Int64)]
    )
    func wholeSecondsAreExact(text: String, seconds: Int64) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time.nanosecondsSinceEpoch == seconds * 1_000_000_000)
        #expect(time.rfc3339 == text)
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500000000Z"),
        ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456789Z"),
        ("2026-01-01T00:00:00.1234567899Z", "2026-01-01T00:00:00.123456789Z"),
        ("2026-01-01T00:00:00+01:30", "2025-12-31T22:30:00.000000000Z"),
        ("2026-01-01t00:00:00-00:30", "2026-01-01T00:30:00.000000000Z"),
        ("2026-01-01 00:00:00z", "2026-01-01T00:00:00.000000000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000000Z"),
    ])
    func fractionsAndOffsetsAreKept(text: String, expected: String) throws {
        let time = try #require(Timestamp(rfc3339: text))
        #expect(time.rfc3339Nanoseconds == expected)
        #expect(Timestamp(rfc3339: time.rfc3339Nanoseconds) == time)
        #expect(time.rfc3339Microseconds.count == 27)
    }

    @Test(arguments: [
        "", "2026", "2026-01-01", "2026-01-01T00:00Z", "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-32T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+24:00", "9999-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z", "-026-01-01T00:00:00Z", "2026-1-01T00:00:00Z",
        "２026-01-01T00:00:00Z",
    ])
    func otherTextsAreNone(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [UInt64](1...5))
    func everyTimeReadsBack(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let time = Timestamp(nanosecondsSinceEpoch: Int64(truncatingIfNeeded: generator.next()))
            #expect(Timestamp(rfc3339: time.rfc3339Nanoseconds) == time, "seed \(seed)")
        }
        for edge in [Int64.min, .max, 0, -1, 1] {
            let time = Timestamp(nanosecondsSinceEpoch: edge)
            #expect(Timestamp(rfc3339: time.rfc3339Nanoseconds) == time || edge == .min)
        }
    }
}
