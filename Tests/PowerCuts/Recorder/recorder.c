// A recorder between a program and its folders, for LD_PRELOAD: every change below the folders of
// POWERCUTS_ROOTS (colon between them), every sync, and what goes out over TCP, in the order in which
// they happened, into the file of POWERCUTS_LOG, which all recorded processes map and share. The same
// place injects faults: the n-th change fails with an error of the test's choosing.
//
// One lock lies around each change and its entry, so that the order of entries is the order of effects.
// A test stops all changes with `freeze`. The log is of a fixed size; what does not fit is counted as
// `overflow`, and such a recording is not used.
//
// Not recorded: mappings (SQLite's index of its log is one, and is made anew after a crash), times and
// extended attributes. That nothing else is missing is checked by the test: the entries, played in
// full, give the folder as it is.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// The shared file begins with this; Recording.swift reads and writes its words by their place.
struct control {
    _Atomic uint64_t state;  // 0: new, 1: being made ready, 2: ready
    _Atomic uint64_t used;   // bytes of the file, this page included
    uint64_t capacity;
    _Atomic uint64_t overflow;
    _Atomic uint64_t fault_kinds;  // 1: data, 2: syncs, 4: names
    _Atomic uint64_t fault_errno;
    _Atomic uint64_t fault_first;  // the first change that fails, from 1; 0: none
    _Atomic uint64_t fault_last;
    _Atomic uint64_t counted;  // changes that could have failed
    _Atomic uint64_t failed;
    _Atomic uint64_t freeze;  // 1: every further change waits
    _Atomic uint64_t entered;
    _Atomic uint64_t left;
    pthread_mutex_t lock;
};

struct entry {
    uint32_t size;
    uint16_t kind;
    uint16_t failed;
    uint64_t inode;
    uint64_t offset;
    uint32_t mode;
    uint32_t path_size;
    uint32_t target_size;
    uint32_t data_size;
};

enum {
    MAKE_FILE = 1, MAKE_FOLDER, MAKE_LINK, HARD_LINK, REMOVE, RENAME, EXCHANGE,
    WRITE, TRUNCATE, SYNC, MODE, OWNER, SENT, MAPPED, SYNC_ALL, PUNCH,
};
enum { DATA = 1, SYNCS = 2, NAMES = 4 };

#define FIRST_ENTRY 4096
#define FILES_MAX 4096
#define PATH_SIZE_MAX 4096

static struct control *shared;
static char roots[8][PATH_SIZE_MAX];
static int root_count;
// Where a descriptor leads; a sandboxed process cannot ask /proc any more.
static struct { ino_t inode; char *path; } files[FILES_MAX];

#define REAL(type, name, ...) static type (*real_##name)(__VA_ARGS__)
REAL(int, open, const char *, int, ...);
REAL(int, openat, int, const char *, int, ...);
REAL(int, close, int);
REAL(int, dup, int);
REAL(int, dup2, int, int);
REAL(int, dup3, int, int, int);
REAL(int, fcntl, int, int, ...);
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, writev, int, const struct iovec *, int);
REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
REAL(ssize_t, pwritev, int, const struct iovec *, int, off_t);
REAL(ssize_t, pwritev2, int, const struct iovec *, int, off_t, int);
REAL(ssize_t, send, int, const void *, size_t, int);
REAL(ssize_t, sendto, int, const void *, size_t, int, const struct sockaddr *, socklen_t);
REAL(ssize_t, sendmsg, int, const struct msghdr *, int);
REAL(ssize_t, sendfile, int, int, off_t *, size_t);
REAL(ssize_t, copy_file_range, int, off_t *, int, off_t *, size_t, unsigned);
REAL(int, ftruncate, int, off_t);
REAL(int, truncate, const char *, off_t);
REAL(int, fallocate, int, int, off_t, off_t);
REAL(int, posix_fallocate, int, off_t, off_t);
REAL(int, fsync, int);
REAL(int, fdatasync, int);
REAL(int, sync_file_range, int, off_t, off_t, unsigned);
REAL(int, syncfs, int);
REAL(void, sync, void);
REAL(int, renameat2, int, const char *, int, const char *, unsigned);
REAL(int, linkat, int, const char *, int, const char *, int);
REAL(int, symlinkat, const char *, int, const char *);
REAL(int, unlinkat, int, const char *, int);
REAL(int, mkdirat, int, const char *, mode_t);
REAL(int, fchmod, int, mode_t);
REAL(int, fchmodat, int, const char *, mode_t, int);
REAL(int, fchown, int, uid_t, gid_t);
REAL(int, fchownat, int, const char *, uid_t, gid_t, int);
REAL(void *, mmap, void *, size_t, int, int, int, off_t);
REAL(long, syscall, long, ...);

