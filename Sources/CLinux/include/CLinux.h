#pragma once
// Linux calls and constants that the C library of Debian 12 or the importer does not offer to
// Swift. Nearly all inline functions that do nothing but make the call. Where a call would need a
// pointer for a number, the number is returned instead, so that Swift need not say `unsafe`.
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "Confinement.h"
#include "Sockets.h"

// pidfd_open(2): a descriptor that becomes readable when the process ends.
static inline int swiftlet_pidfd_open(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

// pidfd_send_signal(2): a signal that can never reach another process that reuses the number.
static inline int swiftlet_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, (void *)0, 0);
}

// waitid(2) on a pidfd, without blocking, and reaping. Answers si_code << 32 | si_status, 0 while
// the process runs, or -errno (-ECHILD: it is not our child).
static inline int64_t swiftlet_pidfd_reap(int pidfd) {
    siginfo_t facts;
    memset(&facts, 0, sizeof facts);
    int result;
    do {
        result = waitid((idtype_t)3 /* P_PIDFD */, (id_t)pidfd, &facts, WEXITED | WNOHANG);
    } while (result != 0 && errno == EINTR);
    if (result != 0) return -(int64_t)errno;
    if (facts.si_pid == 0) return 0;
    return (int64_t)facts.si_code << 32 | (int64_t)(uint32_t)facts.si_status;
}

// openat2(2) with the given RESOLVE_ flags.
static inline int swiftlet_openat2(
    int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve
) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

// Declared by the C library only for those who define _GNU_SOURCE.
extern int syncfs(int);
extern int sync_file_range(int, off_t, off_t, unsigned);

// syncfs(2): brings all of the file system that a file is on to the disk.
static inline int swiftlet_sync_all(int file) { return syncfs(file); }

// sync_file_range(2), SYNC_FILE_RANGE_WRITE: begins to bring these bytes to the disk, and promises nothing.
static inline int swiftlet_begin_sync(int file, int64_t place, int64_t count) {
    return sync_file_range(file, place, count, 2U);
}

// memfd_create(2): a file in memory that ends with its last descriptor.
static inline int swiftlet_memfd_create(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 1U /* MFD_CLOEXEC */);
}

// fcntl(2), F_OFD_SETLK: takes the exclusive lock on the whole file for this open file; -1 when
// another one has it.
static inline int swiftlet_lock(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, 37 /* F_OFD_SETLK */, &lock);
}

// fcntl(2), F_OFD_GETLK: 1 when another open file has the lock, 0 when nobody has it, -1 on error.
// Asking takes nothing, so it can never be in the way of one who wants the lock.
static inline int swiftlet_is_locked(int descriptor) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(descriptor, 36 /* F_OFD_GETLK */, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

// epoll_create1(2).
static inline int swiftlet_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

// epoll_ctl(2): tells `key` whenever `descriptor` is readable or its other end is gone.
static inline int swiftlet_epoll_add(int epoll, int descriptor, uint64_t key) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = key};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

// epoll_ctl(2): tells `key` whenever there is urgent news of `descriptor`, and of nothing else: a file of
// /proc/pressure always counts as readable.
static inline int swiftlet_epoll_add_urgent(int epoll, int descriptor, uint64_t key) {
    struct epoll_event event = {.events = EPOLLPRI, .data.u64 = key};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

// epoll_ctl(2): looks at `descriptor` no more.
static inline int swiftlet_epoll_remove(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, (struct epoll_event *)0);
}

