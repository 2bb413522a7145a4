// What the parts of the recorder share: the log's form, libc's own calls, and how a change is noted.
#pragma once
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

// Hidden: nothing of ours but the calls themselves may take the place of a name in the program.
#pragma GCC visibility push(hidden)
extern struct control *shared;

// The calls as libc has them.
#ifndef REAL
#define REAL(type, name, ...) extern type (*real_##name)(__VA_ARGS__)
#endif
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

void enter(void);

void leave(void);

/// What a descriptor is known by, or NULL.
const char *remembered(int file);

void remember(int file, const char *path);

/// Where a descriptor leads, or 0.
int path_of(int file, const struct stat *facts, char *path);

/// Whether a descriptor is a file or a folder below the roots.
int is_ours(int file, struct stat *facts, char *path);

/// The path without links in its folder and without dots; whether it is below the roots.
int resolve(int folder, const char *name, char *path);

void note(
    int kind, int failed, uint64_t inode, uint64_t offset, uint32_t mode,
    const char *path, const char *target, const struct iovec *parts, int part_count, size_t data_size
);

/// Whether this change is to fail; then errno says how.
int fails(int kind);
#pragma GCC visibility pop