static void find_all(void) {
#define FIND(name) real_##name = (__typeof__(real_##name))dlsym(RTLD_NEXT, #name)
    FIND(open); FIND(openat); FIND(close); FIND(dup); FIND(dup2); FIND(dup3); FIND(fcntl);
    FIND(write); FIND(writev); FIND(pwrite); FIND(pwritev); FIND(pwritev2);
    FIND(send); FIND(sendto); FIND(sendmsg); FIND(sendfile); FIND(copy_file_range);
    FIND(ftruncate); FIND(truncate); FIND(fallocate); FIND(posix_fallocate);
    FIND(fsync); FIND(fdatasync); FIND(sync_file_range); FIND(syncfs); FIND(sync);
    FIND(renameat2); FIND(linkat); FIND(symlinkat); FIND(unlinkat); FIND(mkdirat);
    FIND(fchmod); FIND(fchmodat); FIND(fchown); FIND(fchownat); FIND(mmap); FIND(syscall);
}

static const char *variable(char **environment, const char *name) {
    size_t size = strlen(name);
    for (; *environment; environment++) {
        if (!strncmp(*environment, name, size) && (*environment)[size] == '=') {
            return *environment + size + 1;
        }
    }
    return NULL;
}

// This runs before libc has made itself ready, so that nothing is missed: getenv knows nothing yet.
__attribute__((constructor)) static void begin(int count, char **words, char **environment) {
    (void)count;
    (void)words;
    find_all();
    const char *log = variable(environment, "POWERCUTS_LOG");
    const char *list = variable(environment, "POWERCUTS_ROOTS");
    if (!log || !list) return;
    for (const char *start = list; *start && root_count < 8;) {
        size_t size = strcspn(start, ":");
        if (size > 0 && size < PATH_SIZE_MAX) memcpy(roots[root_count++], start, size);
        start += size + (start[size] == ':');
    }
    int file = real_open(log, O_RDWR | O_CLOEXEC);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0 || facts.st_size < FIRST_ENTRY) abort();
    struct control *mapped =
        real_mmap(NULL, (size_t)facts.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    real_close(file);
    if (mapped == MAP_FAILED) abort();
    uint64_t none = 0;
    if (__c11_atomic_compare_exchange_strong(
            &mapped->state, &none, 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        pthread_mutexattr_t kind;
        pthread_mutexattr_init(&kind);
        pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
        // A process may be killed with the lock in its hands.
        pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&mapped->lock, &kind);
        mapped->capacity = (uint64_t)facts.st_size;
        mapped->used = FIRST_ENTRY;
        mapped->state = 2;
    }
    while (mapped->state != 2) usleep(100);
    shared = mapped;
}

// The lock.

static void enter(void) {
    for (;;) {
        if (pthread_mutex_lock(&shared->lock) == EOWNERDEAD) {
            // Whoever died inside said that it entered, and cannot say that it left.
            shared->left = (uint64_t)shared->entered;
            pthread_mutex_consistent(&shared->lock);
        }
        shared->entered++;
        if (!shared->freeze) return;
        shared->left++;
        pthread_mutex_unlock(&shared->lock);
        while (shared->freeze) usleep(1000);
    }
}

static void leave(void) {
    int number = errno;
    shared->left++;
    pthread_mutex_unlock(&shared->lock);
    errno = number;
}

// Paths.

