#pragma once
// Linux calls and constants that the C library of Debian 12 or the importer does not offer to
// Swift. Header-only: inline functions that do nothing but make the call.
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// pidfd_open(2): a descriptor that becomes readable when the process ends.
static inline int swiftlet_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

// pidfd_send_signal(2): a signal that can never reach another process that reuses the number.
static inline int swiftlet_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0);
}

// openat2(2) with the given RESOLVE_ flags.
static inline int swiftlet_openat2(
    int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve
) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}
