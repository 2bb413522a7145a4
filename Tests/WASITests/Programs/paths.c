// path_…: making, moving, linking and removing, with the errors that Linux has for each.
#include "check.h"

static void folders(void) {
    OK(__wasi_path_create_directory(ROOT, "d"));
    CHECK(__wasi_path_create_directory(ROOT, "d"), __WASI_ERRNO_EXIST);
    OK(__wasi_path_create_directory(ROOT, "d/e/"));
    CHECK(__wasi_path_create_directory(ROOT, "x/y"), __WASI_ERRNO_NOENT);
    CHECK(__wasi_path_create_directory(ROOT, "."), __WASI_ERRNO_INVAL);
    CHECK(__wasi_path_create_directory(ROOT, ""), __WASI_ERRNO_NOENT);
    OK(make_file("d/file"));
    CHECK(__wasi_path_create_directory(ROOT, "d/file/x"), __WASI_ERRNO_NOTDIR);
    CHECK(__wasi_path_remove_directory(ROOT, "d"), __WASI_ERRNO_NOTEMPTY);
    CHECK(__wasi_path_remove_directory(ROOT, "d/file"), __WASI_ERRNO_NOTDIR);
    CHECK(__wasi_path_remove_directory(ROOT, "nothing"), __WASI_ERRNO_NOENT);
    CHECK(__wasi_path_unlink_file(ROOT, "d/e"), __WASI_ERRNO_ISDIR);
    CHECK(__wasi_path_unlink_file(ROOT, "d/e/"), __WASI_ERRNO_ISDIR);
    CHECK(__wasi_path_unlink_file(ROOT, "d/file/"), __WASI_ERRNO_NOTDIR);
    OK(__wasi_path_remove_directory(ROOT, "d/e/"));
    OK(__wasi_path_unlink_file(ROOT, "d/file"));
    CHECK(__wasi_path_unlink_file(ROOT, "d/file"), __WASI_ERRNO_NOENT);
    OK(__wasi_path_remove_directory(ROOT, "d"));
}

static void opening(void) {
    __wasi_fd_t fd;
    OK(__wasi_path_create_directory(ROOT, "o"));
    OK(make_file("o/file"));
    CHECK(open_at(ROOT, "o/file", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, ALL, &fd),
        __WASI_ERRNO_EXIST);
    CHECK(open_at(ROOT, "o/file", __WASI_OFLAGS_DIRECTORY, READ, &fd), __WASI_ERRNO_NOTDIR);
    CHECK(open_at(ROOT, "o/file/", 0, READ, &fd), __WASI_ERRNO_NOTDIR);
    CHECK(open_at(ROOT, "o/missing", 0, READ, &fd), __WASI_ERRNO_NOENT);
    CHECK(open_at(ROOT, "o", __WASI_OFLAGS_DIRECTORY, READ | WRITE, &fd), __WASI_ERRNO_ISDIR);
    CHECK(open_at(ROOT, "o", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY, READ, &fd),
        __WASI_ERRNO_INVAL);
    CHECK(open_at(ROOT, "o", 16, READ, &fd), __WASI_ERRNO_INVAL);
    CHECK(__wasi_path_open(ROOT, 2, "o", 0, READ, 0, 0, &fd), __WASI_ERRNO_INVAL);
    CHECK(__wasi_path_open(ROOT, 0, "o", 0, READ, 0, 32, &fd), __WASI_ERRNO_INVAL);
    OK(open_at(ROOT, "o/.//../o///file", 0, READ, &fd));
    OK(__wasi_fd_close(fd));
    OK(open_at(ROOT, "o///", 0, READ, &fd));
    CHECK(open_at(fd, "file", 0, READ, &(__wasi_fd_t){0}), __WASI_ERRNO_NOTCAPABLE);
    OK(__wasi_fd_close(fd));
    char longPath[5000];
    memset(longPath, 'x', sizeof longPath);
    longPath[4999] = 0;
    CHECK(open_at(ROOT, longPath, 0, READ, &fd), __WASI_ERRNO_NAMETOOLONG);
    longPath[300] = 0;
    CHECK(open_at(ROOT, longPath, 0, READ, &fd), __WASI_ERRNO_NAMETOOLONG);
    CHECK(open_at(ROOT, "bad\xff", 0, READ, &fd), __WASI_ERRNO_ILSEQ);
    OK(__wasi_path_unlink_file(ROOT, "o/file"));
    OK(__wasi_path_remove_directory(ROOT, "o"));
}

