// Operators on vectors of floats that Swift has no single expression for.
//
// Source: WebAssembly 3.0, §4.3.3 (floating-point operations).

/// The lesser of each two lanes; -0 is less than 0, a NaN wins.
@inline(__always)
func minimum(_ x: F32x4, _ y: F32x4) -> F32x4 {
    let sum = x + y
    let equal = cast(cast(x, U32x4.self) | cast(y, U32x4.self), F32x4.self)
    return sum.replacing(with: x, where: x .< y).replacing(with: y, where: y .< x)
        .replacing(with: equal, where: x .== y)
}
@inline(__always)
func minimum(_ x: F64x2, _ y: F64x2) -> F64x2 {
    let sum = x + y
    let equal = cast(cast(x, U64x2.self) | cast(y, U64x2.self), F64x2.self)
    return sum.replacing(with: x, where: x .< y).replacing(with: y, where: y .< x)
        .replacing(with: equal, where: x .== y)
}

/// The greater of each two lanes; 0 is greater than -0, a NaN wins.
@inline(__always)
func maximum(_ x: F32x4, _ y: F32x4) -> F32x4 {
    let sum = x + y
    let equal = cast(cast(x, U32x4.self) & cast(y, U32x4.self), F32x4.self)
    return sum.replacing(with: y, where: x .< y).replacing(with: x, where: y .< x)
        .replacing(with: equal, where: x .== y)
}
@inline(__always)
func maximum(_ x: F64x2, _ y: F64x2) -> F64x2 {
    let sum = x + y
    let equal = cast(cast(x, U64x2.self) & cast(y, U64x2.self), F64x2.self)
    return sum.replacing(with: y, where: x .< y).replacing(with: x, where: y .< x)
        .replacing(with: equal, where: x .== y)
}

/// `y` where it is less than `x`, else `x`.
@inline(__always)
func pseudoMinimum<T: SIMD>(_ x: T, _ y: T) -> T where T.Scalar: Comparable {
    x.replacing(with: y, where: y .< x)
}

/// `y` where `x` is less than it, else `x`.
@inline(__always)
func pseudoMaximum<T: SIMD>(_ x: T, _ y: T) -> T where T.Scalar: Comparable {
    x.replacing(with: y, where: x .< y)
}

/// The nearest integers towards zero that there are, and two zeros; 0 for NaN.
@inline(__always)
func truncateSigned(_ x: F64x2) -> I32x4 {
    I32x4(truncateSigned(x[0]), truncateSigned(x[1]), 0, 0)
}
@inline(__always)
func truncateUnsigned(_ x: F64x2) -> U32x4 {
    U32x4(truncateUnsigned(x[0]), truncateUnsigned(x[1]), 0, 0)
}

#if arch(x86_64)
// Rounding, as in `NumericSupport`: the x86-64 we build for has no instruction for it.

@inline(__always)
private func copySign(_ x: F32x4, _ y: F32x4) -> F32x4 {
    let sign = U32x4(repeating: 1 << 31)
    return cast(cast(x, U32x4.self) & ~sign | cast(y, U32x4.self) & sign, F32x4.self)
}
@inline(__always)
private func copySign(_ x: F64x2, _ y: F64x2) -> F64x2 {
    let sign = U64x2(repeating: 1 << 63)
    return cast(cast(x, U64x2.self) & ~sign | cast(y, U64x2.self) & sign, F64x2.self)
}

/// `whole` with the sign of `x` where `x` is small enough to have digits behind the point; else `x`,
/// a NaN made quiet.
@inline(__always)
private func settled(_ whole: F32x4, _ x: F32x4) -> F32x4 {
    let size = copySign(x, F32x4())
    return x.replacing(with: x + x, where: x .!= x)
        .replacing(with: copySign(whole, x), where: size .< Float.wholeFrom)
}
@inline(__always)
private func settled(_ whole: F64x2, _ x: F64x2) -> F64x2 {
    let size = copySign(x, F64x2())
    return x.replacing(with: x + x, where: x .!= x)
        .replacing(with: copySign(whole, x), where: size .< Double.wholeFrom)
}

@inline(__always)
private func nearest(_ x: F32x4) -> F32x4 {
    let push = copySign(F32x4(repeating: Float.wholeFrom), x)
    return (x + push) - push
}
@inline(__always)
private func nearest(_ x: F64x2) -> F64x2 {
    let push = copySign(F64x2(repeating: Double.wholeFrom), x)
    return (x + push) - push
}

/// Rounded to the nearest whole number, a tie to the even one.
@inline(__always)
func roundToEven(_ x: F32x4) -> F32x4 {
    settled(nearest(x), x)
}
@inline(__always)
func roundToEven(_ x: F64x2) -> F64x2 {
    settled(nearest(x), x)
}

/// Rounded to the next whole number below.
@inline(__always)
func roundDown(_ x: F32x4) -> F32x4 {
    let whole = nearest(x)
    return settled(whole.replacing(with: whole - 1, where: whole .> x), x)
}
@inline(__always)
func roundDown(_ x: F64x2) -> F64x2 {
    let whole = nearest(x)
    return settled(whole.replacing(with: whole - 1, where: whole .> x), x)
}

/// Rounded to the next whole number above.
@inline(__always)
func roundUp(_ x: F32x4) -> F32x4 {
    let whole = nearest(x)
    return settled(whole.replacing(with: whole + 1, where: whole .< x), x)
}
@inline(__always)
func roundUp(_ x: F64x2) -> F64x2 {
    let whole = nearest(x)
    return settled(whole.replacing(with: whole + 1, where: whole .< x), x)
}

/// Rounded to the next whole number towards zero.
@inline(__always)
func roundToZero(_ x: F32x4) -> F32x4 {
    let size = copySign(x, F32x4())
    let whole = nearest(size)
    return settled(whole.replacing(with: whole - 1, where: whole .> size), x)
}
@inline(__always)
func roundToZero(_ x: F64x2) -> F64x2 {
    let size = copySign(x, F64x2())
    let whole = nearest(size)
    return settled(whole.replacing(with: whole - 1, where: whole .> size), x)
}
#endif
