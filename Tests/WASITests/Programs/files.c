// fd_…: reading, writing, positions, sizes, times, flags, rights.
#include "check.h"

static void positions(void) {
    __wasi_fd_t fd;
    __wasi_size_t count;
    __wasi_filesize_t at;
    char text[32];
    OK(open_at(ROOT, "p", __WASI_OFLAGS_CREAT, ALL, &fd));
    OK(write_text(fd, "0123456789", &count));
    CHECK(count, 10);
    OK(__wasi_fd_tell(fd, &at));
    CHECK(at, 10);
    OK(__wasi_fd_seek(fd, -4, __WASI_WHENCE_END, &at));
    CHECK(at, 6);
    OK(__wasi_fd_seek(fd, 1, __WASI_WHENCE_CUR, &at));
    CHECK(at, 7);
    OK(read_text(fd, text, sizeof text));
    THAT(strcmp(text, "789") == 0);
    CHECK(__wasi_fd_seek(fd, -1, __WASI_WHENCE_SET, &at), __WASI_ERRNO_INVAL);
    CHECK(__wasi_fd_seek(fd, 0, 3, &at), __WASI_ERRNO_INVAL);
    __wasi_iovec_t vectors[2] = {{(uint8_t *)text, 2}, {(uint8_t *)text + 2, 3}};
    OK(__wasi_fd_pread(fd, vectors, 2, 4, &count));
    CHECK(count, 5);
    THAT(memcmp(text, "45678", 5) == 0);
    OK(__wasi_fd_tell(fd, &at));
    CHECK(at, 10);
    __wasi_ciovec_t out = {(const uint8_t *)"ab", 2};
    OK(__wasi_fd_pwrite(fd, &out, 1, 2, &count));
    OK(__wasi_fd_pread(fd, vectors, 2, 1, &count));
    THAT(memcmp(text, "1ab45", 5) == 0);
    CHECK(__wasi_fd_pread(fd, vectors, 2, UINT64_MAX, &count), __WASI_ERRNO_INVAL);
    OK(__wasi_fd_pread(fd, vectors, 2, 1000, &count));
    CHECK(count, 0);
    OK(__wasi_fd_read(fd, vectors, 0, &count));
    CHECK(count, 0);
    CHECK(__wasi_fd_read(fd, vectors, 1025, &count), __WASI_ERRNO_INVAL);
    OK(__wasi_fd_close(fd));
    CHECK(__wasi_fd_close(fd), __WASI_ERRNO_BADF);
}

