#include "recorder.h"

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
    if (shared && remembered(file)) remember(file, NULL);
    return real_close(file);
}
static int copied(int from, int to) {
    if (to >= 0) remember(to, remembered(from));
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
