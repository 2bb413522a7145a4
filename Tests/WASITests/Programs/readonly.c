// A folder that may only be read: everything can be looked at, and nothing changed.
#include "check.h"

int main(void) {
    __wasi_fd_t fd, folder;
    __wasi_filestat_t facts;
    char text[16];
    OK(open_at(ROOT, "file", 0, READ, &fd));
    OK(read_text(fd, text, sizeof text));
    THAT(strcmp(text, "content") == 0);
    OK(__wasi_fd_close(fd));
    OK(open_at(ROOT, "file", __WASI_OFLAGS_CREAT, READ, &fd));
    OK(__wasi_fd_close(fd));
    OK(__wasi_path_filestat_get(ROOT, 1, "file", &facts));
    const int refused = __WASI_ERRNO_ROFS;
    CHECK(open_at(ROOT, "file", 0, READ | WRITE, &fd), refused);
    CHECK(open_at(ROOT, "file", __WASI_OFLAGS_TRUNC, READ, &fd), refused);
    CHECK(open_at(ROOT, "new", __WASI_OFLAGS_CREAT, READ, &fd), refused);
    // What is wrong with the path itself comes first.
    const int create = __WASI_OFLAGS_CREAT, new = create | __WASI_OFLAGS_EXCL;
    CHECK(open_at(ROOT, "file", new, READ, &fd), __WASI_ERRNO_EXIST);
    CHECK(open_at(ROOT, "folder", new, READ, &fd), __WASI_ERRNO_EXIST);
    CHECK(open_at(ROOT, "new", new, READ, &fd), refused);
    CHECK(open_at(ROOT, "new", 0, READ | WRITE, &fd), __WASI_ERRNO_NOENT);
    CHECK(open_at(ROOT, "new", __WASI_OFLAGS_TRUNC, READ, &fd), __WASI_ERRNO_NOENT);
    CHECK(open_at(ROOT, "none/new", create, READ | WRITE, &fd), refused);
    CHECK(open_at(ROOT, "file/new", create, READ | WRITE, &fd), __WASI_ERRNO_NOTDIR);
    CHECK(open_at(ROOT, "../new", create, READ | WRITE, &fd), __WASI_ERRNO_NOTCAPABLE);
    CHECK(open_at(ROOT, "folder", create, READ, &fd), __WASI_ERRNO_ISDIR);
    CHECK(open_at(ROOT, "folder", 0, READ | WRITE, &fd), __WASI_ERRNO_ISDIR);
    CHECK(open_at(ROOT, "link", 0, READ | WRITE, &fd), refused);
    CHECK(open_at(ROOT, "dangling", create, READ | WRITE, &fd), refused);
    CHECK(open_at(ROOT, "dangling", new, READ | WRITE, &fd), __WASI_ERRNO_EXIST);
    CHECK(__wasi_path_open(ROOT, 0, "link", 0, READ | WRITE, 0, 0, &fd), __WASI_ERRNO_LOOP);
    CHECK(__wasi_path_create_directory(ROOT, "new"), refused);
    CHECK(__wasi_path_unlink_file(ROOT, "file"), refused);
    CHECK(__wasi_path_remove_directory(ROOT, "folder"), refused);
    CHECK(__wasi_path_rename(ROOT, "file", ROOT, "new"), refused);
    CHECK(__wasi_path_link(ROOT, 0, "file", ROOT, "new"), refused);
    CHECK(__wasi_path_symlink("file", ROOT, "new"), refused);
    CHECK(__wasi_path_filestat_set_times(ROOT, 1, "file", 1, 1, 5), refused);
    OK(__wasi_path_open(ROOT, 0, "folder", __WASI_OFLAGS_DIRECTORY,
        __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_PATH_CREATE_FILE, ALL, 0, &folder));
    CHECK(open_at(folder, "new", __WASI_OFLAGS_CREAT, READ | WRITE, &fd), refused);
    CHECK(fopen("/file", "w") == NULL, 1);
    return finish();
}
