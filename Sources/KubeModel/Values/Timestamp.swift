/// A point in time, to the nanosecond.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Since 1970-01-01T00:00:00Z, leap seconds not counted; reaches from 1678 to 2262.
    public var nanosecondsSinceEpoch: Int64

    /// A point so many nanoseconds after 1970.
    public init(nanosecondsSinceEpoch: Int64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    /// The first moment that a clock can be believed at: 2020-01-01T00:00:00Z.
    ///
    /// A gateway without a battery-backed clock starts in 1970 until it has found a time server.
    public static let believableMin = Timestamp(nanosecondsSinceEpoch: 1_577_836_800_000_000_000)

    /// Earlier before later.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}

extension Timestamp {
    /// Reads RFC 3339: `2026-01-31T23:59:59Z`, with a fraction, with an offset.
    ///
    /// Nil for anything else, for days that do not exist and for years that do not fit. Digits of the
    /// fraction after the ninth are dropped; a leap second counts as the second after.
    public init?(rfc3339 text: String) {
        var fields = TimestampFields(Array(text.utf8))
        guard let seconds = fields.secondsSinceEpoch(), let fraction = fields.fraction(),
            let offset = fields.offsetSeconds(), fields.isAtEnd
        else { return nil }
        let (scaled, overflow) = (seconds - offset).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(fraction)
        guard !overflow, !carry else { return nil }
        nanosecondsSinceEpoch = sum
    }

    /// The whole second, as Kubernetes writes most times: `2026-01-31T23:59:59Z`.
    public var rfc3339: String { text(fraction: "") }

    /// The time with all nine digits of its fraction, as logs have it.
    public var rfc3339Nanoseconds: String {
        let (_, nanoseconds) = divided()
        return text(fraction: "." + Self.padded(nanoseconds, 9))
    }

    /// The time with six digits of its fraction, as Kubernetes' MicroTime has it.
    public var rfc3339Microseconds: String {
        let (_, nanoseconds) = divided()
        return text(fraction: "." + Self.padded(nanoseconds / 1000, 6))
    }

    /// Whole seconds since 1970, rounded down, and the nanoseconds after them.
    private func divided() -> (seconds: Int64, nanoseconds: Int64) {
        let (quotient, remainder) = nanosecondsSinceEpoch.quotientAndRemainder(
            dividingBy: 1_000_000_000
        )
        return remainder < 0 ? (quotient - 1, remainder + 1_000_000_000) : (quotient, remainder)
    }

    private func text(fraction: String) -> String {
        let (seconds, _) = divided()
        let secondOfDay = ((seconds % 86_400) + 86_400) % 86_400
        let day = (seconds - secondOfDay) / 86_400
        let date = CivilDate(daysSinceEpoch: day)
        let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60]
            .map { Self.padded($0, 2) }
            .joined(separator: ":")
        return "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-"
            + "\(Self.padded(date.day, 2))T\(time)\(fraction)Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// A day of the Gregorian calendar, extended to all years.
struct CivilDate: Equatable {
    var year: Int64
    var month: Int64
    var day: Int64
}

extension CivilDate {
    // Years are counted from March, so that the leap day comes last, in eras of 400 years, each of
    // 146,097 days. 719,468 is the number of days from 0000-03-01 to 1970-01-01.

    /// The date so many days after 1970-01-01.
    init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01 to this date.
    var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Whether there is such a day.
    var exists: Bool {
        (1...12).contains(month) && day >= 1 && CivilDate(daysSinceEpoch: daysSinceEpoch) == self
    }
}

/// Takes the parts of an RFC 3339 time from its bytes, front to back.
private struct TimestampFields {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func secondsSinceEpoch() -> Int64? {
        guard let year = number(4), take("-"), let month = number(2), take("-"),
            let day = number(2), take("T") || take("t") || take(" "),
            let hour = number(2), take(":"), let minute = number(2), take(":"),
            let second = number(2)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        guard date.exists, hour < 24, minute < 60, second <= 60 else { return nil }
        return date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Nanoseconds after the point; 0 where there is none.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var nanoseconds: Int64 = 0
        var digitCount = 0
        while let digit = digit() {
            if digitCount < 9 { nanoseconds = nanoseconds * 10 + digit }
            digitCount += 1
        }
        guard digitCount > 0 else { return nil }
        for _ in digitCount..<max(9, digitCount) { nanoseconds *= 10 }
        return nanoseconds
    }

    mutating func offsetSeconds() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+"), let hour = number(2), take(":"), let minute = number(2),
            hour < 24, minute < 60
        else { return nil }
        let seconds = hour * 3600 + minute * 60
        return isNegative ? -seconds : seconds
    }

    private mutating func number(_ width: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private mutating func digit() -> Int64? {
        guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
        position += 1
        return Int64(bytes[position - 1]) - 0x30
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else {
            return false
        }
        position += 1
        return true
    }
}