static void renaming(void) {
    OK(make_file("r"));
    OK(__wasi_path_create_directory(ROOT, "rd"));
    CHECK(__wasi_path_rename(ROOT, "r", ROOT, "rd"), __WASI_ERRNO_ISDIR);
    CHECK(__wasi_path_rename(ROOT, "rd", ROOT, "r"), __WASI_ERRNO_NOTDIR);
    CHECK(__wasi_path_rename(ROOT, "rd", ROOT, "rd/in"), __WASI_ERRNO_INVAL);
    CHECK(__wasi_path_rename(ROOT, "missing", ROOT, "r"), __WASI_ERRNO_NOENT);
    CHECK(__wasi_path_rename(ROOT, "r/", ROOT, "s"), __WASI_ERRNO_NOTDIR);
    OK(__wasi_path_rename(ROOT, "r", ROOT, "rd/s"));
    OK(__wasi_path_rename(ROOT, "rd/", ROOT, "moved/"));
    OK(__wasi_path_unlink_file(ROOT, "moved/s"));
    OK(__wasi_path_remove_directory(ROOT, "moved"));
}

static void links(void) {
    __wasi_fd_t fd;
    __wasi_filestat_t facts;
    char text[64];
    __wasi_size_t count;
    OK(make_file("target"));
    OK(__wasi_path_link(ROOT, 0, "target", ROOT, "hard"));
    OK(__wasi_path_filestat_get(ROOT, 0, "hard", &facts));
    CHECK(facts.nlink, 2);
    CHECK(__wasi_path_link(ROOT, 0, "target", ROOT, "hard"), __WASI_ERRNO_EXIST);
    CHECK(__wasi_path_link(ROOT, 0, "target", ROOT, "new/"), __WASI_ERRNO_NOENT);
    CHECK(__wasi_path_link(ROOT, 1, "target", ROOT, "new"), __WASI_ERRNO_INVAL);
    OK(__wasi_path_symlink("target", ROOT, "soft"));
    CHECK(__wasi_path_symlink("target", ROOT, "soft"), __WASI_ERRNO_EXIST);
    CHECK(__wasi_path_symlink("target", ROOT, "none/"), __WASI_ERRNO_NOENT);
    OK(__wasi_path_readlink(ROOT, "soft", (uint8_t *)text, sizeof text, &count));
    THAT(count == 6 && memcmp(text, "target", 6) == 0);
    OK(__wasi_path_readlink(ROOT, "soft", (uint8_t *)text, 3, &count));
    CHECK(count, 3);
    CHECK(__wasi_path_readlink(ROOT, "target", (uint8_t *)text, 3, &count), __WASI_ERRNO_INVAL);
    CHECK(__wasi_path_readlink(ROOT, "none", (uint8_t *)text, 3, &count), __WASI_ERRNO_NOENT);
    OK(__wasi_path_filestat_get(ROOT, 0, "soft", &facts));
    CHECK(facts.filetype, __WASI_FILETYPE_SYMBOLIC_LINK);
    OK(__wasi_path_filestat_get(ROOT, 1, "soft", &facts));
    CHECK(facts.filetype, __WASI_FILETYPE_REGULAR_FILE);
    CHECK(__wasi_path_open(ROOT, 0, "soft", 0, READ, 0, 0, &fd), __WASI_ERRNO_LOOP);
    OK(open_at(ROOT, "soft", 0, READ, &fd));
    OK(__wasi_fd_close(fd));
    OK(__wasi_path_symlink("loop", ROOT, "loop"));
    CHECK(open_at(ROOT, "loop", 0, READ, &fd), __WASI_ERRNO_LOOP);
    OK(__wasi_path_symlink("nowhere", ROOT, "dangling"));
    CHECK(open_at(ROOT, "dangling", 0, READ, &fd), __WASI_ERRNO_NOENT);
    OK(__wasi_path_unlink_file(ROOT, "loop"));
    OK(__wasi_path_unlink_file(ROOT, "dangling"));
    OK(__wasi_path_unlink_file(ROOT, "soft"));
    OK(__wasi_path_unlink_file(ROOT, "hard"));
    OK(__wasi_path_unlink_file(ROOT, "target"));
}

int main(void) {
    folders();
    opening();
    renaming();
    links();
    return finish();
}
