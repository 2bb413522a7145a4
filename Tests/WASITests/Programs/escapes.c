// Tries to leave its folder in every way that names and links allow. The host has put beside the
// folder a file `secret`, and into it: `out` -> .., `absolute` -> /etc, `deep/up` -> ../../,
// `proc` -> /proc/self/root, `chain` -> out/secret.
#include "check.h"

static const char *const paths[] = {
    "..", "../", "../secret", "/", "/etc/passwd", "//etc/passwd", "./../secret", "deep/../../secret",
    "deep/../../../../../../etc/passwd", "out", "out/secret", "out/.", "absolute", "absolute/passwd",
    "deep/up/secret", "deep/up", "proc", "proc/etc/passwd", "chain", "deep/../out/secret",
    "out/../out/secret", "./out/inside/../secret",
};

int main(void) {
    char text[16];
    __wasi_size_t count;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        const char *path = paths[i];
        __wasi_fd_t fd;
        __wasi_filestat_t facts;
        if (__wasi_path_open(ROOT, 1, path, 0, READ, 0, 0, &fd) == 0
            || __wasi_path_open(ROOT, 1, path, __WASI_OFLAGS_DIRECTORY, READ, 0, 0, &fd) == 0
            || __wasi_path_open(ROOT, 1, path, __WASI_OFLAGS_CREAT, READ | WRITE, 0, 0, &fd) == 0
            || __wasi_path_open(ROOT, 1, path, __WASI_OFLAGS_TRUNC, WRITE, 0, 0, &fd) == 0
            || __wasi_path_filestat_get(ROOT, 1, path, &facts) == 0
            || __wasi_path_filestat_set_times(ROOT, 1, path, 1, 1, 5) == 0) {
            printf("%s leads out\n", path);
            failures++;
        }
    }
    // Links themselves may be looked at and removed, but nothing behind them.
    static const char *const behind[] = {
        "out/secret", "deep/up/secret", "out/new", "../new", "/new", "absolute/new", "proc/tmp/new",
    };
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        const char *path = behind[i];
        if (__wasi_path_unlink_file(ROOT, path) == 0
            || __wasi_path_remove_directory(ROOT, path) == 0
            || __wasi_path_create_directory(ROOT, path) == 0
            || __wasi_path_symlink("x", ROOT, path) == 0
            || __wasi_path_readlink(ROOT, path, (uint8_t *)text, sizeof text, &count) == 0
            || __wasi_path_link(ROOT, 0, path, ROOT, "stolen") == 0
            || __wasi_path_link(ROOT, 0, "inside", ROOT, path) == 0
            || __wasi_path_rename(ROOT, path, ROOT, "stolen") == 0
            || __wasi_path_rename(ROOT, "inside", ROOT, path) == 0) {
            printf("something was done behind %s\n", path);
            failures++;
        }
    }
    CHECK(__wasi_path_symlink("/etc/passwd", ROOT, "mine"), __WASI_ERRNO_NOTCAPABLE);
    CHECK(open_at(ROOT, "../secret", 0, READ, &(__wasi_fd_t){0}), __WASI_ERRNO_NOTCAPABLE);
    CHECK(open_at(ROOT, "absolute/passwd", 0, READ, &(__wasi_fd_t){0}), __WASI_ERRNO_NOTCAPABLE);
    // A folder that is opened keeps the line where it was opened.
    __wasi_fd_t deep, fd;
    OK(open_at(ROOT, "deep", __WASI_OFLAGS_DIRECTORY, ALL & ~WRITE & ~__WASI_RIGHTS_FD_ALLOCATE
        & ~__WASI_RIGHTS_FD_FILESTAT_SET_SIZE, &deep));
    CHECK(open_at(deep, "../inside", 0, READ, &fd), __WASI_ERRNO_NOTCAPABLE);
    OK(open_at(ROOT, "inside", 0, READ, &fd));
    return finish();
}