static int is_below(const char *path) {
    for (int index = 0; index < root_count; index++) {
        size_t size = strlen(roots[index]);
        if (!strncmp(path, roots[index], size) && (path[size] == '/' || !path[size])) return 1;
    }
    return 0;
}

static void remember(int file, const char *path) {
    struct stat facts;
    if (file < 0 || file >= FILES_MAX) return;
    char *old = files[file].path;
    files[file].path = NULL;
    free(old);
    if (!path || fstat(file, &facts) != 0) return;
    files[file].inode = facts.st_ino;
    files[file].path = strdup(path);
}

/// Where a descriptor leads, or 0.
static int path_of(int file, const struct stat *facts, char *path) {
    char link[64];
    if (file >= 0 && file < FILES_MAX && files[file].path && files[file].inode == facts->st_ino) {
        strcpy(path, files[file].path);
        return 1;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t size = readlink(link, path, PATH_SIZE_MAX - 1);
    if (size <= 0) return 0;
    path[size] = 0;
    return 1;
}

/// Whether a descriptor is a file or a folder below the roots.
static int is_ours(int file, struct stat *facts, char *path) {
    if (!shared || fstat(file, facts) != 0) return 0;
    if (!S_ISREG(facts->st_mode) && !S_ISDIR(facts->st_mode)) return 0;
    return path_of(file, facts, path) && is_below(path);
}

/// The path without links in its folder and without dots; whether it is below the roots.
static int resolve(int folder, const char *name, char *path) {
    char whole[2 * PATH_SIZE_MAX], place[PATH_SIZE_MAX];
    struct stat facts;
    int number = errno;
    int found = 0;
    if (!shared || !name || strlen(name) >= PATH_SIZE_MAX) return 0;
    if (name[0] == '/') {
        strcpy(whole, name);
    } else if (folder == AT_FDCWD) {
        if (!getcwd(place, sizeof place)) goto end;
        snprintf(whole, sizeof whole, "%s/%s", place, name);
    } else {
        if (fstat(folder, &facts) != 0 || !path_of(folder, &facts, place)) goto end;
        snprintf(whole, sizeof whole, "%s/%s", place, name);
    }
    size_t size = strlen(whole);
    while (size > 1 && whole[size - 1] == '/') whole[--size] = 0;
    char *slash = strrchr(whole, '/');
    if (!slash || size >= PATH_SIZE_MAX) goto end;
    if (!strcmp(slash, "/.") || !strcmp(slash, "/..")) {
        found = realpath(whole, path) && is_below(path);
        goto end;
    }
    *slash = 0;
    // A sandboxed process may not walk the path any more; what was opened before has no links in it.
    if (!realpath(slash == whole ? "/" : whole, place)) strcpy(place, whole);
    if (strlen(place) + strlen(slash + 1) + 2 > PATH_SIZE_MAX) goto end;
    sprintf(path, "%s/%s", strcmp(place, "/") ? place : "", slash + 1);
    found = is_below(path);
end:
    errno = number;
    return found;
}

// Entries. All of this runs under the lock.

static void note(
    int kind, int failed, uint64_t inode, uint64_t offset, uint32_t mode,
    const char *path, const char *target, const struct iovec *parts, int part_count, size_t data_size
) {
    struct entry head = {
        .kind = (uint16_t)kind, .failed = (uint16_t)failed, .inode = inode, .offset = offset,
        .mode = mode, .path_size = path ? (uint32_t)strlen(path) : 0,
        .target_size = target ? (uint32_t)strlen(target) : 0, .data_size = (uint32_t)data_size,
    };
    size_t size = sizeof head + head.path_size + head.target_size + data_size;
    size = (size + 7) & ~(size_t)7;
    head.size = (uint32_t)size;
    if (shared->used + size > shared->capacity) {
        shared->overflow++;
        return;
    }
    char *at = (char *)shared + shared->used;
    memcpy(at, &head, sizeof head);
    at += sizeof head;
    memcpy(at, path ? path : "", head.path_size);
    at += head.path_size;
    memcpy(at, target ? target : "", head.target_size);
    at += head.target_size;
    for (int index = 0; index < part_count && data_size > 0; index++) {
        size_t count = parts[index].iov_len < data_size ? parts[index].iov_len : data_size;
        memcpy(at, parts[index].iov_base, count);
        at += count;
        data_size -= count;
    }
    shared->used += size;
}

/// Whether this change is to fail; then errno says how.
static int fails(int kind) {
    if (!(shared->fault_kinds & (uint64_t)kind)) return 0;
    uint64_t number = ++shared->counted;
    if (!shared->fault_first || number < shared->fault_first || number > shared->fault_last) return 0;
    shared->failed++;
    errno = (int)shared->fault_errno;
    return 1;
}

// Data.

typedef struct { const struct iovec *parts; int count; } vector;

/// Writes, with the entry; `place` below zero: where the descriptor stands.
static ssize_t put(int file, vector data, off_t place, int flags) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    enter();
    ssize_t written = -1;
    if (fails(DATA)) {
        // A disk that gets full takes a part of the first write that it cannot take whole.
        size_t half = data.count == 1 ? data.parts[0].iov_len / 2 : 0;
        if (errno != ENOSPC || half == 0 || shared->failed > 1) {
            leave();
            return -1;
        }
        written = place < 0 ? real_write(file, data.parts[0].iov_base, half)
                            : real_pwrite(file, data.parts[0].iov_base, half, place);
    } else if (place < 0) {
        written = real_writev(file, data.parts, data.count);
    } else {
        written = real_pwritev2(file, data.parts, data.count, place, flags);
    }
    if (written > 0 && is_ours(file, &facts, path)) {
        off_t end = place < 0 ? lseek(file, 0, SEEK_CUR) : place + written;
        // Where appending is on, even a positioned write goes to the end.
        if (place >= 0 && real_fcntl(file, F_GETFL) & O_APPEND) end = facts.st_size;
        note(WRITE, 0, facts.st_ino, (uint64_t)(end - written), 0, NULL, NULL,
             data.parts, data.count, (size_t)written);
    }
    leave();
    return written;
}

