// Clocks, waiting, random bytes.
#include "check.h"

static __wasi_timestamp_t now(__wasi_clockid_t clock) {
    __wasi_timestamp_t time = 0;
    OK(__wasi_clock_time_get(clock, 1, &time));
    return time;
}

static __wasi_subscription_t timer(uint64_t data, __wasi_clockid_t id, uint64_t time, int flags) {
    __wasi_subscription_t wait = {.userdata = data, .u.tag = __WASI_EVENTTYPE_CLOCK};
    wait.u.u.clock.id = id;
    wait.u.u.clock.timeout = time;
    wait.u.u.clock.flags = (__wasi_subclockflags_t)flags;
    return wait;
}

static __wasi_subscription_t stream(uint64_t data, int type, __wasi_fd_t fd) {
    __wasi_subscription_t wait = {.userdata = data, .u.tag = (__wasi_eventtype_t)type};
    wait.u.u.fd_read.file_descriptor = fd;
    return wait;
}

static void waiting(void) {
    __wasi_event_t events[4];
    __wasi_size_t count = 0;
    const uint64_t ms = 1000000;
    uint64_t start = now(1);
    __wasi_subscription_t waits[4] = {timer(7, 1, 20 * ms, 0), timer(8, 1, 3600000 * ms, 0)};
    OK(__wasi_poll_oneoff(waits, events, 2, &count));
    CHECK(count, 1);
    CHECK(events[0].userdata, 7);
    CHECK(events[0].error, 0);
    THAT(now(1) - start >= 20 * ms && now(1) - start < 5000 * ms);
    waits[0] = timer(9, 0, now(0) + 10 * ms, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    OK(__wasi_poll_oneoff(waits, events, 1, &count));
    CHECK(events[0].userdata, 9);
    waits[0] = timer(1, 1, 0, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    waits[1] = timer(2, 77, 0, 0);
    OK(__wasi_poll_oneoff(waits, events, 2, &count));
    CHECK(count, 2);
    THAT(events[0].error == __WASI_ERRNO_INVAL || events[1].error == __WASI_ERRNO_INVAL);
    CHECK(__wasi_poll_oneoff(waits, events, 0, &count), __WASI_ERRNO_INVAL);
    CHECK(__wasi_poll_oneoff(waits, events, UINT32_MAX, &count), __WASI_ERRNO_INVAL);
    waits[0].u.tag = 3;
    CHECK(__wasi_poll_oneoff(waits, events, 1, &count), __WASI_ERRNO_INVAL);
}

static void streams(void) {
    __wasi_event_t events[4];
    __wasi_size_t count = 0;
    __wasi_fd_t fd;
    OK(open_at(ROOT, "c", __WASI_OFLAGS_CREAT, ALL, &fd));
    OK(write_text(fd, "12345", &count));
    OK(__wasi_fd_seek(fd, 2, __WASI_WHENCE_SET, &(__wasi_filesize_t){0}));
    __wasi_subscription_t waits[4] = {
        stream(1, __WASI_EVENTTYPE_FD_READ, fd), stream(2, __WASI_EVENTTYPE_FD_WRITE, 1),
        stream(3, __WASI_EVENTTYPE_FD_READ, 99), timer(4, 1, UINT64_MAX, 0),
    };
    OK(__wasi_poll_oneoff(waits, events, 4, &count));
    int found = 0;
    for (unsigned i = 0; i < count; i++) {
        if (events[i].userdata == 1) {
            CHECK(events[i].fd_readwrite.nbytes, 3);
            CHECK(events[i].type, __WASI_EVENTTYPE_FD_READ);
            found++;
        }
        if (events[i].userdata == 3) {
            CHECK(events[i].error, __WASI_ERRNO_BADF);
            found++;
        }
        THAT(events[i].userdata != 4);
    }
    CHECK(found, 2);
    OK(__wasi_fd_close(fd));
}

int main(void) {
    __wasi_timestamp_t time = 0;
    THAT(now(0) > 1600000000000000000u);
    uint64_t first = now(1);
    THAT(now(1) >= first);
    now(2);
    now(3);
    CHECK(__wasi_clock_time_get(4, 0, &time), __WASI_ERRNO_INVAL);
    OK(__wasi_clock_res_get(1, &time));
    THAT(time > 0 && time <= 1000000000);
    CHECK(__wasi_clock_res_get(9, &time), __WASI_ERRNO_INVAL);
    waiting();
    streams();
    uint8_t bytes[256] = {0};
    int zeros = 0;
    OK(__wasi_random_get(bytes, sizeof bytes));
    for (size_t i = 0; i < sizeof bytes; i++) zeros += bytes[i] == 0;
    THAT(zeros < 20);
    OK(__wasi_random_get(bytes, 0));
    OK(__wasi_sched_yield());
    return finish();
}
