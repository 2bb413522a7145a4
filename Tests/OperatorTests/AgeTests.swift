import Testing

@testable import Operator

// Goal: ages read as kubectl's do, and a clock that was never set is not believed.
// Method: a table of the edges between two units.
@Suite("Ages")
struct AgeTests {
    @Test(
        "a span is written in its two largest units, as far as they matter",
        arguments: [
            (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (1, "1s"), (119, "119s"), (120, "2m"),
            (121, "2m1s"), (599, "9m59s"), (600, "10m"), (10_799, "179m"), (10_800, "3h"),
            (10_860, "3h1m"), (28_799, "7h59m"), (28_800, "8h"), (172_799, "47h"),
            (172_800, "2d"), (176_400, "2d1h"), (691_199, "7d23h"), (691_200, "8d"),
            (63_071_999, "729d"), (63_072_000, "2y"), (63_158_400, "2y1d"),
            (252_287_999, "7y364d"), (252_288_000, "8y"), (Int64.max, "292471208677y"),
        ] as [(Int64, String)]
    )
    func spans(seconds: Int64, text: String) {
        #expect(Age.text(seconds: seconds) == text)
    }

    @Test("an age is unknown when either clock stands before 2020")
    func unknown() {
        let now: Int64 = 1_800_000_000_000_000_000
        #expect(Age.text(since: now - 5_000_000_000, now: now) == "5s")
        #expect(Age.text(since: nil, now: now) == "<unknown>")
        #expect(Age.text(since: 60_000_000_000, now: now) == "<unknown>")
        #expect(Age.text(since: now, now: 60_000_000_000) == "<unknown>")
        #expect(Age.text(since: .min, now: .max) == "<unknown>")
        #expect(Age.text(since: now, now: .max) != "<unknown>")
    }
}