static int is_tcp(int file) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int kind = 0, number = errno;
    socklen_t kind_size = sizeof kind;
    int found = shared && getsockname(file, (struct sockaddr *)&address, &size) == 0
        && (address.ss_family == AF_INET || address.ss_family == AF_INET6)
        && getsockopt(file, SOL_SOCKET, SO_TYPE, &kind, &kind_size) == 0 && kind == SOCK_STREAM;
    errno = number;
    return found;
}

/// Sends, with the entry.
static ssize_t tell(int file, vector data, const struct msghdr *message, int flags) {
    struct stat facts;
    enter();
    ssize_t sent = message ? real_sendmsg(file, message, flags)
                           : real_send(file, data.parts[0].iov_base, data.parts[0].iov_len, flags);
    if (sent > 0 && fstat(file, &facts) == 0) {
        note(SENT, 0, facts.st_ino, (uint64_t)getpid(), 0, NULL, NULL,
             data.parts, data.count, (size_t)sent);
    }
    leave();
    return sent;
}

ssize_t write(int file, const void *bytes, size_t count) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    struct iovec part = {(void *)bytes, count};
    int number = errno;
    if (is_ours(file, &facts, path)) return put(file, (vector){&part, 1}, -1, 0);
    if (is_tcp(file)) return tell(file, (vector){&part, 1}, NULL, 0);
    errno = number;
    return real_write(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (is_ours(file, &facts, path)) return put(file, (vector){parts, count}, -1, 0);
    if (is_tcp(file)) {
        struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
        return tell(file, (vector){parts, count}, &message, 0);
    }
    return real_writev(file, parts, count);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    struct iovec part = {(void *)bytes, count};
    if (is_ours(file, &facts, path)) return put(file, (vector){&part, 1}, place, 0);
    return real_pwrite(file, bytes, count, place);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t place) {
    return pwrite(file, bytes, count, place);
}

