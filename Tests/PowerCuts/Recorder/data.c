#include "recorder.h"

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
