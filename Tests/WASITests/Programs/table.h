// For programs that are tables: each row prints `ok FUNCTION: what` or `FAILED FUNCTION: what: got X,
// want Y`, and the exit code is the number of the failed ones.
#pragma once
#include "check.h"

#define E(name) __WASI_ERRNO_##name
// A row: the function, what is tried, the call, the error number that it must give.
#define ROW(function, what, call, wanted) do { \
    int got_ = (int)(call), wanted_ = (int)(wanted); \
    if (got_ == wanted_) printf("ok %s: %s\n", function, what); \
    else { printf("FAILED %s: %s: got %d, want %d\n", function, what, got_, wanted_); failures++; } \
} while (0)

#define RAW(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))
#define NOWHERE 99
#define BEYOND ((void *)0xFFFFFFF0)

static inline int ended(void) { return failures > 100 ? 100 : failures; }

// A descriptor for `path` with these rights and no others.
static inline __wasi_fd_t with_rights(const char *path, __wasi_rights_t rights) {
    __wasi_fd_t fd = NOWHERE;
    return __wasi_path_open(ROOT, 0, path, 0, rights, 0, 0, &fd) == 0 ? fd : NOWHERE;
}
