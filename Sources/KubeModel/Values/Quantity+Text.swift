extension Quantity {
    /// Digits before and after the point that are read; more would not fit Int128 with its scale.
    private static let digitCountMax = 24

    /// Reads `[+-]digits[.digits][suffix]`.
    ///
    /// Nil for anything else and for amounts of 2^63 or more (which Kubernetes would cut in silence).
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isNegative = bytes.first == UInt8(ascii: "-")
        let isSigned = isNegative || bytes.first == UInt8(ascii: "+")
        var mantissa = Int128(0)
        var digitCount = 0
        var fractionDigitCount = 0
        var hasPoint = false
        var position = isSigned ? 1 : 0
        scan: while position < bytes.count {
            switch bytes[position] {
            case 0x30...0x39:
                // Why: zeros in front say nothing and cost no room.
                if mantissa > 0 || bytes[position] != 0x30 { digitCount += 1 }
                guard digitCount <= Self.digitCountMax, fractionDigitCount < Self.digitCountMax
                else { return nil }
                mantissa = mantissa * 10 + Int128(bytes[position] - 0x30)
                if hasPoint { fractionDigitCount += 1 }
            case UInt8(ascii: ".") where !hasPoint: hasPoint = true
            default: break scan
            }
            position += 1
        }
        let hasDigit = bytes[..<position].contains { (0x30...0x39).contains($0) }
        let suffix = String(decoding: bytes[position...], as: UTF8.self)
        guard hasDigit, let scale = Scale(suffix: suffix) else { return nil }
        guard let nano = scale.nano(of: mantissa, fractionDigitCount: fractionDigitCount),
            nano <= Int128(Int64.max) * 1_000_000_000
        else { return nil }
        self.init(nano: isNegative ? -nano : nano, format: scale.format)
    }

    /// The amount in Kubernetes' canonical form: no fraction, and the largest suffix that allows it.
    public var text: String {
        if nano == 0 { return "0" }
        if format == .binary, nano % 1_000_000_000 == 0, nano.magnitude >= 1024 * 1_000_000_000 {
            return binaryText
        }
        var value = nano
        var exponent = -9
        while exponent < 18, value % 1000 == 0 {
            value /= 1000
            exponent += 3
        }
        if format == .exponent { return exponent == 0 ? "\(value)" : "\(value)e\(exponent)" }
        return "\(value)\(Self.decimalSuffixes[exponent] ?? "")"
    }

    private var binaryText: String {
        var value = nano / 1_000_000_000
        var power = 0
        while power < Self.binarySuffixes.count - 1, value % 1024 == 0 {
            value /= 1024
            power += 1
        }
        return "\(value)\(Self.binarySuffixes[power])"
    }

    fileprivate static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
    fileprivate static let decimalSuffixes = [
        -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E",
    ]
}

/// What a suffix multiplies by.
private struct Scale {
    var factor: Int128 = 1
    /// The power of ten.
    var exponent = 0
    var format: Quantity.Format

    init?(suffix: String) {
        if let power = Quantity.binarySuffixes.firstIndex(of: suffix), power > 0 {
            factor = Int128(1) << (10 * power)
            format = .binary
        } else if let entry = Quantity.decimalSuffixes.first(where: { $0.value == suffix }) {
            exponent = entry.key
            format = .decimal
        } else if let first = suffix.utf8.first, "eE".utf8.contains(first),
            let power = Int(suffix.dropFirst()), (-30...18).contains(power)
        {
            exponent = power
            format = .exponent
        } else {
            return nil
        }
    }

    /// The amount in billionths, rounded away from zero; nil when it does not fit.
    func nano(of mantissa: Int128, fractionDigitCount: Int) -> Int128? {
        let (scaled, overflow) = mantissa.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        let power = 9 + exponent - fractionDigitCount
        guard power >= 0 else {
            // Why: 10^38 is the largest power that Int128 holds; what is smaller still rounds to one.
            guard power >= -38 else { return scaled == 0 ? 0 : 1 }
            return Quantity.dividedUp(scaled, by: Self.powerOfTen(-power))
        }
        guard power <= 38 else { return scaled == 0 ? 0 : nil }
        let (result, isTooLarge) = scaled.multipliedReportingOverflow(by: Self.powerOfTen(power))
        return isTooLarge ? nil : result
    }

    private static func powerOfTen(_ power: Int) -> Int128 {
        (0..<power).reduce(Int128(1)) { product, _ in product * 10 }
    }
}
