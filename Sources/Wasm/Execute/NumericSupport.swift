// Operators that Swift has no single expression for.

/// The bits that are set.
///
/// Written out because the x86-64 we build for has no instruction for it, and the library's
/// version is a call.
@inline(__always)
func populationCount(_ x: UInt32) -> UInt32 {
    #if arch(x86_64)
    let pairs = x &- ((x &>> 1) & 0x5555_5555)
    let fours = (pairs & 0x3333_3333) &+ ((pairs &>> 2) & 0x3333_3333)
    return (((fours &+ (fours &>> 4)) & 0x0F0F_0F0F) &* 0x0101_0101) &>> 24
    #else
    return UInt32(truncatingIfNeeded: x.nonzeroBitCount)
    #endif
}

/// The bits that are set.
@inline(__always)
func populationCount(_ x: UInt64) -> UInt64 {
    #if arch(x86_64)
    let pairs = x &- ((x &>> 1) & 0x5555_5555_5555_5555)
    let fours = (pairs & 0x3333_3333_3333_3333) &+ ((pairs &>> 2) & 0x3333_3333_3333_3333)
    let eights = (fours &+ (fours &>> 4)) & 0x0F0F_0F0F_0F0F_0F0F
    return (eights &* 0x0101_0101_0101_0101) &>> 56
    #else
    return UInt64(truncatingIfNeeded: x.nonzeroBitCount)
    #endif
}

extension FixedWidthInteger {
    /// The quotient when the caller has looked at what would trap.
    @inline(__always)
    func quotient(by divisor: Self) -> Self {
        dividedReportingOverflow(by: divisor).partialValue
    }

    /// The remainder when the caller has looked at what would trap.
    @inline(__always)
    func remainderOf(by divisor: Self) -> Self {
        remainderReportingOverflow(dividingBy: divisor).partialValue
    }
}

/// A float whose bits the operators below can look at.
protocol GuestFloat: BinaryFloatingPoint {
    associatedtype RawBits: FixedWidthInteger
    var bitPattern: RawBits { get }
    init(bitPattern: RawBits)
    /// From this magnitude on every value is whole.
    static var wholeFrom: Self { get }
}

extension Float: GuestFloat {
    typealias RawBits = UInt32
    @inline(__always) static var wholeFrom: Float { 8_388_608 }
}

extension Double: GuestFloat {
    typealias RawBits = UInt64
    @inline(__always) static var wholeFrom: Double { 4_503_599_627_370_496 }
}

/// The lesser; -0 is less than 0, a NaN wins.
///
/// Source: WebAssembly 2.0, §4.3.3 (fmin).
@inline(__always)
func minimum<T: GuestFloat>(_ x: T, _ y: T) -> T {
    if x < y { return x }
    if y < x { return y }
    if x == y { return T(bitPattern: x.bitPattern | y.bitPattern) }
    return x + y
}

/// The greater; 0 is greater than -0, a NaN wins.
@inline(__always)
func maximum<T: GuestFloat>(_ x: T, _ y: T) -> T {
    if x > y { return x }
    if y > x { return y }
    if x == y { return T(bitPattern: x.bitPattern & y.bitPattern) }
    return x + y
}

/// `x` with the sign of `y`.
@inline(__always)
func copySign<T: GuestFloat>(_ x: T, _ y: T) -> T {
    let sign: T.RawBits = 1 << T.RawBits(T.RawBits.bitWidth - 1)
    return T(bitPattern: (x.bitPattern & ~sign) | (y.bitPattern & sign))
}

// The x86-64 we build for has no instruction that rounds: adding and taking away the number from
// which on all are whole does it, to the nearest; the rest is made of that. Large values,
// infinities and NaNs take the first way out; adding makes a NaN quiet.

@inline(__always)
private func nearest<T: GuestFloat>(_ x: T) -> T {
    let push = copySign(T.wholeFrom, x)
    return (x + push) - push
}

/// Rounded to the next whole number towards zero.
@inline(__always)
func roundToZero<T: GuestFloat>(_ x: T) -> T {
    #if arch(x86_64)
    let size = x.magnitude
    guard size < T.wholeFrom else { return x != x ? x + x : x }
    let whole = nearest(size)
    return copySign(whole > size ? whole - 1 : whole, x)
    #else
    return x.rounded(.towardZero)
    #endif
}

/// Rounded to the next whole number below.
@inline(__always)
func roundDown<T: GuestFloat>(_ x: T) -> T {
    #if arch(x86_64)
    guard x.magnitude < T.wholeFrom else { return x != x ? x + x : x }
    let whole = nearest(x)
    return copySign(whole > x ? whole - 1 : whole, x)
    #else
    return x.rounded(.down)
    #endif
}

/// Rounded to the next whole number above.
@inline(__always)
func roundUp<T: GuestFloat>(_ x: T) -> T {
    #if arch(x86_64)
    guard x.magnitude < T.wholeFrom else { return x != x ? x + x : x }
    let whole = nearest(x)
    return copySign(whole < x ? whole + 1 : whole, x)
    #else
    return x.rounded(.up)
    #endif
}

/// Rounded to the nearest whole number, a tie to the even one.
@inline(__always)
func roundToEven<T: GuestFloat>(_ x: T) -> T {
    #if arch(x86_64)
    guard x.magnitude < T.wholeFrom else { return x != x ? x + x : x }
    return copySign(nearest(x), x)
    #else
    return x.rounded(.toNearestOrEven)
    #endif
}

// The library's `squareRoot()` is a call as long as C's `errno` is in play; these are the instruction.

@_silgen_name("llvm.sqrt.f32")
private func intrinsicSquareRoot(_ x: Float) -> Float

@_silgen_name("llvm.sqrt.f64")
private func intrinsicSquareRoot(_ x: Double) -> Double

/// The square root.
@inline(__always)
func squareRoot(_ x: Float) -> Float { intrinsicSquareRoot(x) }

/// The square root.
@inline(__always)
func squareRoot(_ x: Double) -> Double { intrinsicSquareRoot(x) }
