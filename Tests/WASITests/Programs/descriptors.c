// The table of descriptors: numbers, renumbering, bounds, standard streams, sockets.
#include "check.h"

int main(void) {
    __wasi_fd_t fd, other, many[1100];
    __wasi_fdstat_t status;
    __wasi_size_t count;
    char text[16];
    OK(make_file("one"));
    OK(make_file("two"));
    OK(open_at(ROOT, "one", 0, ALL, &fd));
    CHECK(fd, 4);
    OK(open_at(ROOT, "two", 0, ALL, &other));
    OK(write_text(other, "two", &count));
    OK(__wasi_fd_renumber(other, fd));
    CHECK(__wasi_fd_fdstat_get(other, &status), __WASI_ERRNO_BADF);
    OK(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &(__wasi_filesize_t){0}));
    OK(read_text(fd, text, sizeof text));
    THAT(strcmp(text, "two") == 0);
    OK(__wasi_fd_renumber(fd, fd));
    CHECK(__wasi_fd_renumber(fd, 77), __WASI_ERRNO_BADF);
    CHECK(__wasi_fd_renumber(77, fd), __WASI_ERRNO_BADF);
    CHECK(__wasi_fd_renumber(fd, UINT32_MAX), __WASI_ERRNO_BADF);
    OK(__wasi_fd_close(fd));
    CHECK(__wasi_fd_close(UINT32_MAX), __WASI_ERRNO_BADF);

    int opened = 0;
    while (opened < 1100 && open_at(ROOT, "one", 0, ALL, &many[opened]) == 0) opened++;
    CHECK(opened, 1024 - 4);
    CHECK(open_at(ROOT, "never", __WASI_OFLAGS_CREAT, ALL, &fd), __WASI_ERRNO_MFILE);
    CHECK(__wasi_path_filestat_get(ROOT, 0, "never", &(__wasi_filestat_t){0}), __WASI_ERRNO_NOENT);
    for (int i = 0; i < opened; i++) OK(__wasi_fd_close(many[i]));
    OK(open_at(ROOT, "one", 0, ALL, &fd));
    CHECK(fd, 4);
    OK(__wasi_fd_close(fd));

    __wasi_prestat_t start;
    OK(__wasi_fd_prestat_get(ROOT, &start));
    CHECK(start.tag, __WASI_PREOPENTYPE_DIR);
    CHECK(start.u.dir.pr_name_len, 1);
    CHECK(__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)text, 0), __WASI_ERRNO_NAMETOOLONG);
    OK(__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)text, 1));
    CHECK(text[0], '/');
    CHECK(__wasi_fd_prestat_get(4, &start), __WASI_ERRNO_BADF);
    CHECK(__wasi_fd_prestat_get(0, &start), __WASI_ERRNO_BADF);

    CHECK(read_text(1, text, sizeof text), __WASI_ERRNO_NOTCAPABLE);
    CHECK(write_text(0, "x", &count), __WASI_ERRNO_NOTCAPABLE);
    CHECK(open_at(1, "one", 0, ALL, &fd), __WASI_ERRNO_NOTDIR);
    CHECK(read_text(ROOT, text, sizeof text), __WASI_ERRNO_NOTCAPABLE);
    CHECK(__wasi_sock_shutdown(99, __WASI_SDFLAGS_WR), __WASI_ERRNO_BADF);
    CHECK(__wasi_sock_shutdown(1, __WASI_SDFLAGS_WR), __WASI_ERRNO_NOTSOCK);
    CHECK(__wasi_sock_send(1, 0, 0, 0, &count), __WASI_ERRNO_NOTSOCK);
    CHECK(__wasi_sock_recv(1, 0, 0, 0, &count, &(__wasi_roflags_t){0}), __WASI_ERRNO_NOTSOCK);
    OK(__wasi_fd_close(ROOT));
    CHECK(make_file("late"), __WASI_ERRNO_BADF);
    return finish();
}