ssize_t pwritev2(int file, const struct iovec *parts, int count, off_t place, int flags) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (is_ours(file, &facts, path)) return put(file, (vector){parts, count}, place, flags);
    return real_pwritev2(file, parts, count, place, flags);
}
ssize_t pwritev64v2(int file, const struct iovec *parts, int count, off_t place, int flags) {
    return pwritev2(file, parts, count, place, flags);
}
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t place) {
    return pwritev2(file, parts, count, place, 0);
}
ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t place) {
    return pwritev2(file, parts, count, place, 0);
}

ssize_t send(int file, const void *bytes, size_t count, int flags) {
    struct iovec part = {(void *)bytes, count};
    if (is_tcp(file)) return tell(file, (vector){&part, 1}, NULL, flags);
    return real_send(file, bytes, count, flags);
}
ssize_t sendto(
    int file, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t size
) {
    if (!to) return send(file, bytes, count, flags);
    return real_sendto(file, bytes, count, flags, to, size);
}
ssize_t sendmsg(int file, const struct msghdr *message, int flags) {
    if (is_tcp(file)) {
        return tell(file, (vector){message->msg_iov, (int)message->msg_iovlen}, message, flags);
    }
    return real_sendmsg(file, message, flags);
}

/// Notes what another call has put into a file, by reading it again.
static void note_copied(int file, off_t place, ssize_t count) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    char *bytes = malloc((size_t)count);
    if (bytes && is_ours(file, &facts, path)) {
        char own[64];
        snprintf(own, sizeof own, "/proc/self/fd/%d", file);
        int reader = real_open(own, O_RDONLY | O_CLOEXEC);
        ssize_t read = pread(reader < 0 ? file : reader, bytes, (size_t)count, place);
        struct iovec part = {bytes, (size_t)count};
        if (read == count) {
            note(WRITE, 0, facts.st_ino, (uint64_t)place, 0, NULL, NULL, &part, 1, (size_t)count);
        } else {
            shared->overflow++;
        }
        if (reader >= 0) real_close(reader);
    }
    free(bytes);
}

ssize_t sendfile(int file, int source, off_t *place, size_t count) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) return real_sendfile(file, source, place, count);
    enter();
    ssize_t copied = fails(DATA) ? -1 : real_sendfile(file, source, place, count);
    if (copied > 0) note_copied(file, lseek(file, 0, SEEK_CUR) - copied, copied);
    leave();
    return copied;
}
ssize_t sendfile64(int file, int source, off_t *place, size_t count) {
    return sendfile(file, source, place, count);
}

ssize_t copy_file_range(
    int source, off_t *from, int file, off_t *to, size_t count, unsigned flags
) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) {
        return real_copy_file_range(source, from, file, to, count, flags);
    }
    enter();
    ssize_t copied = fails(DATA) ? -1 : real_copy_file_range(source, from, file, to, count, flags);
    if (copied > 0) note_copied(file, (to ? *to : lseek(file, 0, SEEK_CUR)) - copied, copied);
    leave();
    return copied;
}

int ftruncate(int file, off_t size) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) return real_ftruncate(file, size);
    enter();
    int result = fails(DATA) ? -1 : real_ftruncate(file, size);
    if (result == 0) note(TRUNCATE, 0, facts.st_ino, (uint64_t)size, 0, NULL, NULL, NULL, 0, 0);
    leave();
    return result;
}
int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

int truncate(const char *name, off_t size) {
    int file = open(name, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    int result = ftruncate(file, size);
    close(file);
    return result;
}
int truncate64(const char *name, off_t size) { return truncate(name, size); }

int fallocate(int file, int mode, off_t place, off_t count) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) return real_fallocate(file, mode, place, count);
    enter();
    int result = fails(DATA) ? -1 : real_fallocate(file, mode, place, count);
    if (result == 0 && mode != 0) {
        struct iovec part = {&count, sizeof count};
        note(PUNCH, 0, facts.st_ino, (uint64_t)place, (uint32_t)mode, NULL, NULL, &part, 1, 8);
    } else if (result == 0 && place + count > facts.st_size) {
        note(TRUNCATE, 0, facts.st_ino, (uint64_t)(place + count), 0, NULL, NULL, NULL, 0, 0);
    }
    leave();
    return result;
}
int fallocate64(int file, int mode, off_t place, off_t count) {
    return fallocate(file, mode, place, count);
}
int posix_fallocate(int file, off_t place, off_t count) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) return real_posix_fallocate(file, place, count);
    return fallocate(file, 0, place, count) == 0 ? 0 : errno;
}
int posix_fallocate64(int file, off_t place, off_t count) {
    return posix_fallocate(file, place, count);
}

