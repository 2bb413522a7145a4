/// How long a server wants to be left alone.
enum RetryAfter {
    /// Seconds from an answer on: `Retry-After` as a number or as a date.
    ///
    /// A date is compared with the server's own `Date`, because our clock may say 1970; without that
    /// header it says nothing. Source: RFC 9110, section 10.2.3.
    static func seconds(_ reply: Reply) -> Int64? {
        guard let text = reply.header("retry-after") else { return nil }
        if let seconds = Int64(text) { return max(0, seconds) }
        guard let then = HTTPDate.seconds(text),
            let now = reply.header("date").flatMap(HTTPDate.seconds)
        else { return nil }
        return max(0, then - now)
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form of a date that servers may send.
///
/// Source: RFC 9110, section 5.6.7.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970, or `nil` when it is no such date.
    static func seconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]),
            (1...31).contains(day), let month = months.firstIndex(of: String(words[2])),
            let year = Int64(words[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        // Years that begin in March, so that the leap day is the last of its year.
        let shifted = Int64(month + 10) % 12
        let years = month < 2 ? year - 1 : year
        let days =
            365 * years + years / 4 - years / 100 + years / 400 + (153 * shifted + 2) / 5 + day - 1
        return (days - 719_468) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }
}
