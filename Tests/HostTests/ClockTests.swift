import Host
import Testing

@testable import Host

// Goal: points in time read and write as RFC 3339 without a library. Method: known pairs, and a walk
// over every day of some centuries, where each text must read back as its number.
@Suite("Civil time")
struct CivilTimeTests {
    @Test(
        "known moments",
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (1_475_713_029_669_794_202, "2016-10-06T00:17:09.669794202Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000000000Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (Int64.max, "2262-04-11T23:47:16.854775807Z"),
            (Int64.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)]
    )
    func known(nanoseconds: Int64, text: String) {
        #expect(CivilTime.text(ofNanoseconds: nanoseconds) == text)
        if nanoseconds != .min {
            #expect(CivilTime.nanoseconds(of: Array(text.utf8)[...]) == nanoseconds)
        }
    }

    @Test("every day from 1700 to 2200 reads back")
    func everyDay() {
        let day: Int64 = 86_400_000_000_000
        for number in Int64(-98_000)...84_000 {
            let moment = number * day + 12_345_678_901
            let text = CivilTime.bytes(ofNanoseconds: moment)
            guard CivilTime.nanoseconds(of: text[...]) == moment else {
                Issue.record("day \(number) reads back as another one")
                return
            }
        }
    }

    @Test(
        "what is no such text is refused",
        arguments: [
            "", "2016-10-06T00:17:09Z", "2016-10-06T00:17:09.669794202+",
            "2016-13-06T00:17:09.669794202Z",
            "2016-10-06 00:17:09.669794202Z", "2016-10-06T24:17:09.669794202Z",
            "9999-12-31T23:59:59.999999999Z", "2016-10-0xT00:17:09.669794202Z",
        ]
    )
    func refused(text: String) { #expect(CivilTime.nanoseconds(of: Array(text.utf8)[...]) == nil) }
}

@Suite("Clocks")
struct ClockTests {
    @Test("the clocks run, and the boot has a name")
    func clocks() {
        let first = Clock.boottimeNanoseconds()
        #expect(Clock.boottimeNanoseconds() >= first)
        #expect(Clock.wallNanoseconds() > 1_700_000_000_000_000_000)
        #expect(Clock.bootID().utf8.count == 36)
    }
}