// inotify_init1(2): a descriptor that becomes readable when something watched changes.
static inline int swiftlet_inotify_open(void) {
    return inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

// inotify_add_watch(2): files of this folder that were written, moved, made or removed.
static inline int swiftlet_inotify_watch(int inotify, const char *folder) {
    return inotify_add_watch(
        inotify, folder,
        IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ONLYDIR
    );
}

// epoll_wait(2): the key of one readable descriptor, or 0 when a signal came first.
static inline uint64_t swiftlet_epoll_wait(int epoll) {
    struct epoll_event event;
    return epoll_wait(epoll, &event, 1, -1) == 1 ? event.data.u64 : 0;
}

// pipe2(2): the writing end << 32 | the reading end, or -1.
static inline int64_t swiftlet_pipe(void) {
    int ends[2];
    if (syscall(SYS_pipe2, ends, O_CLOEXEC) != 0) return -1;
    return (int64_t)ends[1] << 32 | (int64_t)ends[0];
}

// Of glibc since 2.34; declared only for those who define _GNU_SOURCE.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
static inline int swiftlet_spawn_close_from(posix_spawn_file_actions_t *actions, int lowest) {
    return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

// write(2) of one byte, for signal handlers; a full pipe loses it.
static inline void swiftlet_write_byte(int descriptor, uint8_t byte) {
    ssize_t ignored = write(descriptor, &byte, 1);
    (void)ignored;
}

// eventfd(2), never blocking.
static inline int swiftlet_eventfd(void) {
    return (int)syscall(SYS_eventfd2, 0, 02004000 /* EFD_CLOEXEC | EFD_NONBLOCK */);
}

// Makes an eventfd readable; for signal handlers too.
static inline void swiftlet_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t ignored = write(descriptor, &one, sizeof one);
    (void)ignored;
}

// 1 when the eventfd was readable, which it is no more.
static inline int swiftlet_eventfd_take(int descriptor) {
    uint64_t count;
    return read(descriptor, &count, sizeof count) == (ssize_t)sizeof count;
}

// ioctl(2), FIONREAD: bytes that wait to be read, or -1.
static inline int swiftlet_bytes_waiting(int descriptor) {
    int count = 0;
    return ioctl(descriptor, 0x541B /* FIONREAD */, &count) == 0 ? count : -1;
}

// ppoll(2) with a timeout in nanoseconds; negative: none.
static inline int swiftlet_poll(void *descriptors, unsigned long count, int64_t nanoseconds) {
    struct { int64_t seconds, nanoseconds; } timeout = {
        nanoseconds / 1000000000, nanoseconds % 1000000000
    };
#ifdef SYS_ppoll_time64
    long call = SYS_ppoll_time64;
#else
    long call = SYS_ppoll;
#endif
    return (int)syscall(
        call, descriptors, count, nanoseconds < 0 ? (void *)0 : (void *)&timeout, (void *)0, 8UL
    );
}

// getdents64(2).
static inline long swiftlet_getdents(int descriptor, void *buffer, unsigned long count) {
    return syscall(SYS_getdents64, descriptor, buffer, count);
}

// getrandom(2).
static inline long swiftlet_getrandom(void *buffer, unsigned long count) {
    return syscall(SYS_getrandom, buffer, count, 0);
}

// sigaction(2) without SA_RESTART: calls that wait end with EINTR.
static inline void swiftlet_handle_signal(int signal, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    sigaction(signal, &action, (struct sigaction *)0);
}

// sigaction(2) with SIG_IGN.
static inline void swiftlet_ignore_signal(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    sigaction(number, &action, (struct sigaction *)0);
}

// setitimer(2): SIGALRM after this time; 0 would mean never, and becomes the shortest.
static inline void swiftlet_start_alarm(uint64_t nanoseconds) {
    uint64_t microseconds = nanoseconds / 1000;
    struct itimerval timer = {.it_value = {
        .tv_sec = (time_t)(microseconds / 1000000),
        .tv_usec = (suseconds_t)(microseconds % 1000000),
    }};
    if (microseconds == 0) timer.it_value.tv_usec = 1;
    setitimer(ITIMER_REAL, &timer, (struct itimerval *)0);
}

// sigaction(2) with SA_RESTART: calls that wait go on after the handler, where the kernel lets them.
static inline void swiftlet_handle_signal_and_go_on(int signal, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, (struct sigaction *)0);
}

// setitimer(2), ITIMER_PROF: SIGPROF whenever this process has used so much of a processor.
static inline int swiftlet_start_processor_timer(uint64_t nanoseconds) {
    struct itimerval timer;
    memset(&timer, 0, sizeof timer);
    timer.it_interval.tv_sec = (time_t)(nanoseconds / 1000000000);
    timer.it_interval.tv_usec = (suseconds_t)(nanoseconds / 1000 % 1000000);
    timer.it_value = timer.it_interval;
    return setitimer(ITIMER_PROF, &timer, (struct itimerval *)0);
}

// clock_gettime(2) as nanoseconds; for signal handlers too.
static inline int64_t swiftlet_nanoseconds(int clock) {
    struct timespec time = {0, 0};
    clock_gettime((clockid_t)clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// nanosleep(2), once: 0 after the whole time, -1 when a signal came first.
static inline int swiftlet_sleep(int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    return nanosleep(&time, (struct timespec *)0);
}

// open(2), where no part of the path may be a symbolic link.
int swiftlet_open_without_links(const char *path, int flags, unsigned mode);

// pthread_create(3) with a stack of that size: 0, or -1 when there is no thread to be had.
int swiftlet_start_thread(
    uint64_t *thread, size_t stackByteCount, void *(*run)(void *), void *context
);
// pthread_join(3).
void swiftlet_join_thread(uint64_t thread);

// Drops from memory what this program and its libraries have mapped of their files and cannot write
// to, and gives freed memory back; how many bytes of addresses that are. What is used comes back.
size_t swiftlet_let_go_of_program(void);
