import KubeModel
import Lifecycle
import Testing

// Goal: waits grow as Kubernetes documents them, and never overflow.
@Suite("Back-off")
struct BackOffTests {
    @Test(
        "a container that crashes starts again at once, then after 10 s, doubling to 5 min",
        arguments: [
            (0, 0), (1, 0), (2, 10), (3, 20), (4, 40), (5, 80), (6, 160), (7, 300), (8, 300),
            (1_000_000, 300),
        ] as [(Int, Int64)]
    )
    func crashes(count: Int, seconds: Int64) {
        #expect(BackOff.afterCrashes(count) == seconds * 1_000_000_000)
    }

    @Test(
        "an image that cannot be had is asked for again after 10 s, doubling to 5 min",
        arguments: [(0, 0), (1, 10), (2, 20), (5, 160), (6, 300), (Int.max, 300)] as [(Int, Int64)]
    )
    func failures(count: Int, seconds: Int64) {
        #expect(BackOff.afterFailures(count) == seconds * 1_000_000_000)
    }
}
