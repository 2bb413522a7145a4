/// What the operators on vectors that programs use most must become: one instruction for all lanes, not a
/// loop over them.
struct VectorInstruction {
    var handler: String
    /// The mnemonic on x86-64 without extensions, and on AArch64.
    var native: String
    var arm: String

    static let hottest: [VectorInstruction] = [
        .init(handler: "v128_and", native: "andps", arm: "and"),
        .init(handler: "v128_xor", native: "xorps", arm: "eor"),
        .init(handler: "v128_bitselect", native: "andnps", arm: "bif"),
        .init(handler: "i8x16_add", native: "paddb", arm: "add"),
        .init(handler: "i8x16_eq", native: "pcmpeqb", arm: "cmeq"),
        .init(handler: "i8x16_min_u", native: "pminub", arm: "umin"),
        .init(handler: "i8x16_avgr_u", native: "pavgb", arm: "urhadd"),
        .init(handler: "i8x16_narrow_i16x8_s", native: "packsswb", arm: "uzp1"),
        .init(handler: "i16x8_mul", native: "pmullw", arm: "mul"),
        .init(handler: "i16x8_max_s", native: "pmaxsw", arm: "smax"),
        .init(handler: "i16x8_add_sat_s", native: "paddsw", arm: "sqadd"),
        .init(handler: "i16x8_extend_low_i8x16_u", native: "punpcklbw", arm: "ushll"),
        .init(handler: "i16x8_extmul_low_i8x16_s", native: "pmullw", arm: "smull"),
        .init(handler: "i32x4_add", native: "paddd", arm: "add"),
        .init(handler: "i32x4_gt_s", native: "pcmpgtd", arm: "cmgt"),
        .init(handler: "i32x4_shl", native: "pslld", arm: "ushl"),
        .init(handler: "i32x4_splat", native: "pshufd", arm: "ld1r"),
        .init(handler: "i32x4_dot_i16x8_s", native: "pmaddwd", arm: "smlal"),
        .init(handler: "f32x4_mul", native: "mulps", arm: "fmul"),
        .init(handler: "f32x4_div", native: "divps", arm: "fdiv"),
        .init(handler: "f32x4_sqrt", native: "sqrtps", arm: "fsqrt"),
        .init(handler: "f32x4_convert_i32x4_s", native: "cvtdq2ps", arm: "scvtf"),
        .init(handler: "f64x2_add", native: "addpd", arm: "fadd"),
    ]

    /// The handlers whose code in `bodies` lacks the instruction.
    static func missing(
        in bodies: [String: [Substring]],
        _ mnemonic: KeyPath<VectorInstruction, String>
    ) -> [String] {
        hottest.filter { wanted in
            !(bodies[wanted.handler] ?? []).contains { line in
                line.prefix { $0 != " " && $0 != "\t" } == wanted[keyPath: mnemonic]
            }
        }.map { "\($0.handler) without \($0[keyPath: mnemonic])" }
    }
}
