// Reading, writing, positions: each kind of descriptor, each right, each bad list.
#include "table.h"

static char text[64];
static __wasi_iovec_t in = {(uint8_t *)text, 4};
static __wasi_ciovec_t out = {(const uint8_t *)"abcd", 4};
static __wasi_size_t count;
static __wasi_filesize_t at;

static void kinds(void) {
    __wasi_fd_t read_only = with_rights("file", READ | __WASI_RIGHTS_FD_SEEK);
    __wasi_fd_t write_only = with_rights("file", WRITE | __WASI_RIGHTS_FD_SEEK);
    __wasi_fd_t unplaced = with_rights("file", READ | WRITE);
    ROW("fd_read", "what is not open", __wasi_fd_read(NOWHERE, &in, 1, &count), E(BADF));
    ROW("fd_read", "standard output", __wasi_fd_read(1, &in, 1, &count), E(NOTCAPABLE));
    ROW("fd_read", "a folder", __wasi_fd_read(ROOT, &in, 1, &count), E(NOTCAPABLE));
    ROW("fd_read", "a file for writing", __wasi_fd_read(write_only, &in, 1, &count), E(NOTCAPABLE));
    ROW("fd_read", "a file for reading", __wasi_fd_read(read_only, &in, 1, &count), 0);
    ROW("fd_read", "standard input at its end", __wasi_fd_read(0, &in, 1, &count) + (int)count, 0);
    ROW("fd_pread", "what is not open", __wasi_fd_pread(NOWHERE, &in, 1, 0, &count), E(BADF));
    ROW("fd_pread", "standard input", __wasi_fd_pread(0, &in, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pread", "a folder", __wasi_fd_pread(ROOT, &in, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pread", "a file for writing", __wasi_fd_pread(write_only, &in, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pread", "without the right to seek", __wasi_fd_pread(unplaced, &in, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pread", "a file for reading", __wasi_fd_pread(read_only, &in, 1, 0, &count), 0);
    ROW("fd_write", "what is not open", __wasi_fd_write(NOWHERE, &out, 1, &count), E(BADF));
    ROW("fd_write", "standard input", __wasi_fd_write(0, &out, 1, &count), E(NOTCAPABLE));
    ROW("fd_write", "a folder", __wasi_fd_write(ROOT, &out, 1, &count), E(NOTCAPABLE));
    ROW("fd_write", "a file for reading", __wasi_fd_write(read_only, &out, 1, &count), E(NOTCAPABLE));
    ROW("fd_write", "a file for writing", __wasi_fd_write(write_only, &out, 1, &count), 0);
    ROW("fd_pwrite", "what is not open", __wasi_fd_pwrite(NOWHERE, &out, 1, 0, &count), E(BADF));
    ROW("fd_pwrite", "standard output", __wasi_fd_pwrite(1, &out, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pwrite", "a folder", __wasi_fd_pwrite(ROOT, &out, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pwrite", "a file for reading", __wasi_fd_pwrite(read_only, &out, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pwrite", "without the right to seek", __wasi_fd_pwrite(unplaced, &out, 1, 0, &count), E(NOTCAPABLE));
    ROW("fd_pwrite", "a file for writing", __wasi_fd_pwrite(write_only, &out, 1, 0, &count), 0);
    ROW("fd_seek", "what is not open", __wasi_fd_seek(NOWHERE, 0, 0, &at), E(BADF));
    ROW("fd_seek", "standard output", __wasi_fd_seek(1, 0, 0, &at), E(SPIPE));
    ROW("fd_seek", "a folder", __wasi_fd_seek(ROOT, 0, 0, &at), E(NOTCAPABLE));
    ROW("fd_seek", "a file without a place", __wasi_fd_seek(unplaced, 0, 0, &at), E(SPIPE));
    ROW("fd_tell", "what is not open", __wasi_fd_tell(NOWHERE, &at), E(BADF));
    ROW("fd_tell", "standard output", __wasi_fd_tell(1, &at), E(SPIPE));
    ROW("fd_tell", "a folder", __wasi_fd_tell(ROOT, &at), E(NOTCAPABLE));
    ROW("fd_tell", "with the right to seek alone", __wasi_fd_tell(read_only, &at), E(NOTCAPABLE));
    __wasi_fd_t told = with_rights("file", READ | __WASI_RIGHTS_FD_TELL);
    ROW("fd_tell", "with the right to tell", __wasi_fd_tell(told, &at), 0);
    ROW("fd_seek", "nowhere, with the right to tell", __wasi_fd_seek(told, 0, 1, &at), 0);
    ROW("fd_seek", "somewhere, with the right to tell", __wasi_fd_seek(told, 1, 1, &at), E(NOTCAPABLE));
}

static void values(void) {
    __wasi_fd_t fd = with_rights("file", ALL);
    __wasi_iovec_t far = {BEYOND, 17}, long_one = {(uint8_t *)text, UINT32_MAX};
    __wasi_ciovec_t far_out = {BEYOND, 17}, long_out = {(uint8_t *)text, UINT32_MAX};
    ROW("fd_read", "no buffers", __wasi_fd_read(fd, &in, 0, &count), 0);
    ROW("fd_read", "too many", __wasi_fd_read(fd, &in, 1025, &count), E(INVAL));
    ROW("fd_read", "a list beyond memory", __wasi_fd_read(fd, BEYOND, 3, &count), E(FAULT));
    ROW("fd_read", "a buffer beyond memory", __wasi_fd_read(fd, &far, 1, &count), E(FAULT));
    ROW("fd_read", "a buffer that is too long", __wasi_fd_read(fd, &long_one, 1, &count), E(FAULT));
    ROW("fd_read", "the count beyond memory", __wasi_fd_read(fd, &in, 1, BEYOND + 13), E(FAULT));
    ROW("fd_tell", "then nothing was read", __wasi_fd_tell(fd, &at) + (int)at, 0);
    ROW("fd_write", "no buffers", __wasi_fd_write(fd, &out, 0, &count), 0);
    ROW("fd_write", "too many", __wasi_fd_write(fd, &out, UINT32_MAX, &count), E(INVAL));
    ROW("fd_write", "a list beyond memory", __wasi_fd_write(fd, BEYOND, 3, &count), E(FAULT));
    ROW("fd_write", "a buffer beyond memory", __wasi_fd_write(fd, &far_out, 1, &count), E(FAULT));
    ROW("fd_write", "a buffer that is too long", __wasi_fd_write(fd, &long_out, 1, &count), E(FAULT));
    ROW("fd_write", "the same to standard output", __wasi_fd_write(1, &long_out, 1, &count), E(FAULT));
    ROW("fd_write", "the count beyond memory", __wasi_fd_write(fd, &out, 1, BEYOND + 13), E(FAULT));
    ROW("fd_tell", "then nothing was written", __wasi_fd_tell(fd, &at) + (int)at, 0);
    ROW("fd_pread", "beyond 63 bits", __wasi_fd_pread(fd, &in, 1, UINT64_MAX, &count), E(INVAL));
    ROW("fd_pread", "behind the end", __wasi_fd_pread(fd, &in, 1, 1000, &count) + (int)count, 0);
    ROW("fd_pwrite", "beyond 63 bits", __wasi_fd_pwrite(fd, &out, 1, UINT64_MAX, &count), E(INVAL));
    ROW("fd_pwrite", "further than a file can be", __wasi_fd_pwrite(fd, &out, 1, INT64_MAX - 2, &count), E(INVAL));
    ROW("fd_seek", "before the start", __wasi_fd_seek(fd, -1, 0, &at), E(INVAL));
    ROW("fd_seek", "before the start, from the end", __wasi_fd_seek(fd, -1000, 2, &at), E(INVAL));
    ROW("fd_seek", "no such beginning", __wasi_fd_seek(fd, 0, 3, &at), E(INVAL));
    ROW("fd_seek", "behind the end", __wasi_fd_seek(fd, 1000, 0, &at), 0);
    ROW("fd_seek", "to a place beyond memory", __wasi_fd_seek(fd, 1, 0, BEYOND + 9), E(FAULT));
    ROW("fd_tell", "then it stays", __wasi_fd_tell(fd, &at) + (int)at, 1000);
    ROW("fd_tell", "a place beyond memory", __wasi_fd_tell(fd, BEYOND + 9), E(FAULT));
    ROW("fd_read", "behind the end", __wasi_fd_read(fd, &in, 1, &count) + (int)count, 0);
    __wasi_fd_t append;
    __wasi_filestat_t facts;
    OK(__wasi_path_open(ROOT, 0, "log", __WASI_OFLAGS_CREAT, ALL, 0, __WASI_FDFLAGS_APPEND, &append));
    OK(__wasi_fd_write(append, &out, 1, &count));
    OK(__wasi_fd_seek(append, 0, 0, &at));
    OK(__wasi_fd_write(append, &out, 1, &count));
    OK(__wasi_fd_filestat_get(append, &facts));
    ROW("fd_write", "what appends ignores the place", facts.size, 8);
    ROW("fd_pread", "a short end", __wasi_fd_pread(append, &in, 1, 6, &count) * 10 + (int)count, 2);
}

int main(void) {
    OK(make_file("file"));
    kinds();
    values();
    return ended();
}