static void sizes(void) {
    __wasi_fd_t fd;
    __wasi_filestat_t facts;
    OK(open_at(ROOT, "s", __WASI_OFLAGS_CREAT, ALL, &fd));
    OK(__wasi_fd_filestat_set_size(fd, 100));
    OK(__wasi_fd_filestat_get(fd, &facts));
    CHECK(facts.size, 100);
    CHECK(facts.filetype, __WASI_FILETYPE_REGULAR_FILE);
    CHECK(facts.nlink, 1);
    OK(__wasi_fd_allocate(fd, 50, 100));
    OK(__wasi_fd_filestat_get(fd, &facts));
    CHECK(facts.size, 150);
    CHECK(__wasi_fd_allocate(fd, 0, 0), __WASI_ERRNO_INVAL);
    CHECK(__wasi_fd_filestat_set_size(fd, UINT64_MAX), __WASI_ERRNO_INVAL);
    OK(__wasi_fd_advise(fd, 0, 100, __WASI_ADVICE_SEQUENTIAL));
    CHECK(__wasi_fd_advise(fd, 0, 100, 6), __WASI_ERRNO_INVAL);
    OK(__wasi_fd_datasync(fd));
    OK(__wasi_fd_sync(fd));
    OK(__wasi_fd_filestat_set_times(fd, 1000000005, 2000000007,
        __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
    OK(__wasi_fd_filestat_get(fd, &facts));
    THAT(facts.atim == 1000000005 && facts.mtim == 2000000007);
    OK(__wasi_fd_filestat_set_times(fd, 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
    OK(__wasi_fd_filestat_get(fd, &facts));
    THAT(facts.atim == 1000000005 && facts.mtim > 1600000000000000000u);
    CHECK(__wasi_fd_filestat_set_times(fd, 0, 0,
        __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW), __WASI_ERRNO_INVAL);
    CHECK(__wasi_fd_filestat_set_times(fd, 0, 0, 16), __WASI_ERRNO_INVAL);
    OK(__wasi_path_filestat_set_times(ROOT, 1, "s", 7, 9, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
    OK(__wasi_path_filestat_get(ROOT, 0, "s", &facts));
    THAT(facts.atim == 7 && facts.mtim == 9);
    OK(__wasi_fd_close(fd));
    OK(open_at(ROOT, "s", __WASI_OFLAGS_TRUNC, ALL, &fd));
    OK(__wasi_fd_filestat_get(fd, &facts));
    CHECK(facts.size, 0);
    OK(__wasi_fd_close(fd));
}

static void flags(void) {
    __wasi_fd_t fd;
    __wasi_fdstat_t status;
    __wasi_size_t count;
    __wasi_filestat_t facts;
    OK(__wasi_path_open(ROOT, 0, "f", __WASI_OFLAGS_CREAT, ALL, ALL, __WASI_FDFLAGS_APPEND, &fd));
    OK(write_text(fd, "abc", &count));
    OK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &(__wasi_filesize_t){0}));
    OK(write_text(fd, "def", &count));
    OK(__wasi_fd_filestat_get(fd, &facts));
    CHECK(facts.size, 6);
    OK(__wasi_fd_fdstat_get(fd, &status));
    CHECK(status.fs_flags, __WASI_FDFLAGS_APPEND);
    CHECK(status.fs_filetype, __WASI_FILETYPE_REGULAR_FILE);
    OK(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK));
    OK(__wasi_fd_fdstat_get(fd, &status));
    CHECK(status.fs_flags, __WASI_FDFLAGS_NONBLOCK);
    CHECK(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_SYNC), __WASI_ERRNO_NOTSUP);
    CHECK(__wasi_fd_fdstat_set_flags(fd, 32), __WASI_ERRNO_INVAL);
    OK(__wasi_fd_close(fd));
    OK(__wasi_path_open(ROOT, 0, "f", 0, ALL, ALL, __WASI_FDFLAGS_DSYNC, &fd));
    OK(__wasi_fd_fdstat_get(fd, &status));
    CHECK(status.fs_flags, __WASI_FDFLAGS_DSYNC);
    OK(__wasi_fd_close(fd));
}

static void rights(void) {
    __wasi_fd_t fd, folder;
    __wasi_size_t count;
    __wasi_fdstat_t status;
    char text[8];
    OK(open_at(ROOT, "f", 0, READ, &fd));
    CHECK(write_text(fd, "x", &count), __WASI_ERRNO_NOTCAPABLE);
    CHECK(__wasi_fd_seek(fd, 1, __WASI_WHENCE_SET, &(__wasi_filesize_t){0}), __WASI_ERRNO_SPIPE);
    CHECK(__wasi_fd_filestat_get(fd, &(__wasi_filestat_t){0}), __WASI_ERRNO_NOTCAPABLE);
    OK(__wasi_fd_close(fd));
    OK(open_at(ROOT, "f", 0, WRITE, &fd));
    CHECK(read_text(fd, text, sizeof text), __WASI_ERRNO_NOTCAPABLE);
    OK(__wasi_fd_close(fd));
    OK(open_at(ROOT, "f", 0, ALL, &fd));
    OK(__wasi_fd_fdstat_set_rights(fd, READ, 0));
    OK(__wasi_fd_fdstat_get(fd, &status));
    THAT(status.fs_rights_base == READ && status.fs_rights_inheriting == 0);
    CHECK(__wasi_fd_fdstat_set_rights(fd, READ | WRITE, 0), __WASI_ERRNO_NOTCAPABLE);
    OK(__wasi_fd_close(fd));
    OK(__wasi_path_open(ROOT, 0, ".", __WASI_OFLAGS_DIRECTORY,
        __WASI_RIGHTS_PATH_OPEN, READ, 0, &folder));
    CHECK(__wasi_path_create_directory(folder, "no"), __WASI_ERRNO_NOTCAPABLE);
    CHECK(open_at(folder, "new", __WASI_OFLAGS_CREAT, READ, &fd), __WASI_ERRNO_NOTCAPABLE);
    CHECK(open_at(folder, "f", __WASI_OFLAGS_TRUNC, READ, &fd), __WASI_ERRNO_NOTCAPABLE);
    OK(open_at(folder, "f", 0, ALL, &fd));
    OK(__wasi_fd_fdstat_get(fd, &status));
    CHECK(status.fs_rights_base, READ);
    OK(__wasi_fd_close(fd));
    OK(__wasi_fd_close(folder));
}

int main(void) {
    positions();
    sizes();
    flags();
    rights();
    return finish();
}
