// What can be asked of and done to descriptors, on each kind of descriptor, with each right missing.
#include "table.h"

// The rights of a file but one.
static __wasi_fd_t without(__wasi_rights_t right) { return with_rights("file", ALL & ~right); }

#define KINDS(function, call_of, on_stream, on_folder) do { \
    __wasi_fd_t fd = NOWHERE; \
    ROW(function, "a descriptor that is not open", call_of, E(BADF)); \
    fd = UINT32_MAX; ROW(function, "the largest number", call_of, E(BADF)); \
    fd = 1; ROW(function, "standard output", call_of, on_stream); \
    fd = ROOT; ROW(function, "a folder", call_of, on_folder); \
    fd = with_rights("file", ALL); ROW(function, "a file", call_of, 0); \
    OK(__wasi_fd_close(fd)); \
} while (0)

#define LACKS(function, right, call_of) do { \
    __wasi_fd_t fd = without(right); \
    ROW(function, "without the right to", call_of, E(NOTCAPABLE)); \
    OK(__wasi_fd_close(fd)); \
} while (0)

static void files(void) {
    KINDS("fd_advise", __wasi_fd_advise(fd, 0, 1, 0), E(NOTCAPABLE), E(NOTCAPABLE));
    LACKS("fd_advise", __WASI_RIGHTS_FD_ADVISE, __wasi_fd_advise(fd, 0, 1, 0));
    KINDS("fd_allocate", __wasi_fd_allocate(fd, 0, 1), E(NOTCAPABLE), E(NOTCAPABLE));
    LACKS("fd_allocate", __WASI_RIGHTS_FD_ALLOCATE, __wasi_fd_allocate(fd, 0, 1));
    KINDS("fd_datasync", __wasi_fd_datasync(fd), E(NOTCAPABLE), 0);
    LACKS("fd_datasync", __WASI_RIGHTS_FD_DATASYNC, __wasi_fd_datasync(fd));
    KINDS("fd_sync", __wasi_fd_sync(fd), E(NOTCAPABLE), 0);
    LACKS("fd_sync", __WASI_RIGHTS_FD_SYNC, __wasi_fd_sync(fd));
    KINDS("fd_filestat_set_size", __wasi_fd_filestat_set_size(fd, 3), E(NOTCAPABLE), E(NOTCAPABLE));
    LACKS("fd_filestat_set_size", __WASI_RIGHTS_FD_FILESTAT_SET_SIZE, __wasi_fd_filestat_set_size(fd, 3));
    KINDS("fd_filestat_set_times", __wasi_fd_filestat_set_times(fd, 1, 1, 5), E(NOTCAPABLE), 0);
    LACKS("fd_filestat_set_times", __WASI_RIGHTS_FD_FILESTAT_SET_TIMES,
        __wasi_fd_filestat_set_times(fd, 1, 1, 5));
    __wasi_filestat_t facts;
    KINDS("fd_filestat_get", __wasi_fd_filestat_get(fd, &facts), 0, 0);
    LACKS("fd_filestat_get", __WASI_RIGHTS_FD_FILESTAT_GET, __wasi_fd_filestat_get(fd, &facts));
    __wasi_fdstat_t status;
    KINDS("fd_fdstat_get", __wasi_fd_fdstat_get(fd, &status), 0, 0);
    KINDS("fd_fdstat_set_flags", __wasi_fd_fdstat_set_flags(fd, 0), 0, 0);
    LACKS("fd_fdstat_set_flags", __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS, __wasi_fd_fdstat_set_flags(fd, 0));
}

