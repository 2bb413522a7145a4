// Waiting for every mix of clocks and descriptors, folders in buffers of every size, sockets' errors.
#include "table.h"

static __wasi_event_t events[8];
static __wasi_size_t count;

static __wasi_subscription_t clock_wait(uint64_t data, __wasi_clockid_t id, uint64_t time, int flags) {
    __wasi_subscription_t wait = {.userdata = data, .u.tag = __WASI_EVENTTYPE_CLOCK};
    wait.u.u.clock.id = id;
    wait.u.u.clock.timeout = time;
    wait.u.u.clock.flags = (__wasi_subclockflags_t)flags;
    return wait;
}

static __wasi_subscription_t file_wait(uint64_t data, int type, __wasi_fd_t fd) {
    __wasi_subscription_t wait = {.userdata = data, .u.tag = (__wasi_eventtype_t)type};
    wait.u.u.fd_read.file_descriptor = fd;
    return wait;
}

// What came of the subscription with this mark: its error, or -1 when nothing did.
static int outcome(uint64_t data) {
    for (unsigned i = 0; i < count; i++) if (events[i].userdata == data) return events[i].error;
    return -1;
}

static const uint64_t soon = 2000000, never = 3600000000000u;

// Each pair of the kinds: 0 a clock soon, 1 a clock late, 2 a bad clock, 3 a file to read, 4 a file to
// write, 5 what is not open, 6 standard output, 7 a folder.
static __wasi_subscription_t kind(int number, uint64_t data, __wasi_fd_t file) {
    switch (number) {
    case 0: return clock_wait(data, 1, soon, 0);
    case 1: return clock_wait(data, 1, never, 0);
    case 2: return clock_wait(data, 9, soon, 0);
    case 3: return file_wait(data, __WASI_EVENTTYPE_FD_READ, file);
    case 4: return file_wait(data, __WASI_EVENTTYPE_FD_WRITE, file);
    case 5: return file_wait(data, __WASI_EVENTTYPE_FD_READ, NOWHERE);
    case 6: return file_wait(data, __WASI_EVENTTYPE_FD_WRITE, 1);
    default: return file_wait(data, __WASI_EVENTTYPE_FD_READ, ROOT);
    }
}

static void mixes(void) {
    static const char *const names[] = {
        "a clock soon", "a clock late", "no clock", "reading a file", "writing one", "nothing open",
        "standard output", "a folder",
    };
    // What each gives when it is there at once; the first two are not.
    static const int at_once[] = {-1, -1, E(INVAL), 0, 0, E(BADF), 0, E(BADF)};
    __wasi_fd_t file = with_rights("file", ALL);
    char what[64];
    for (int a = 0; a < 8; a++) {
        for (int b = 0; b < 8; b++) {
            if (a == 1 && b == 1) continue;
            __wasi_subscription_t waits[2] = {kind(a, 1, file), kind(b, 2, file)};
            int error = __wasi_poll_oneoff(waits, events, 2, &count);
            snprintf(what, sizeof what, "%s and %s", names[a], names[b]);
            ROW("poll_oneoff", what, error, 0);
            if (a < 2 && b < 2) {
                // Two short clocks may both be over by then.
                ROW("poll_oneoff", "the short clock", outcome(a == 0 ? 1 : 2), 0);
                if (a != b) ROW("poll_oneoff", "not the long one", outcome(a == 0 ? 2 : 1), -1);
                continue;
            }
            if (a != 0) ROW("poll_oneoff", "what the first gives", outcome(1), at_once[a]);
            if (b != 0) ROW("poll_oneoff", "what the second gives", outcome(2), at_once[b]);
        }
    }
    OK(__wasi_fd_close(file));
}

