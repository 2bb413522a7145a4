// Every function with addresses at and behind the end of memory: an error each time, never a trap.
#include "check.h"

#define FAULTS(call) CHECK(call, __WASI_ERRNO_FAULT)
#define AT(type, address) ((type *)(address))

static void try_address(uintptr_t bad) {
    __wasi_size_t count;
    __wasi_fd_t fd;
    uint8_t *bytes = AT(uint8_t, bad);
    char *text = AT(char, bad);
    FAULTS(__wasi_args_sizes_get(AT(__wasi_size_t, bad), &count));
    FAULTS(__wasi_args_sizes_get(&count, AT(__wasi_size_t, bad)));
    FAULTS(__wasi_args_get(AT(uint8_t *, bad), bytes));
    FAULTS(__wasi_environ_sizes_get(AT(__wasi_size_t, bad), &count));
    FAULTS(__wasi_environ_get(AT(uint8_t *, bad), bytes));
    FAULTS(__wasi_clock_time_get(0, 0, AT(__wasi_timestamp_t, bad)));
    FAULTS(__wasi_clock_res_get(0, AT(__wasi_timestamp_t, bad)));
    FAULTS(__wasi_random_get(bytes, 8));
    FAULTS(__wasi_random_get(bytes, UINT32_MAX));
    FAULTS(__wasi_fd_fdstat_get(1, AT(__wasi_fdstat_t, bad)));
    FAULTS(__wasi_fd_filestat_get(ROOT, AT(__wasi_filestat_t, bad)));
    FAULTS(__wasi_fd_prestat_get(ROOT, AT(__wasi_prestat_t, bad)));
    // The name has one byte, which fits before the end.
    if (bad >= __builtin_wasm_memory_size(0) * 65536) {
        FAULTS(__wasi_fd_prestat_dir_name(ROOT, bytes, 8));
    }
    OK(open_at(ROOT, "pointers", __WASI_OFLAGS_CREAT, ALL, &fd));
    __wasi_iovec_t in = {bytes, 8};
    __wasi_ciovec_t out = {bytes, 8};
    FAULTS(__wasi_fd_read(fd, &in, 1, &count));
    FAULTS(__wasi_fd_read(fd, AT(__wasi_iovec_t, bad), 1, &count));
    FAULTS(__wasi_fd_pread(fd, &in, 1, 0, &count));
    FAULTS(__wasi_fd_write(fd, &out, 1, &count));
    FAULTS(__wasi_fd_write(fd, AT(__wasi_ciovec_t, bad), 1, &count));
    FAULTS(__wasi_fd_write(1, AT(__wasi_ciovec_t, bad), 1, &count));
    FAULTS(__wasi_fd_write(1, &out, 1, &count));
    FAULTS(__wasi_fd_pwrite(fd, &out, 1, 0, &count));
    out.buf_len = UINT32_MAX;
    FAULTS(__wasi_fd_write(fd, &out, 1, &count));
    FAULTS(__wasi_fd_write(1, &out, 1, &count));
    FAULTS(__wasi_fd_seek(fd, 0, 0, AT(__wasi_filesize_t, bad)));
    FAULTS(__wasi_fd_tell(fd, AT(__wasi_filesize_t, bad)));
    OK(__wasi_fd_close(fd));
    __wasi_fd_t folder;
    OK(__wasi_path_open(ROOT, 0, ".", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0, 0, &folder));
    FAULTS(__wasi_fd_readdir(folder, bytes, 64, 0, &count));
    OK(__wasi_fd_close(folder));
    FAULTS(__wasi_poll_oneoff(AT(__wasi_subscription_t, bad), AT(__wasi_event_t, 1024), 1, &count));
    __wasi_subscription_t wait = {.u.tag = __WASI_EVENTTYPE_CLOCK};
    FAULTS(__wasi_poll_oneoff(&wait, AT(__wasi_event_t, bad), 1, &count));
    // The libc's own wrappers measure a text first, so these go past them.
    extern int32_t raw_open(int32_t, int32_t, int32_t, int32_t, int32_t, int64_t, int64_t, int32_t, int32_t)
        __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open")));
    extern int32_t raw_make(int32_t, int32_t, int32_t)
        __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_create_directory")));
    extern int32_t raw_link(int32_t, int32_t, int32_t, int32_t, int32_t)
        __attribute__((import_module("wasi_snapshot_preview1"), import_name("path_symlink")));
    FAULTS(raw_open(ROOT, 0, (int32_t)bad, 8, 0, 2, 0, 0, (int32_t)&fd));
    FAULTS(raw_open(ROOT, 0, (int32_t)"pointers", 8, 0, 2, 0, 0, (int32_t)bad));
    CHECK(raw_open(ROOT, 0, (int32_t)bad, -1, 0, 2, 0, 0, (int32_t)&fd), __WASI_ERRNO_NAMETOOLONG);
    CHECK(raw_open(ROOT, 0, (int32_t)"a\0b", 3, 0, 2, 0, 0, (int32_t)&fd), __WASI_ERRNO_INVAL);
    FAULTS(raw_make(ROOT, (int32_t)bad, 8));
    FAULTS(raw_link((int32_t)bad, 8, ROOT, (int32_t)"x", 1));
    FAULTS(raw_link((int32_t)"x", 1, ROOT, (int32_t)bad, 8));
    FAULTS(__wasi_path_filestat_get(ROOT, 0, "pointers", AT(__wasi_filestat_t, bad)));
    (void)text;
}

int main(void) {
    uintptr_t end = __builtin_wasm_memory_size(0) * 65536;
    try_address(end);
    try_address(end - 1);
    try_address(0xFFFFFFFF);
    try_address(0xFFFFFFF0);
    try_address(0x80000000);
    return finish();
}