// Syncs.

static int bring_to_disk(int file, int (*real)(int)) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) return real(file);
    enter();
    // The entry is all that a test's disk needs; the real sync would only take time.
    int result = fails(SYNCS) ? -1 : 0;
    note(SYNC, result != 0, facts.st_ino, 0, facts.st_mode, path, NULL, NULL, 0, 0);
    leave();
    return result;
}
int fsync(int file) { return bring_to_disk(file, real_fsync); }
int fdatasync(int file) { return bring_to_disk(file, real_fdatasync); }

static void bring_all_to_disk(void) {
    enter();
    note(SYNC_ALL, 0, 0, 0, 0, NULL, NULL, NULL, 0, 0);
    leave();
}
int syncfs(int file) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (is_ours(file, &facts, path)) bring_all_to_disk();
    return real_syncfs(file);
}
void sync(void) {
    if (shared) bring_all_to_disk();
    real_sync();
}

// Names.

static int make_or_open(int folder, const char *name, int flags, mode_t mode, struct open_how *how) {
    char path[PATH_SIZE_MAX];
    struct stat before, after;
#define REALLY_OPEN                                                                 \
    (how ? (int)real_syscall(SYS_openat2, folder, name, how, sizeof *how)           \
         : real_openat(folder, name, flags, mode))
    if (!resolve(folder, name, path)) return REALLY_OPEN;
    if (!(flags & (O_CREAT | O_TRUNC))) {
        int file = REALLY_OPEN;
        if (file >= 0) remember(file, path);
        return file;
    }
    enter();
    int file = -1;
    int was_there = fstatat(folder, name, &before, 0) == 0;
    errno = 0;
    if (was_there || !fails(NAMES)) file = REALLY_OPEN;
    if (file >= 0 && fstat(file, &after) == 0) {
        if (!was_there) {
            note(MAKE_FILE, 0, after.st_ino, 0, after.st_mode, path, NULL, NULL, 0, 0);
        } else if (flags & O_TRUNC && before.st_size > 0) {
            note(TRUNCATE, 0, after.st_ino, 0, 0, NULL, NULL, NULL, 0, 0);
        }
        remember(file, path);
    }
    leave();
    return file;
}

#define MODE_ARGUMENT                                       \
    mode_t mode = 0;                                        \
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) { \
        va_list list;                                       \
        va_start(list, flags);                              \
        mode = va_arg(list, mode_t);                        \
        va_end(list);                                       \
    }

int open(const char *name, int flags, ...) {
    MODE_ARGUMENT
    return make_or_open(AT_FDCWD, name, flags, mode, NULL);
}
int open64(const char *name, int flags, ...) {
    MODE_ARGUMENT
    return make_or_open(AT_FDCWD, name, flags, mode, NULL);
}
int openat(int folder, const char *name, int flags, ...) {
    MODE_ARGUMENT
    return make_or_open(folder, name, flags, mode, NULL);
}
int openat64(int folder, const char *name, int flags, ...) {
    MODE_ARGUMENT
    return make_or_open(folder, name, flags, mode, NULL);
}
int creat(const char *name, mode_t mode) {
    return make_or_open(AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, mode, NULL);
}
int creat64(const char *name, mode_t mode) { return creat(name, mode); }

int close(int file) {
    if (shared && file >= 0 && file < FILES_MAX && files[file].path) remember(file, NULL);
    return real_close(file);
}
static int copied(int from, int to) {
    if (to >= 0 && from >= 0 && from < FILES_MAX) remember(to, files[from].path);
    return to;
}
int dup(int file) { return copied(file, real_dup(file)); }
int dup2(int file, int to) { return copied(file, real_dup2(file, to)); }
int dup3(int file, int to, int flags) { return copied(file, real_dup3(file, to, flags)); }

