internal import CSeccomp
internal import Glibc
public import Host

// This file is a fence: libseccomp's context is a pointer, and it takes C strings.

/// A machine whose calls are filtered.
public enum Architecture: Sendable, CaseIterable {
    /// 64-bit ARM.
    case aarch64
    /// 64-bit Intel and AMD.
    case x86_64

    /// The one that this program was built for; nil where there is no filter yet.
    public static var own: Architecture? {
        #if arch(arm64)
        .aarch64
        #elseif arch(x86_64)
        .x86_64
        #else
        nil
        #endif
    }

    // Source: linux/audit.h: AUDIT_ARCH_AARCH64, AUDIT_ARCH_X86_64.
    var token: UInt32 {
        switch self {
        case .aarch64: 0xC000_00B7
        case .x86_64: 0xC000_003E
        }
    }
}

/// Why there is no filter.
public enum SeccompError: Error, Equatable, Sendable {
    /// libseccomp refused a step, or had no memory.
    case library(step: String, errno: Int32)
    /// The finished program could not be handed over.
    case host(HostError)
}

extension SeccompError: CustomStringConvertible {
    /// The step, and the system's number.
    public var description: String {
        switch self {
        case .library(let step, let errno): "libseccomp: \(step): error \(errno)"
        case .host(let error): "\(error)"
        }
    }
}

extension SystemCallFilter {
    // Source: linux/seccomp.h.
    private static let killProcess: UInt32 = 0x8000_0000
    private static let allow: UInt32 = 0x7FFF_0000
    private static let fail: UInt32 = 0x0005_0000
    private static let programBytesMax = 4_096 * 8

    /// The filter as BPF, in a sealed file in memory that any number of processes may be given.
    ///
    /// - Parameter architecture: The machine that it is for.
    /// - Returns: The file.
    /// - Throws: ``SeccompError``.
    public func sealed(for architecture: Architecture) throws(SeccompError) -> OwnedDescriptor {
        let program = try program(for: architecture)
        do throws(HostError) {
            return try OwnedDescriptor.sealed(program, name: "swiftlet system-call filter")
        } catch {
            throw .host(error)
        }
    }

    /// The filter as BPF: instructions of 8 bytes.
    public func program(for architecture: Architecture) throws(SeccompError) -> [UInt8] {
        // Safety: the context is ours from here until it is released; nobody else keeps it.
        let other = otherErrno.map { Self.fail | UInt32($0) } ?? Self.killProcess
        guard let context = unsafe seccomp_init(other) else {
            throw .library(step: "seccomp_init", errno: ENOMEM)
        }
        defer { unsafe seccomp_release(context) }
        if architecture != Architecture.own {
            try Self.check(unsafe seccomp_arch_add(context, architecture.token), "seccomp_arch_add")
            let native = seccomp_arch_native()
            try Self.check(unsafe seccomp_arch_remove(context, native), "seccomp_arch_remove")
        }
        // Calls in another architecture's form end the process too, and the search is a tree, so that
        // the last call of the list costs as much as the first.
        try Self.check(
            unsafe seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, Self.killProcess),
            "SCMP_FLTATR_ACT_BADARCH"
        )
        try Self.check(
            unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2),
            "SCMP_FLTATR_CTL_OPTIMIZE"
        )
        for rule in allowed { try unsafe Self.add(rule, Self.allow, to: context, architecture) }
        for item in refused {
            let action = Self.fail | UInt32(item.errno)
            try unsafe Self.add(item.rule, action, to: context, architecture)
        }
        return try unsafe Self.export(context)
    }

    @unsafe private static func add(
        _ rule: Rule,
        _ action: UInt32,
        to context: scmp_filter_ctx,
        _ architecture: Architecture
    ) throws(SeccompError) {
        // Negative: this architecture does not have it.
        let there = unsafe seccomp_syscall_resolve_name_arch(architecture.token, rule.name)
        guard there >= 0 else { return }
        // Rules are given in this machine's numbers; the library finds those of the other.
        let number = unsafe seccomp_syscall_resolve_name(rule.name)
        let conditions = rule.conditions.map { condition in
            scmp_arg_cmp(
                arg: condition.argument,
                op: SCMP_CMP_MASKED_EQ,
                datum_a: condition.mask,
                datum_b: condition.value
            )
        }
        let result = unsafe conditions.withUnsafeBufferPointer { buffer in
            unsafe seccomp_rule_add_array(
                context,
                action,
                number,
                UInt32(buffer.count),
                buffer.baseAddress
            )
        }
        try check(result, rule.name)
    }

    @unsafe private static func export(
        _ context: scmp_filter_ctx
    ) throws(SeccompError) -> [UInt8] {
        do throws(HostError) {
            let file = try OwnedDescriptor.holding([], name: "BPF")
            let result = withExtendedLifetime(file) {
                unsafe seccomp_export_bpf(context, file.number)
            }
            guard result == 0 else {
                throw HostError.system(call: "seccomp_export_bpf", path: "BPF", errno: -result)
            }
            // By its name, so that reading starts at the beginning.
            let name = "/proc/self/fd/\(file.number)"
            defer { withExtendedLifetime(file) {} }
            return try FileBytes.read(name, byteCountMax: programBytesMax)
        } catch {
            throw .host(error)
        }
    }

    private static func check(_ result: Int32, _ step: String) throws(SeccompError) {
        guard result == 0 else { throw .library(step: step, errno: -result) }
    }
}
