// What the test programs share: each check that fails prints one line, and the exit code is their
// number. The calls are the raw ones, so that no libc mends what we answer.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

static int failures = 0;

#define CHECK(call, wanted) do { \
    int got_ = (int)(call); \
    int wanted_ = (int)(wanted); \
    if (got_ != wanted_) { \
        printf("%s:%d: %s is %d, not %d\n", __FILE_NAME__, __LINE__, #call, got_, wanted_); \
        failures++; \
    } \
} while (0)
#define OK(call) CHECK(call, __WASI_ERRNO_SUCCESS)
#define THAT(condition) CHECK(!!(condition), 1)

#define ALL (~(__wasi_rights_t)0)
#define ROOT 3
#define READ __WASI_RIGHTS_FD_READ
#define WRITE __WASI_RIGHTS_FD_WRITE

static inline __wasi_errno_t open_at(
    __wasi_fd_t folder, const char *path, int flags, __wasi_rights_t rights, __wasi_fd_t *fd
) {
    *fd = (__wasi_fd_t)-1;
    return __wasi_path_open(folder, 1, path, (__wasi_oflags_t)flags, rights, ALL, 0, fd);
}

static inline __wasi_errno_t make_file(const char *path) {
    __wasi_fd_t fd;
    __wasi_errno_t error = open_at(ROOT, path, __WASI_OFLAGS_CREAT, ALL, &fd);
    return error ? error : __wasi_fd_close(fd);
}

static inline __wasi_errno_t write_text(__wasi_fd_t fd, const char *text, __wasi_size_t *count) {
    __wasi_ciovec_t vector = {(const uint8_t *)text, strlen(text)};
    return __wasi_fd_write(fd, &vector, 1, count);
}

static inline __wasi_errno_t read_text(__wasi_fd_t fd, char *text, size_t room) {
    __wasi_iovec_t vector = {(uint8_t *)text, room - 1};
    __wasi_size_t count = 0;
    __wasi_errno_t error = __wasi_fd_read(fd, &vector, 1, &count);
    text[count] = 0;
    return error;
}

static inline int finish(void) {
    if (failures == 0) printf("ok\n");
    return failures > 100 ? 100 : failures;
}
