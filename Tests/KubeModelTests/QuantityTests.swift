import KubeModel
import TestKit
import Testing

/// Amounts are exact, and written as Kubernetes writes them.
@Suite struct QuantityTests {
    @Test(
        arguments: [
            ("0", "0", 0, 0), ("1", "1", 1, 1000), ("+1", "1", 1, 1000), ("-1", "-1", -1, -1000),
            ("100m", "100m", 1, 100), ("0.1", "100m", 1, 100), ("1500m", "1500m", 2, 1500),
            ("1.5", "1500m", 2, 1500), ("2000m", "2", 2, 2000), (".5", "500m", 1, 500),
            ("1.", "1", 1, 1000),
            ("64Mi", "64Mi", 67_108_864, 67_108_864_000),
            ("1024Ki", "1Mi", 1_048_576, 1_048_576_000),
            ("1000Ki", "1000Ki", 1_024_000, 1_024_000_000),
            ("0.5Gi", "512Mi", 536_870_912, 536_870_912_000),
            ("1Ki", "1Ki", 1024, 1_024_000), ("0.5Ki", "512", 512, 512_000),
            ("1000", "1k", 1000, 1_000_000),
            ("1M", "1M", 1_000_000, 1_000_000_000), ("1e3", "1e3", 1000, 1_000_000),
            ("5e-3", "5e-3", 1, 5), ("1n", "1n", 1, 1), ("0.1n", "1n", 1, 1),
            ("-0.1n", "-1n", -1, -1),
            ("1u", "1u", 1, 1), ("9223372036854775807", "9223372036854775807", .max, nil),
            ("000000000000000000000000000001", "1", 1, 1000),
        ] as [(String, String, Int64?, Int64?)]
    )
    func amountsAreReadAndWritten(
        text: String,
        canonical: String,
        value: Int64?,
        milli: Int64?
    ) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.text == canonical)
        if let value { #expect(quantity.value == value) }
        if let milli { #expect(quantity.milli == milli) }
        let again = try #require(Quantity(quantity.text))
        #expect(again == quantity)
        #expect(again.text == canonical)
    }

    @Test(arguments: [
        "", " ", "m", "-", "+", ".", "1 ", " 1", "1MB", "1mi", "1KI", "1K", "1.2.3", "--1", "1e",
        "1e1.5",
        "1e99", "0x10", "Mi", "1_0", "9223372036854775808", "8Ei", "10E", "inf", "nan", "1,5", "１",
        "1111111111111111111111111", "1.0000000000000000000000000",
    ])
    func otherTextsAreNone(text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test func amountsCompareByValue() {
        #expect(Quantity("1Ki") == Quantity("1024"))
        #expect(Quantity("1Ki")?.hashValue == Quantity("1024")?.hashValue)
        #expect((Quantity("999m") ?? Quantity(count: 9)) < Quantity(count: 1))
        #expect(Quantity(bytes: 64 * 1024 * 1024).text == "64Mi")
        #expect(Quantity(milli: 1500).text == "1500m")
        #expect(Quantity(milli: .max).milli == .max)
        #expect(Quantity(count: .max).milli == .max, "cut, not trapped")
    }

    @Test(arguments: [UInt64](1...5))
    func noTextDoesHarm(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = Array("0123456789.-+eEKMGTPinumk ")
        for _ in 0..<2000 {
            let length = Int.random(in: 0...30, using: &generator)
            let text = String(
                (0..<length).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                }
            )
            guard let quantity = Quantity(text) else { continue }
            #expect(Quantity(quantity.text) == quantity, "seed \(seed): \(text)")
        }
    }
}
