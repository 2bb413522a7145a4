#pragma once
// The calls by which a process gives up rights. Header-only, as CLinux.h is, which includes it.
//
// Numbers and layouts are written out where the headers of Debian 12's kernel (6.1) do not have
// them yet. Source: include/uapi/linux/{landlock,capability,seccomp,prctl}.h of Linux 6.12.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// landlock_create_ruleset(2) asked for its version: 1 and more, or -1 where there is none.
static inline int swiftlet_landlock_version(void) {
    return (int)syscall(444, (void *)0, (size_t)0, 1U /* LANDLOCK_CREATE_RULESET_VERSION */);
}

// landlock_create_ruleset(2); older kernels know the first `size` bytes of the attributes only.
static inline int swiftlet_landlock_create(
    uint64_t files, uint64_t ports, uint64_t scopes, unsigned long size
) {
    struct { uint64_t files, ports, scopes; } attributes = {files, ports, scopes};
    return (int)syscall(444, &attributes, size, 0U);
}

// landlock_add_rule(2), LANDLOCK_RULE_PATH_BENEATH.
static inline int swiftlet_landlock_add_path(int ruleset, uint64_t access, int descriptor) {
    struct __attribute__((packed)) { uint64_t access; int32_t descriptor; } rule = {
        access, descriptor
    };
    return (int)syscall(445, ruleset, 1, &rule, 0U);
}

// landlock_add_rule(2), LANDLOCK_RULE_NET_PORT.
static inline int swiftlet_landlock_add_port(int ruleset, uint64_t access, uint64_t port) {
    struct { uint64_t access, port; } rule = {access, port};
    return (int)syscall(445, ruleset, 2, &rule, 0U);
}

// landlock_restrict_self(2).
static inline int swiftlet_landlock_restrict(int ruleset) {
    return (int)syscall(446, ruleset, 0U);
}

// prctl(2), PR_SET_NO_NEW_PRIVS.
static inline int swiftlet_forbid_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
}

// prctl(2), PR_SET_DUMPABLE: no core, and nobody of the same user looks into our memory.
static inline int swiftlet_forbid_dump(void) { return prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL); }

// prctl(2), PR_CAPBSET_DROP of every capability that this kernel has and we may still get.
// Why asked first: a drop copies all credentials even when there is nothing to drop, and under the unit there seldom is.
static inline int swiftlet_drop_bounding_set(void) {
    for (unsigned long capability = 0; capability < 64; capability++) {
        int there = prctl(PR_CAPBSET_READ, capability, 0UL, 0UL, 0UL);
        if (there < 0) return errno == EINVAL && capability > 0 ? 0 : -1;
        if (there != 0 && prctl(PR_CAPBSET_DROP, capability, 0UL, 0UL, 0UL) != 0) return -1;
    }
    return 0;
}

// capset(2): no effective, permitted or inheritable capability, and with them no ambient one.
static inline int swiftlet_drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &header, none);
}

// capget(2): the effective capabilities as bits.
static inline uint64_t swiftlet_effective_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capget, &header, data) != 0) return 0;
    return (uint64_t)data[1].effective << 32 | data[0].effective;
}

// Declared by the C library only for those who define _GNU_SOURCE.
extern int setresgid(gid_t, gid_t, gid_t);
extern int setresuid(uid_t, uid_t, uid_t);

// setgroups(2), setresgid(2), setresuid(2): real, effective and saved, in the order that works.
static inline int swiftlet_become(
    uint32_t user, uint32_t group, const uint32_t *groups, unsigned long count
) {
    if (setgroups(count, groups) != 0) return -1;
    if (setresgid(group, group, group) != 0) return -1;
    return setresuid(user, user, user);
}

// setrlimit(2), soft and hard.
static inline int swiftlet_set_limit(int resource, uint64_t value) {
    struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
    return setrlimit((__rlimit_resource_t)resource, &limit);
}

// getrlimit(2): the hard limit.
static inline uint64_t swiftlet_hard_limit(int resource) {
    struct rlimit limit = {0, 0};
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) return 0;
    return limit.rlim_max;
}

// seccomp(2), SECCOMP_SET_MODE_FILTER, with a program of whole instructions.
static inline int swiftlet_filter_calls(const void *program, unsigned long byteCount) {
    struct sock_fprog filter = {
        .len = (unsigned short)(byteCount / sizeof(struct sock_filter)),
        .filter = (struct sock_filter *)program,
    };
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &filter);
}

// seccomp(2), SECCOMP_GET_ACTION_AVAIL: 1 when the kernel can kill a whole process.
static inline int swiftlet_can_filter_calls(void) {
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0U, &action) == 0;
}

// memfd_create(2) with room for seals.
static inline int swiftlet_sealable_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 3U /* MFD_CLOEXEC | MFD_ALLOW_SEALING */);
}

// fcntl(2), F_ADD_SEALS: nobody changes what is in the file, and nobody takes the seals off.
static inline int swiftlet_seal(int descriptor) {
    return fcntl(descriptor, 1033 /* F_ADD_SEALS */, 0xF /* SEAL | SHRINK | GROW | WRITE */);
}

// fcntl(2), F_GET_SEALS: 1 when all of them are on.
static inline int swiftlet_is_sealed(int descriptor) {
    return (fcntl(descriptor, 1034 /* F_GET_SEALS */) & 0xF) == 0xF;
}

// open(2), O_PATH: a name for a place, whoever may read it.
static inline int swiftlet_open_place(const char *path) {
    return open(path, 010000000 /* O_PATH */ | O_CLOEXEC);
}
