/// A number of bytes for people.
enum ByteText {
    private static let units = ["B", "KiB", "MiB", "GiB", "TiB"]

    /// With one digit after the point, in the largest unit of which there is at least one.
    static func text(_ byteCount: Int64) -> String {
        guard byteCount >= 1_024 else { return "\(max(0, byteCount)) B" }
        var unit = 1
        var whole = byteCount
        while whole >= 1_024 * 1_024, unit < units.count - 1 {
            whole /= 1_024
            unit += 1
        }
        let tenths = whole * 10 / 1_024
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
