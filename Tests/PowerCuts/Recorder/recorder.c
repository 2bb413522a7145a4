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
#define REAL(type, name, ...) type (*real_##name)(__VA_ARGS__)
#include "recorder.h"

struct control *shared;
static char roots[8][PATH_SIZE_MAX];
static int root_count;
// Where a descriptor leads; a sandboxed process cannot ask /proc any more.
static struct { ino_t inode; char *path; } files[FILES_MAX];

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

void enter(void) {
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

void leave(void) {
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

const char *remembered(int file) {
    return file >= 0 && file < FILES_MAX ? files[file].path : NULL;
}

void remember(int file, const char *path) {
    struct stat facts;
    if (file < 0 || file >= FILES_MAX) return;
    char *old = files[file].path;
    files[file].path = NULL;
    free(old);
    if (!path || fstat(file, &facts) != 0) return;
    files[file].inode = facts.st_ino;
    files[file].path = strdup(path);
}

int path_of(int file, const struct stat *facts, char *path) {
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

int is_ours(int file, struct stat *facts, char *path) {
    if (!shared || fstat(file, facts) != 0) return 0;
    if (!S_ISREG(facts->st_mode) && !S_ISDIR(facts->st_mode)) return 0;
    return path_of(file, facts, path) && is_below(path);
}

int resolve(int folder, const char *name, char *path) {
    char whole[2 * PATH_SIZE_MAX], place[PATH_SIZE_MAX];
    struct stat facts;
    int number = errno;
    int found = 0;
    if (!shared || !name || strlen(name) >= PATH_SIZE_MAX) return 0;
    // Who went into a folder that he has no way to from above cannot have this made plain by realpath.
    while (!strncmp(name, "./", 2)) name += 2;
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

void note(
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

int fails(int kind) {
    if (!(shared->fault_kinds & (uint64_t)kind)) return 0;
    uint64_t number = ++shared->counted;
    if (!shared->fault_first || number < shared->fault_first || number > shared->fault_last) return 0;
    shared->failed++;
    errno = (int)shared->fault_errno;
    return 1;
}
