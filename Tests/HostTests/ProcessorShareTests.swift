import Host
import TestKit
import Testing

// Goal: a share of a processor is what Kubernetes means by it. Method: tables, and an account over
// many slices of odd length.
@Suite("shares of a processor")
struct ProcessorShareTests {
    @Test(
        "are read as quantities are",
        arguments: [
            ("250m", 250), ("1m", 1), ("2", 2_000), ("0.25", 250), ("0.5", 500), ("1.005", 1_005),
            ("1500m", 1_500), ("0.05", 50), ("0", nil), ("0m", nil), ("", nil), ("m", nil),
            ("1.", nil), (".5", nil), ("0.0001", nil), ("-1", nil), ("1e3", nil), ("x", nil),
            ("99999999999999999999", nil), ("18446744073709551615", nil), ("0.-1", nil),
        ] as [(String, UInt64?)]
    )
    func reads(text: String, millicores: UInt64?) {
        #expect(ProcessorShare.millicores(text) == millicores)
    }

    @Test(
        "say how long to wait",
        arguments: [
            // Used, passed, share, wait.
            (10, 10, 100, 90), (10, 100, 100, 0), (10, 500, 100, -400), (14, 14, 500, 14),
            (4, 4, 1, 3_996), (0, 0, 100, 0), (-5, 10, 100, -10),
        ] as [(Int64, Int64, UInt64, Int64)]
    )
    func debt(used: Int64, passed: Int64, share: UInt64, wait: Int64) {
        #expect(
            ProcessorShare.debtNanoseconds(
                usedNanoseconds: used,
                elapsedNanoseconds: passed,
                millicores: share
            ) == wait
        )
    }

    @Test("hold whatever the numbers are")
    func extremes() {
        for used in [Int64.min, -1, 0, .max] {
            for passed in [Int64.min, 0, .max] {
                for share in [UInt64.min, 1, .max] {
                    _ = ProcessorShare.debtNanoseconds(
                        usedNanoseconds: used,
                        elapsedNanoseconds: passed,
                        millicores: share
                    )
                }
            }
        }
    }

    @Test(
        "come out exact in the long run, however late each signal is",
        arguments: [7, 50, 250, 900]
    )
    func longRun(share: UInt64) {
        var generator = SeededGenerator(seed: share)
        var used: Int64 = 0
        var passed: Int64 = 0
        for _ in 0..<10_000 {
            // A slice, and what runs on until the kernel's next tick.
            let slice = 4_000_000 + Int64(generator.next() % 4_000_000)
            used += slice
            passed += slice
            passed += max(
                0,
                ProcessorShare.debtNanoseconds(
                    usedNanoseconds: slice,
                    elapsedNanoseconds: slice,
                    millicores: share
                )
            )
        }
        let measured = Double(used) / Double(passed) * 1_000
        #expect(abs(measured - Double(share)) < Double(share) / 100)
    }
}
