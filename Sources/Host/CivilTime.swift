/// Points in time as text, the way container logs write them: `2016-10-06T00:17:09.669794202Z`.
///
/// Source: RFC 3339. Days are counted in eras of 400 years (146,097 days) that start on March 1st, so
/// that the leap day is the last of its year.
public enum CivilTime {
    /// Characters of every text that ``text(ofNanoseconds:)`` makes.
    static let textLength = 30
    private static let daysPerEra: Int64 = 146_097
    // Days from 0000-03-01 to 1970-01-01.
    private static let daysBeforeEpoch: Int64 = 719_468

    /// UTC with nine digits after the second, for nanoseconds since 1970.
    public static func text(ofNanoseconds nanoseconds: Int64) -> String {
        String(decoding: bytes(ofNanoseconds: nanoseconds), as: UTF8.self)
    }

    /// The same as bytes: always 30 of them in the years 0 to 9999, which 64 bits cannot leave.
    static func bytes(ofNanoseconds nanoseconds: Int64) -> [UInt8] {
        let (seconds, fraction) = divide(nanoseconds, by: 1_000_000_000)
        let (days, secondOfDay) = divide(seconds, by: 86_400)
        let (year, month, day) = date(ofDay: days)
        var text: [UInt8] = []
        text.reserveCapacity(textLength)
        append(year, digits: 4, "-", to: &text)
        append(month, digits: 2, "-", to: &text)
        append(day, digits: 2, "T", to: &text)
        append(secondOfDay / 3_600, digits: 2, ":", to: &text)
        append(secondOfDay / 60 % 60, digits: 2, ":", to: &text)
        append(secondOfDay % 60, digits: 2, ".", to: &text)
        append(fraction, digits: 9, "Z", to: &text)
        return text
    }

    /// Nanoseconds since 1970 of such a text, or `nil` when it is none: other zones than Z and more
    /// or fewer than nine digits are none.
    static func nanoseconds(of text: ArraySlice<UInt8>) -> Int64? {
        guard text.count == textLength, text.last == UInt8(ascii: "Z") else { return nil }
        func number(_ start: Int, _ count: Int, before mark: Unicode.Scalar) -> Int64? {
            let from = text.startIndex + start
            guard text[from + count] == UInt8(ascii: mark) else { return nil }
            var value: Int64 = 0
            for byte in text[from..<from + count] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard let year = number(0, 4, before: "-"), let month = number(5, 2, before: "-"),
            let day = number(8, 2, before: "T"), let hour = number(11, 2, before: ":"),
            let minute = number(14, 2, before: ":"), let second = number(17, 2, before: "."),
            let fraction = number(20, 9, before: "Z"), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let seconds =
            self.day(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60
            + second
        let scaled = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let sum = scaled.partialValue.addingReportingOverflow(fraction)
        return scaled.overflow || sum.overflow ? nil : sum.partialValue
    }

    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divide(day + daysBeforeEpoch, by: daysPerEra)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }

    private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = divide(month <= 2 ? year - 1 : year, by: 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * daysPerEra + dayOfEra - daysBeforeEpoch
    }

    /// Division that rounds down, so that times before 1970 come out right.
    private static func divide(_ value: Int64, by unit: Int64) -> (Int64, Int64) {
        let remainder = value % unit
        return remainder < 0 ? (value / unit - 1, remainder + unit) : (value / unit, remainder)
    }

    private static func append(
        _ value: Int64,
        digits: Int,
        _ mark: Unicode.Scalar,
        to text: inout [UInt8]
    ) {
        var rest = value
        let start = text.count
        for _ in 0..<digits {
            text.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        }
        text[start...].reverse()
        text.append(UInt8(ascii: mark))
    }
}
