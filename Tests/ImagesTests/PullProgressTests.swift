import Documents
import Images
import Testing

// Goal: how long a pull takes is said when it can be known, and never by a trap. Method: tables.
@Suite("Pull progress")
struct PullProgressTests {
    @Test(
        "the rate is what came in the time, once there is enough of it",
        arguments: [
            (0, 5_000_000_000, nil), (1_000, 0, nil), (1_000, 999_999_999, nil),
            (1_000, 1_000_000_000, 1_000), (1_048_576, 10_000_000_000, 104_857),
            (.max, 1_000_000_000, nil), (-1, 2_000_000_000, nil), (5, .max, 0),
        ] as [(Int64, Int64, Int64?)]
    )
    func rate(byteCount: Int64, nanoseconds: Int64, expected: Int64?) {
        var progress = PullProgress(byteCount: 1, totalByteCount: 2)
        progress.measure(fetchedByteCount: byteCount, nanoseconds: nanoseconds)
        #expect(progress.bytesPerSecond == expected)
    }

    @Test(
        "what is left is told by the rate, and not without one",
        arguments: [
            (0, 1_000, 100, 10), (900, 1_000, 100, 1), (1_000, 1_000, 100, nil),
            (2_000, 1_000, 100, nil), (0, 1_000, nil, nil), (0, 1_000, 0, nil),
            (.min, .max, 1, nil), (0, 1_000, -5, nil),
        ] as [(Int64, Int64, Int64?, Int64?)]
    )
    func left(here: Int64, total: Int64, rate: Int64?, expected: Int64?) {
        let progress = PullProgress(byteCount: here, totalByteCount: total, bytesPerSecond: rate)
        #expect(progress.secondsLeft == expected)
        #expect(progress.document["secondsLeft"]?.integer == expected)
    }
}