static void values(void) {
    __wasi_fd_t fd = with_rights("file", ALL);
    for (int advice = 0; advice < 6; advice++) {
        ROW("fd_advise", "each advice", __wasi_fd_advise(fd, 0, 10, (__wasi_advice_t)advice), 0);
    }
    ROW("fd_advise", "no such advice", __wasi_fd_advise(fd, 0, 0, 6), E(INVAL));
    ROW("fd_advise", "an offset beyond 63 bits", __wasi_fd_advise(fd, UINT64_MAX, 1, 0), E(INVAL));
    ROW("fd_advise", "a length beyond 63 bits", __wasi_fd_advise(fd, 0, UINT64_MAX, 0), E(INVAL));
    ROW("fd_allocate", "no bytes", __wasi_fd_allocate(fd, 0, 0), E(INVAL));
    ROW("fd_allocate", "an offset beyond 63 bits", __wasi_fd_allocate(fd, UINT64_MAX, 1), E(INVAL));
    ROW("fd_allocate", "a length beyond 63 bits", __wasi_fd_allocate(fd, 1, UINT64_MAX), E(INVAL));
    ROW("fd_allocate", "an end beyond 63 bits", __wasi_fd_allocate(fd, INT64_MAX, INT64_MAX), E(FBIG));
    ROW("fd_filestat_set_size", "beyond 63 bits", __wasi_fd_filestat_set_size(fd, UINT64_MAX), E(INVAL));
    ROW("fd_filestat_set_size", "larger", __wasi_fd_filestat_set_size(fd, 1000), 0);
    ROW("fd_filestat_set_size", "nothing", __wasi_fd_filestat_set_size(fd, 0), 0);
    for (unsigned flags = 0; flags < 16; flags++) {
        char what[32];
        snprintf(what, sizeof what, "flags %u", flags);
        int both = (flags & 3) == 3 || (flags & 12) == 12;
        ROW("fd_filestat_set_times", what,
            __wasi_fd_filestat_set_times(fd, 1, 2, (__wasi_fstflags_t)flags), both ? E(INVAL) : 0);
        ROW("path_filestat_set_times", what,
            __wasi_path_filestat_set_times(ROOT, 0, "file", 1, 2, (__wasi_fstflags_t)flags),
            both ? E(INVAL) : 0);
    }
    ROW("fd_filestat_set_times", "no such flag", __wasi_fd_filestat_set_times(fd, 1, 2, 16), E(INVAL));
    ROW("fd_filestat_get", "a place beyond memory", __wasi_fd_filestat_get(fd, BEYOND), E(FAULT));
    ROW("fd_fdstat_get", "a place beyond memory", __wasi_fd_fdstat_get(fd, BEYOND), E(FAULT));
    ROW("fd_fdstat_set_flags", "append", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND), 0);
    ROW("fd_fdstat_set_flags", "never waiting", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK), 0);
    ROW("fd_fdstat_set_flags", "sync is for opening", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_SYNC), E(NOTSUP));
    ROW("fd_fdstat_set_flags", "dsync too", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_DSYNC), E(NOTSUP));
    ROW("fd_fdstat_set_flags", "rsync too", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_RSYNC), E(NOTSUP));
    ROW("fd_fdstat_set_flags", "no such flag", __wasi_fd_fdstat_set_flags(fd, 32), E(INVAL));
    ROW("fd_fdstat_set_rights", "not open", __wasi_fd_fdstat_set_rights(NOWHERE, 0, 0), E(BADF));
    ROW("fd_fdstat_set_rights", "fewer", __wasi_fd_fdstat_set_rights(fd, READ | WRITE, 0), 0);
    ROW("fd_fdstat_set_rights", "the same", __wasi_fd_fdstat_set_rights(fd, READ | WRITE, 0), 0);
    ROW("fd_fdstat_set_rights", "one back", __wasi_fd_fdstat_set_rights(fd, READ | WRITE | __WASI_RIGHTS_FD_SEEK, 0), E(NOTCAPABLE));
    ROW("fd_fdstat_set_rights", "one to pass on", __wasi_fd_fdstat_set_rights(fd, READ, READ), E(NOTCAPABLE));
    ROW("fd_fdstat_set_rights", "no such right", __wasi_fd_fdstat_set_rights(fd, 1ull << 40, 0), E(NOTCAPABLE));
    ROW("fd_close", "a file", __wasi_fd_close(fd), 0);
    ROW("fd_close", "again", __wasi_fd_close(fd), E(BADF));
    ROW("fd_close", "the largest number", __wasi_fd_close(UINT32_MAX), E(BADF));
}

static void numbers(void) {
    __wasi_fd_t from = with_rights("file", ALL), to = with_rights("file", ALL);
    ROW("fd_renumber", "from what is not open", __wasi_fd_renumber(NOWHERE, to), E(BADF));
    ROW("fd_renumber", "to what is not open", __wasi_fd_renumber(from, NOWHERE), E(BADF));
    ROW("fd_renumber", "to the largest number", __wasi_fd_renumber(from, UINT32_MAX), E(BADF));
    ROW("fd_renumber", "to itself", __wasi_fd_renumber(from, from), 0);
    ROW("fd_renumber", "to another", __wasi_fd_renumber(from, to), 0);
    ROW("fd_renumber", "its number is free", __wasi_fd_close(from), E(BADF));
    ROW("fd_close", "the other is not", __wasi_fd_close(to), 0);
    __wasi_prestat_t start;
    uint8_t name[8];
    ROW("fd_prestat_get", "the folder", __wasi_fd_prestat_get(ROOT, &start), 0);
    ROW("fd_prestat_get", "a stream", __wasi_fd_prestat_get(1, &start), E(BADF));
    ROW("fd_prestat_get", "what is not open", __wasi_fd_prestat_get(NOWHERE, &start), E(BADF));
    ROW("fd_prestat_get", "a place beyond memory", __wasi_fd_prestat_get(ROOT, BEYOND + 12), E(FAULT));
    ROW("fd_prestat_dir_name", "room enough", __wasi_fd_prestat_dir_name(ROOT, name, 8), 0);
    ROW("fd_prestat_dir_name", "no room", __wasi_fd_prestat_dir_name(ROOT, name, 0), E(NAMETOOLONG));
    ROW("fd_prestat_dir_name", "a stream", __wasi_fd_prestat_dir_name(1, name, 8), E(BADF));
    ROW("fd_prestat_dir_name", "what is not open", __wasi_fd_prestat_dir_name(NOWHERE, name, 8), E(BADF));
    ROW("fd_prestat_dir_name", "a place beyond memory", __wasi_fd_prestat_dir_name(ROOT, BEYOND, 8), E(FAULT));
}

int main(void) {
    OK(make_file("file"));
    files();
    values();
    numbers();
    return ended();
}