static int control_file(int file, int command, void *argument) {
    int result = real_fcntl(file, command, argument);
    if (shared && (command == F_DUPFD || command == F_DUPFD_CLOEXEC)) return copied(file, result);
    return result;
}
int fcntl(int file, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control_file(file, command, argument);
}
int fcntl64(int file, int command, ...) {
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    return control_file(file, command, argument);
}

int renameat2(int from, const char *name, int to, const char *new_name, unsigned flags) {
    char path[PATH_SIZE_MAX], target[PATH_SIZE_MAX];
    int leaves = resolve(from, name, path), comes = resolve(to, new_name, target);
    if (!leaves && !comes) return real_renameat2(from, name, to, new_name, flags);
    enter();
    int result = fails(NAMES) ? -1 : real_renameat2(from, name, to, new_name, flags);
    if (result == 0) {
        if (!leaves || !comes) shared->overflow++;  // across the border: the test must not do it
        note(flags & RENAME_EXCHANGE ? EXCHANGE : RENAME, 0, 0, 0, 0, path, target, NULL, 0, 0);
    }
    leave();
    return result;
}
int renameat(int from, const char *name, int to, const char *new_name) {
    return renameat2(from, name, to, new_name, 0);
}
int rename(const char *name, const char *new_name) {
    return renameat2(AT_FDCWD, name, AT_FDCWD, new_name, 0);
}

int linkat(int from, const char *name, int to, const char *new_name, int flags) {
    char path[PATH_SIZE_MAX], target[PATH_SIZE_MAX];
    if (!resolve(to, new_name, target)) return real_linkat(from, name, to, new_name, flags);
    enter();
    int result = fails(NAMES) ? -1 : real_linkat(from, name, to, new_name, flags);
    if (result == 0) {
        if (!resolve(from, name, path)) shared->overflow++;
        note(HARD_LINK, 0, 0, 0, 0, path, target, NULL, 0, 0);
    }
    leave();
    return result;
}
int link(const char *name, const char *new_name) {
    return linkat(AT_FDCWD, name, AT_FDCWD, new_name, 0);
}

int symlinkat(const char *content, int folder, const char *name) {
    char path[PATH_SIZE_MAX];
    if (!resolve(folder, name, path)) return real_symlinkat(content, folder, name);
    enter();
    int result = fails(NAMES) ? -1 : real_symlinkat(content, folder, name);
    if (result == 0) note(MAKE_LINK, 0, 0, 0, 0, path, content, NULL, 0, 0);
    leave();
    return result;
}
int symlink(const char *content, const char *name) { return symlinkat(content, AT_FDCWD, name); }

int unlinkat(int folder, const char *name, int flags) {
    char path[PATH_SIZE_MAX];
    if (!resolve(folder, name, path)) return real_unlinkat(folder, name, flags);
    enter();
    // Removing is never short of space; an error of the device is.
    int result = (!shared->fault_first || shared->fault_errno != ENOSPC) && fails(NAMES)
        ? -1 : real_unlinkat(folder, name, flags);
    if (result == 0) note(REMOVE, 0, 0, 0, 0, path, NULL, NULL, 0, 0);
    leave();
    return result;
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char *name) {
    int result = unlink(name);
    return result != 0 && errno == EISDIR ? rmdir(name) : result;
}

int mkdirat(int folder, const char *name, mode_t mode) {
    char path[PATH_SIZE_MAX];
    struct stat facts;
    if (!resolve(folder, name, path)) return real_mkdirat(folder, name, mode);
    enter();
    int is_there = fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0;
    int result = !is_there && fails(NAMES) ? -1 : real_mkdirat(folder, name, mode);
    if (result == 0 && fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) == 0) {
        note(MAKE_FOLDER, 0, facts.st_ino, 0, facts.st_mode, path, NULL, NULL, 0, 0);
    }
    leave();
    return result;
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

// Modes and owners.