static void waiting(void) {
    __wasi_subscription_t waits[2] = {clock_wait(1, 1, soon, 0), clock_wait(2, 1, never, 0)};
    ROW("poll_oneoff", "nothing to wait for", __wasi_poll_oneoff(waits, events, 0, &count), E(INVAL));
    ROW("poll_oneoff", "too much", __wasi_poll_oneoff(waits, events, UINT32_MAX, &count), E(INVAL));
    ROW("poll_oneoff", "a list beyond memory", __wasi_poll_oneoff(BEYOND, events, 1, &count), E(FAULT));
    ROW("poll_oneoff", "events beyond memory", __wasi_poll_oneoff(waits, BEYOND, 1, &count), E(FAULT));
    ROW("poll_oneoff", "the count beyond memory", __wasi_poll_oneoff(waits, events, 1, BEYOND + 13), E(FAULT));
    __wasi_timestamp_t before, after;
    OK(__wasi_clock_time_get(1, 0, &before));
    OK(__wasi_poll_oneoff(waits, events, 2, &count));
    OK(__wasi_clock_time_get(1, 0, &after));
    ROW("poll_oneoff", "is not back before the time", after - before >= soon, 1);
    waits[0] = clock_wait(1, 0, 1, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    ROW("poll_oneoff", "a moment of the past", __wasi_poll_oneoff(waits, events, 2, &count) + outcome(1), 0);
    waits[0] = clock_wait(1, 1, soon, 2);
    ROW("poll_oneoff", "no such flag of a clock", __wasi_poll_oneoff(waits, events, 2, &count) + outcome(1), E(INVAL));
    waits[0].u.tag = 3;
    ROW("poll_oneoff", "no such kind", __wasi_poll_oneoff(waits, events, 2, &count), E(INVAL));
    __wasi_fd_t read_only = with_rights("file", READ), unpolled = with_rights("file", READ | WRITE);
    waits[0] = file_wait(1, __WASI_EVENTTYPE_FD_WRITE, read_only);
    OK(__wasi_poll_oneoff(waits, events, 1, &count));
    ROW("poll_oneoff", "writing without that right", outcome(1), E(BADF));
    waits[0] = file_wait(1, __WASI_EVENTTYPE_FD_READ, unpolled);
    OK(__wasi_poll_oneoff(waits, events, 1, &count));
    ROW("poll_oneoff", "without the right to wait", outcome(1), E(BADF));
}

static void folders(void) {
    static uint8_t whole[1 << 18], part[1 << 18];
    char name[64];
    __wasi_fd_t fd;
    __wasi_size_t length, used;
    OK(__wasi_path_create_directory(ROOT, "many"));
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "many/a-name-of-some-length-so-that-much-is-told-%d", i);
        OK(make_file(name));
    }
    OK(__wasi_path_open(ROOT, 0, "many", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, 0, 0, &fd));
    ROW("fd_readdir", "all at once", __wasi_fd_readdir(fd, whole, sizeof whole, 0, &length), 0);
    ROW("fd_readdir", "is more than 64 KiB, and all", length > 2000 * 64 && length < sizeof whole, 1);
    unsigned entries = 0, first = 0;
    for (unsigned at = 0; at + sizeof(__wasi_dirent_t) <= length; entries++) {
        __wasi_dirent_t entry;
        memcpy(&entry, whole + at, sizeof entry);
        // From each entry's cookie on comes what follows it.
        unsigned next = at + (unsigned)sizeof entry + entry.d_namlen;
        if (entries % 200 == 0) {
            int same = __wasi_fd_readdir(fd, part, sizeof part, entry.d_next, &used) == 0
                && used == length - next && memcmp(part, whole + next, used) == 0;
            ROW("fd_readdir", "from a cookie on", same, 1);
        }
        if (first == 0) first = next;
        at = next;
    }
    ROW("fd_readdir", "names", entries, 2002);
    int same = 1;
    for (unsigned room = 0; room < 300; room++) {
        int error = __wasi_fd_readdir(fd, part, room, 0, &used);
        same = same && error == 0 && used == room && memcmp(part, whole, room) == 0;
    }
    ROW("fd_readdir", "every small buffer is full, and holds the same", same, 1);
    ROW("fd_readdir", "a cookie beyond 63 bits", __wasi_fd_readdir(fd, part, 64, UINT64_MAX, &used), E(INVAL));
    ROW("fd_readdir", "a buffer beyond memory", __wasi_fd_readdir(fd, BEYOND, 64, 0, &used), E(FAULT));
    ROW("fd_readdir", "a buffer that is too long", __wasi_fd_readdir(fd, part, UINT32_MAX, 0, &used), E(FAULT));
    ROW("fd_readdir", "the count beyond memory", __wasi_fd_readdir(fd, part, 64, 0, BEYOND + 13), E(FAULT));
    ROW("fd_readdir", "what is not open", __wasi_fd_readdir(NOWHERE, part, 64, 0, &used), E(BADF));
    ROW("fd_readdir", "a stream", __wasi_fd_readdir(1, part, 64, 0, &used), E(NOTCAPABLE));
    ROW("fd_readdir", "a file", __wasi_fd_readdir(with_rights("file", ALL), part, 64, 0, &used), E(NOTCAPABLE));
    ROW("fd_readdir", "without the right", __wasi_fd_readdir(with_rights("many", 0), part, 64, 0, &used), E(NOTCAPABLE));
}

static void sockets(void) {
    uint8_t byte;
    __wasi_iovec_t in = {&byte, 1};
    __wasi_ciovec_t out = {&byte, 1};
    __wasi_size_t moved;
    __wasi_roflags_t flags;
    __wasi_fd_t fd, file = with_rights("file", ALL), numbers[] = {NOWHERE, 1, ROOT, file};
    static const char *const names[] = {"what is not open", "a stream", "a folder", "a file"};
    for (int i = 0; i < 4; i++) {
        int wanted = i == 0 ? E(BADF) : E(NOTSOCK);
        ROW("sock_accept", names[i], __wasi_sock_accept(numbers[i], 0, &fd), wanted);
        ROW("sock_recv", names[i], __wasi_sock_recv(numbers[i], &in, 1, 0, &moved, &flags), wanted);
        ROW("sock_send", names[i], __wasi_sock_send(numbers[i], &out, 1, 0, &moved), wanted);
        ROW("sock_shutdown", names[i], __wasi_sock_shutdown(numbers[i], 3), wanted);
    }
}

int main(void) {
    OK(make_file("file"));
    mixes();
    waiting();
    folders();
    sockets();
    return ended();
}
