// This file is a fence: the compiler's own names for operations on vectors that Swift cannot spell.
//
// LLVM knows a function whose name begins with `llvm.` and puts its instructions in place of the
// call; no such symbol is ever linked. Only those without a machine in their name will do: the others
// need an attribute that Swift does not write.
//
// Source: LLVM Language Reference, "Intrinsic Functions".

// Safety: values in, a value out; each declaration has the types of the intrinsic it names.

@_silgen_name("llvm.sadd.sat.v16i8")
func addSaturating(_ x: I8x16, _ y: I8x16) -> I8x16
@_silgen_name("llvm.uadd.sat.v16i8")
func addSaturating(_ x: U8x16, _ y: U8x16) -> U8x16
@_silgen_name("llvm.sadd.sat.v8i16")
func addSaturating(_ x: I16x8, _ y: I16x8) -> I16x8
@_silgen_name("llvm.uadd.sat.v8i16")
func addSaturating(_ x: U16x8, _ y: U16x8) -> U16x8
@_silgen_name("llvm.ssub.sat.v16i8")
func subtractSaturating(_ x: I8x16, _ y: I8x16) -> I8x16
@_silgen_name("llvm.usub.sat.v16i8")
func subtractSaturating(_ x: U8x16, _ y: U8x16) -> U8x16
@_silgen_name("llvm.ssub.sat.v8i16")
func subtractSaturating(_ x: I16x8, _ y: I16x8) -> I16x8
@_silgen_name("llvm.usub.sat.v8i16")
func subtractSaturating(_ x: U16x8, _ y: U16x8) -> U16x8

// The lesser and the greater of each two lanes.
@_silgen_name("llvm.smin.v16i8")
func lesser(_ x: I8x16, _ y: I8x16) -> I8x16
@_silgen_name("llvm.smax.v16i8")
func greater(_ x: I8x16, _ y: I8x16) -> I8x16
@_silgen_name("llvm.umin.v16i8")
func lesser(_ x: U8x16, _ y: U8x16) -> U8x16
@_silgen_name("llvm.umax.v16i8")
func greater(_ x: U8x16, _ y: U8x16) -> U8x16
@_silgen_name("llvm.smin.v8i16")
func lesser(_ x: I16x8, _ y: I16x8) -> I16x8
@_silgen_name("llvm.smax.v8i16")
func greater(_ x: I16x8, _ y: I16x8) -> I16x8
@_silgen_name("llvm.umin.v8i16")
func lesser(_ x: U16x8, _ y: U16x8) -> U16x8
@_silgen_name("llvm.umax.v8i16")
func greater(_ x: U16x8, _ y: U16x8) -> U16x8
@_silgen_name("llvm.smin.v4i32")
func lesser(_ x: I32x4, _ y: I32x4) -> I32x4
@_silgen_name("llvm.smax.v4i32")
func greater(_ x: I32x4, _ y: I32x4) -> I32x4
@_silgen_name("llvm.umin.v4i32")
func lesser(_ x: U32x4, _ y: U32x4) -> U32x4
@_silgen_name("llvm.umax.v4i32")
func greater(_ x: U32x4, _ y: U32x4) -> U32x4

@_silgen_name("llvm.ctpop.v16i8")
func populationCount(_ x: U8x16) -> U8x16

@_silgen_name("llvm.sqrt.v4f32")
func squareRoot(_ x: F32x4) -> F32x4
@_silgen_name("llvm.sqrt.v2f64")
func squareRoot(_ x: F64x2) -> F64x2

/// The nearest integers towards zero that there are; 0 for NaN.
@_silgen_name("llvm.fptosi.sat.i32.f64")
func truncateSigned(_ x: Double) -> Int32
@_silgen_name("llvm.fptoui.sat.i32.f64")
func truncateUnsigned(_ x: Double) -> UInt32

@_silgen_name("llvm.fptosi.sat.v4i32.v4f32")
func truncateSigned(_ x: F32x4) -> I32x4
@_silgen_name("llvm.fptoui.sat.v4i32.v4f32")
func truncateUnsigned(_ x: F32x4) -> U32x4

#if !arch(x86_64)
@_silgen_name("llvm.roundeven.v4f32")
func roundToEven(_ x: F32x4) -> F32x4
@_silgen_name("llvm.roundeven.v2f64")
func roundToEven(_ x: F64x2) -> F64x2
@_silgen_name("llvm.floor.v4f32")
func roundDown(_ x: F32x4) -> F32x4
@_silgen_name("llvm.floor.v2f64")
func roundDown(_ x: F64x2) -> F64x2
@_silgen_name("llvm.ceil.v4f32")
func roundUp(_ x: F32x4) -> F32x4
@_silgen_name("llvm.ceil.v2f64")
func roundUp(_ x: F64x2) -> F64x2
@_silgen_name("llvm.trunc.v4f32")
func roundToZero(_ x: F32x4) -> F32x4
@_silgen_name("llvm.trunc.v2f64")
func roundToZero(_ x: F64x2) -> F64x2
#endif