int fchmodat(int folder, const char *name, mode_t mode, int flags) {
    char path[PATH_SIZE_MAX];
    if (!resolve(folder, name, path)) return real_fchmodat(folder, name, mode, flags);
    enter();
    int result = real_fchmodat(folder, name, mode, flags);
    if (result == 0) note(MODE, 0, 0, 0, mode, path, NULL, NULL, 0, 0);
    leave();
    return result;
}
int chmod(const char *name, mode_t mode) { return fchmodat(AT_FDCWD, name, mode, 0); }
int fchmod(int file, mode_t mode) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) return real_fchmod(file, mode);
    enter();
    int result = real_fchmod(file, mode);
    if (result == 0) note(MODE, 0, facts.st_ino, 0, mode, path, NULL, NULL, 0, 0);
    leave();
    return result;
}
int fchownat(int folder, const char *name, uid_t user, gid_t group, int flags) {
    char path[PATH_SIZE_MAX];
    if (!resolve(folder, name, path)) return real_fchownat(folder, name, user, group, flags);
    enter();
    int result = real_fchownat(folder, name, user, group, flags);
    if (result == 0) note(OWNER, 0, 0, (uint64_t)group << 32 | user, 0, path, NULL, NULL, 0, 0);
    leave();
    return result;
}
int chown(const char *name, uid_t user, gid_t group) {
    return fchownat(AT_FDCWD, name, user, group, 0);
}
int lchown(const char *name, uid_t user, gid_t group) {
    return fchownat(AT_FDCWD, name, user, group, AT_SYMLINK_NOFOLLOW);
}
int fchown(int file, uid_t user, gid_t group) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!is_ours(file, &facts, path)) return real_fchown(file, user, group);
    enter();
    int result = real_fchown(file, user, group);
    if (result == 0) {
        note(OWNER, 0, facts.st_ino, (uint64_t)group << 32 | user, 0, path, NULL, NULL, 0, 0);
    }
    leave();
    return result;
}

// Mappings that could write past this recorder are told of, so that the test can refuse them.
void *mmap(void *at, size_t size, int protection, int flags, int file, off_t place) {
    struct stat facts;
    char path[PATH_SIZE_MAX];
    if (!real_mmap) return (void *)syscall(SYS_mmap, at, size, protection, flags, file, place);
    if (file >= 0 && flags & MAP_SHARED && protection & PROT_WRITE && is_ours(file, &facts, path)) {
        enter();
        note(MAPPED, 0, facts.st_ino, (uint64_t)place, 0, path, NULL, NULL, 0, 0);
        leave();
    }
    return real_mmap(at, size, protection, flags, file, place);
}
void *mmap64(void *at, size_t size, int protection, int flags, int file, off_t place) {
    return mmap(at, size, protection, flags, file, place);
}

// Calls by number.
long syscall(long number, ...) {
    long a[6];
    va_list list;
    va_start(list, number);
    for (int index = 0; index < 6; index++) a[index] = va_arg(list, long);
    va_end(list);
    if (!real_syscall) real_syscall = (__typeof__(real_syscall))dlsym(RTLD_NEXT, "syscall");
    if (!shared) return real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    switch (number) {
    case SYS_openat2: {
        struct open_how *how = (struct open_how *)a[2];
        return make_or_open(
            (int)a[0], (const char *)a[1], (int)how->flags, (mode_t)how->mode, how);
    }
    case SYS_renameat2:
        return renameat2((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3], (unsigned)a[4]);
    case SYS_write: return write((int)a[0], (const void *)a[1], (size_t)a[2]);
    case SYS_pwrite64: return pwrite((int)a[0], (const void *)a[1], (size_t)a[2], a[3]);
    case SYS_ftruncate: return ftruncate((int)a[0], a[1]);
    case SYS_fsync: return fsync((int)a[0]);
    case SYS_fdatasync: return fdatasync((int)a[0]);
    case SYS_unlinkat: return unlinkat((int)a[0], (const char *)a[1], (int)a[2]);
    case SYS_mkdirat: return mkdirat((int)a[0], (const char *)a[1], (mode_t)a[2]);
    default: return real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
}
