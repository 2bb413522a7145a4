// fd_readdir: every name exactly once, whatever the buffer's size, and positions that stay good.
#include "check.h"

static int seen[300];
static int others;

static void note(const char *name, unsigned length) {
    char text[32] = "";
    if (length < sizeof text) memcpy(text, name, length);
    if (strncmp(text, "name", 4) == 0) seen[atoi(text + 4)]++;
    else others++;
}

// Reads all of a folder with a buffer of `room` bytes.
static void walk(__wasi_fd_t fd, unsigned room) {
    uint8_t buffer[20000];
    __wasi_dircookie_t cookie = 0;
    memset(seen, 0, sizeof seen);
    others = 0;
    for (;;) {
        __wasi_size_t used = 0, at = 0;
        OK(__wasi_fd_readdir(fd, buffer, room, cookie, &used));
        while (at + sizeof(__wasi_dirent_t) <= used) {
            __wasi_dirent_t entry;
            memcpy(&entry, buffer + at, sizeof entry);
            if (at + sizeof entry + entry.d_namlen > used) break;
            note((char *)buffer + at + sizeof entry, entry.d_namlen);
            at += sizeof entry + entry.d_namlen;
            cookie = entry.d_next;
        }
        if (used < room) break;
        if (at == 0) {
            printf("a buffer of %u bytes makes no progress\n", room);
            failures++;
            return;
        }
    }
    CHECK(others, 2);
    for (int i = 0; i < 300; i++) {
        if (seen[i] == 1) continue;
        printf("buffer %u: name%d seen %d times\n", room, i, seen[i]);
        failures++;
    }
}

int main(void) {
    char name[32];
    __wasi_fd_t fd;
    __wasi_size_t used;
    OK(__wasi_path_create_directory(ROOT, "many"));
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "many/name%d", i);
        OK(make_file(name));
    }
    OK(__wasi_path_open(ROOT, 0, "many", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0, 0, &fd));
    static const unsigned rooms[] = {32, 33, 64, 100, 257, 4096, 19999};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) walk(fd, rooms[i]);
    uint8_t few[10];
    OK(__wasi_fd_readdir(fd, few, sizeof few, 0, &used));
    CHECK(used, sizeof few);
    OK(__wasi_fd_readdir(fd, few, 0, 0, &used));
    CHECK(used, 0);
    OK(__wasi_fd_close(fd));
    CHECK(__wasi_fd_readdir(1, few, sizeof few, 0, &used), __WASI_ERRNO_NOTCAPABLE);
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "many/name%d", i);
        OK(__wasi_path_unlink_file(ROOT, name));
    }
    OK(__wasi_path_remove_directory(ROOT, "many"));
    return finish();
}
