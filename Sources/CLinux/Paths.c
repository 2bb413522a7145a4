#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// Why not openat2(2): under systemd's RestrictSUIDSGID= it is not there.
int swiftlet_open_without_links(const char *path, int flags, unsigned mode) {
    const int on_the_way = 010000000 /* O_PATH */ | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    char part[256];
    int folder = AT_FDCWD;
    if (*path == '/') {
        folder = open("/", on_the_way);
        if (folder < 0) return -1;
        path += strspn(path, "/");
    }
    // Ends: each turn takes a part off the path.
    for (;;) {
        size_t size = strcspn(path, "/");
        const char *rest = path + size + strspn(path + size, "/");
        int is_last = !*rest;
        if (size >= sizeof part) {
            if (folder >= 0) close(folder);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(part, path, size);
        part[size] = 0;
        int next = openat(
            folder, size == 0 ? "." : part, is_last ? flags | O_NOFOLLOW | O_CLOEXEC : on_the_way,
            mode
        );
        int number = errno;
        if (folder >= 0) close(folder);
        errno = number;
        if (next < 0 || is_last) return next;
        folder = next;
        path = rest;
    }
}
